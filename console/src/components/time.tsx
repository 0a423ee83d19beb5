import { Text, type TextProps, Tooltip } from '@mantine/core';
import { ago, preciseMoment } from '../app/format.ts';

/** A moment in relative words; hover gives it to the second, in local time. */
export function Ago({ at, ...text }: { at: string | null } & TextProps) {
  if (!at) return <span>–</span>;
  return (
    <Tooltip label={preciseMoment(at)} withArrow>
      <Text span size="sm" {...text}>
        <time dateTime={at}>{ago(at)}</time>
      </Text>
    </Tooltip>
  );
}

/** What time a figure is of. */
export function AsOf({ at, stale }: { at: string | null; stale?: boolean }) {
  if (!at) return null;
  return (
    <Text span size="xs" c={stale ? 'orange' : 'dimmed'}>
      as of <Ago at={at} size="xs" />
      {stale && ', being recounted'}
    </Text>
  );
}
