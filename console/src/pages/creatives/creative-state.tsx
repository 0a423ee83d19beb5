import { Badge } from '@mantine/core';
import type { Creative } from '../../api/types/creatives.ts';
import { moment } from '../../app/format.ts';

const STATES: Record<Creative['state'], { label: string; color: string }> = {
  active: { label: 'Active', color: 'teal' },
  planned: { label: 'Planned', color: 'blue' },
  ended: { label: 'Ended', color: 'gray' },
};

/** Whether a creative is in its period. */
export function CreativeState({ of: { state, activeFrom, activeUntil } }: { of: Creative }) {
  const { label, color } = STATES[state];
  const until = state === 'planned' ? activeFrom : activeUntil;
  return (
    <Badge color={color} title={until ? moment(until) : undefined}>
      {label}
    </Badge>
  );
}
