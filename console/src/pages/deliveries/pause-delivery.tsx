import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { api } from '../../api/client.ts';
import type { Delivery } from '../../api/types/deliveries.ts';
import { useAction } from '../../api/use-action.ts';

/** Stops a delivery from running by itself, or lets it again. */
export function PauseDelivery({ delivery: { id, pausedAt } }: { delivery: Delivery }) {
  const verb = pausedAt ? 'resume' : 'pause';
  const pause = useAction(() => api.post(`/v1/deliveries/${id}/${verb}`), {
    refreshes: ['deliveries'],
    done: pausedAt ? 'It runs by itself again.' : 'It does not run by itself until it is resumed.',
  });
  return (
    <Button
      variant="default"
      leftSection={pausedAt ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
      loading={pause.isPending}
      onClick={() => pause.mutate()}
    >
      {pausedAt ? 'Resume' : 'Pause'}
    </Button>
  );
}
