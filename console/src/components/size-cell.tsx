import { Stack, Text } from '@mantine/core';
import type { Life } from '../api/types/common.ts';
import { number } from '../app/format.ts';
import { State } from './status.tsx';
import { AsOf } from './time.tsx';

/** A counted group's size with its time, or why it has none. */
export function SizeCell({ of: life }: { of: Life }) {
  return (
    <Stack gap={0} align="flex-end">
      <Text size="sm" fw={600} className="figure">
        {life.size === null ? '–' : number(life.size)}
      </Text>
      {life.status === 'ready' ? <AsOf at={life.asOf} stale={life.stale} /> : <State of={life.status} size="sm" />}
    </Stack>
  );
}
