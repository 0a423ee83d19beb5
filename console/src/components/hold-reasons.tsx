import { List } from '@mantine/core';
import type { HoldReason } from '../api/types/deliveries.ts';

/** Why a run is held, or would be. */
export function HoldReasons({ reasons }: { reasons: HoldReason[] }) {
  return (
    <List size="sm">
      {reasons.map(({ code, segment, text }) => (
        <List.Item key={`${code} ${segment ?? ''}`}>{text}</List.Item>
      ))}
    </List>
  );
}
