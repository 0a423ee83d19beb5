import { Progress, Stack, Text } from '@mantine/core';
import type { Outcome } from '../../api/types/outcomes.ts';
import { words } from '../../app/format.ts';

/** How far a training is, and what it is doing. */
export function TrainingProgress({ of: { share, step } }: { of: Outcome['progress'] }) {
  return (
    <Stack gap={6} aria-live="polite">
      <Progress value={share * 100} animated aria-label="Training progress" />
      <Text size="sm" c="dimmed">
        {words(step) || 'Waiting to start'}
      </Text>
    </Stack>
  );
}
