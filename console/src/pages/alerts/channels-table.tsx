import { Button, Group, Table, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api } from '../../api/client.ts';
import type { AlertChannel } from '../../api/types/alerts.ts';
import { useAction } from '../../api/use-action.ts';
import { words } from '../../app/format.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Ago } from '../../components/time.tsx';

export function ChannelsTable({ items }: { items: AlertChannel[] }) {
  return (
    <Table.ScrollContainer minWidth={620}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Kind</Table.Th>
            <Table.Th>Where to</Table.Th>
            <Table.Th>Added</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((channel) => (
            <ChannelRow key={channel.id} channel={channel} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function ChannelRow({ channel: { id, type, target, createdAt } }: { channel: AlertChannel }) {
  const test = useAction(() => api.post<{ ok: boolean; detail: string }>(`/v1/alert-channels/${id}/test`), {
    refreshes: [],
    onDone: ({ ok, detail }) =>
      notifications.show({ title: ok ? 'Test sent' : 'The test failed', message: detail, color: ok ? 'teal' : 'red' }),
  });
  const remove = useAction(() => api.remove(`/v1/alert-channels/${id}`), {
    refreshes: ['alert-channels'],
    done: 'Channel deleted.',
  });
  return (
    <Table.Tr>
      <Table.Td>{words(type)}</Table.Td>
      <Table.Td>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {target}
        </Text>
      </Table.Td>
      <Table.Td>
        <Ago at={createdAt} />
      </Table.Td>
      <Table.Td>
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          <Button size="compact-sm" variant="light" loading={test.isPending} onClick={() => test.mutate()}>
            Send test
          </Button>
          <Confirm
            title={`Delete the channel to ${target}?`}
            verb="Delete channel"
            color="red"
            busy={remove.isPending}
            onConfirm={() => remove.mutate()}
            trigger={(open) => (
              <Button size="compact-sm" variant="default" onClick={open}>
                Delete
              </Button>
            )}
          >
            It is told nothing more.
          </Confirm>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
