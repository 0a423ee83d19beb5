import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { api } from '../../api/client.ts';
import type { Connection, Prerequisite } from '../../api/types/connections.ts';
import { useAction } from '../../api/use-action.ts';
import { Confirm } from '../../components/confirm.tsx';

/** Lets a person say that what a check found is right, such as the host key that a server shows. */
export function ConfirmFound({ connection, prerequisite }: { connection: Connection; prerequisite: Prerequisite }) {
  const confirm = useAction(
    (value: string) => api.post(`/v1/connections/${connection.id}/confirm`, { prerequisite: prerequisite.name, value }),
    { refreshes: ['connections'], done: 'Confirmed, and checked again.' },
  );
  if (!prerequisite.confirm) return null;
  const { setting, value } = prerequisite.confirm;
  const before = connection.settings[setting];
  return (
    <Stack gap={6} mt={6} align="flex-start">
      {typeof before === 'string' && <Found label="Confirmed before" value={before} />}
      <Found label="Found now" value={value} />
      <Confirm
        title={before ? 'Accept what was found in place of what was confirmed?' : 'Is this what the operator says?'}
        verb={before ? 'Accept the new one' : 'Confirm it'}
        color={before ? 'red' : undefined}
        busy={confirm.isPending}
        onConfirm={() => confirm.mutate(value)}
        trigger={(open) => (
          <Button size="compact-sm" variant="light" color={before ? 'red' : undefined} onClick={open}>
            {before ? 'Accept the new one' : 'Confirm'}
          </Button>
        )}
      >
        Compare it with what the operator of the server tells you by another way than this connection:
        <Code block mt="xs">
          {value}
        </Code>
        <Text size="sm" mt="xs">
          Deliveries go there once it is confirmed. Who confirmed it is kept in the audit log.
        </Text>
      </Confirm>
    </Stack>
  );
}

function Found({ label, value }: { label: string; value: string }) {
  return (
    <Group gap="xs">
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
    </Group>
  );
}
