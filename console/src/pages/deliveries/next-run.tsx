import { Text } from '@mantine/core';
import type { Delivery } from '../../api/types/deliveries.ts';
import { State } from '../../components/status.tsx';
import { Ago } from '../../components/time.tsx';

/** When a delivery next runs by itself. */
export function NextRun({ of: { pausedAt, nextRunAt, schedule } }: { of: Delivery }) {
  if (!schedule) return <Text size="sm">When asked</Text>;
  if (pausedAt) return <State of="paused" size="sm" />;
  if (nextRunAt) return <Ago at={nextRunAt} />;
  return <Text size="sm">{schedule.afterImport ? 'After the next import' : 'After the next publication'}</Text>;
}
