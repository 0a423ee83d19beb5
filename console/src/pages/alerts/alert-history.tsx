import { Anchor, Badge, Code, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { AlertNote } from '../../api/types/alerts.ts';
import { Ago } from '../../components/time.tsx';

/** Where the subject of an alert is shown, by the kind its id begins with. */
const PLACES: Record<string, string> = { run: '/runs', del: '/deliveries', con: '/connections', dts: '/datasets' };

/** What was told, from when it began until it was over. */
export function AlertHistory({ items }: { items: AlertNote[] }) {
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing has gone wrong yet.
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={720} maxHeight={560}>
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>State</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>Where</Table.Th>
            <Table.Th>Raised</Table.Th>
            <Table.Th>Over</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ id, title, text, subject, raisedAt, recoveredAt }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Badge color={recoveredAt ? 'teal' : 'red'}>{recoveredAt ? 'Over' : 'Open'}</Badge>
              </Table.Td>
              <Table.Td maw={460}>
                <Text size="sm" fw={600}>
                  {title}
                </Text>
                <Text size="xs" c="dimmed" lineClamp={2}>
                  {text}
                </Text>
              </Table.Td>
              <Table.Td>
                <Subject id={subject} />
              </Table.Td>
              <Table.Td>
                <Ago at={raisedAt} />
              </Table.Td>
              <Table.Td>
                <Ago at={recoveredAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Subject({ id }: { id: string }) {
  const place = PLACES[id.split('_')[0] ?? ''];
  if (!place) return <Code>{id}</Code>;
  return (
    <Anchor component={Link} to={`${place}/${id}`} size="sm">
      {id}
    </Anchor>
  );
}
