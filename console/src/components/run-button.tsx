import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconPlayerPlay, IconRefresh, IconRotateClockwise } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import { api } from '../api/client.ts';
import type { RunHead } from '../api/types/deliveries.ts';
import { useAction } from '../api/use-action.ts';

/** How a run starts. */
interface How {
  resync?: boolean;
  retryRefused?: boolean;
}

const WAYS = [
  {
    label: 'Full resync',
    about: 'Sends every member again and removes who does not belong.',
    icon: IconRefresh,
    how: { resync: true },
  },
  {
    label: 'Retry refused',
    about: 'Tries only those again that were refused or did not surely arrive.',
    icon: IconRotateClockwise,
    how: { retryRefused: true },
  },
];

/** Starts a run of a delivery, and opens it. */
export function RunButton({ deliveryId }: { deliveryId: string }) {
  const navigate = useNavigate();
  const run = useAction((how: How) => api.post<RunHead>(`/v1/deliveries/${deliveryId}/runs`, how), {
    refreshes: ['runs'],
    onDone: ({ id }) => navigate(`/runs/${id}`),
  });
  return (
    <Button.Group>
      <Button leftSection={<IconPlayerPlay size={16} />} loading={run.isPending} onClick={() => run.mutate({})}>
        Run now
      </Button>
      <Menu position="bottom-end" width={300} withArrow>
        <Menu.Target>
          <Button px="xs" aria-label="Other ways to run" disabled={run.isPending} ml={1}>
            <IconChevronDown size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {WAYS.map(({ label, about, icon: Icon, how }) => (
            <Menu.Item key={label} leftSection={<Icon size={16} />} onClick={() => run.mutate(how)}>
              {label}
              <br />
              <small>{about}</small>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}
