import { NumberInput, Stack, Switch, Text } from '@mantine/core';
import type { AttachedCreatives } from '../../api/types/creatives.ts';

interface CreativeOptionsProps {
  value: AttachedCreatives;
  change: (part: Partial<AttachedCreatives>) => void;
  problemOf: (field: string) => string | undefined;
}

/** Which creatives travel with each segment. Pins, which are set beside the coverage, are kept. */
export function CreativeOptions({ value: { attach, perSegment, pins }, change, problemOf }: CreativeOptionsProps) {
  const pinned = Object.keys(pins).length;
  return (
    <Stack gap="xs">
      <Switch
        label="Attach the creatives that match each segment"
        description="Matched when a run is planned; files carry them in the manifest, webhooks in every request."
        checked={attach}
        onChange={({ currentTarget }) => change({ attach: currentTarget.checked })}
        error={problemOf('creatives')}
      />
      {attach && (
        <NumberInput
          label="Most creatives of one segment"
          maw={240}
          min={1}
          max={20}
          value={perSegment}
          onChange={(next) => typeof next === 'number' && change({ perSegment: next })}
          error={problemOf('creatives.perSegment')}
        />
      )}
      {attach && pinned > 0 && (
        <Text size="xs" c="dimmed">
          {pinned} {pinned === 1 ? 'segment has' : 'segments have'} creatives pinned.
        </Text>
      )}
    </Stack>
  );
}
