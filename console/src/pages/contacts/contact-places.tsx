import { Anchor, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { ContactPlace } from '../../api/types/contacts.ts';
import { PlaceBadge } from '../../components/status.tsx';
import { Ago } from '../../components/time.tsx';

/** Where a contact is and was. */
export function ContactPlaces({ items }: { items: ContactPlace[] }) {
  const deliveries = useQuery(queries.deliveries()).data?.items ?? [];
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Never delivered anywhere.
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Delivery</Table.Th>
            <Table.Th>Segment</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Since</Table.Th>
            <Table.Th>Until</Table.Th>
            <Table.Th>Run</Table.Th>
            <Table.Th>Why</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={`${item.deliveryId} ${item.segment} ${item.runId} ${item.at} ${item.state}`}>
              <Table.Td>
                <Anchor component={Link} to={`/deliveries/${item.deliveryId}`} size="sm">
                  {deliveries.find(({ id }) => id === item.deliveryId)?.name ?? item.deliveryId}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <Segment deliveryId={item.deliveryId} name={item.segment} />
              </Table.Td>
              <Table.Td>
                <PlaceBadge of={item.state} />
              </Table.Td>
              <Table.Td>
                <Ago at={item.at} />
              </Table.Td>
              <Table.Td>{item.until ? <Ago at={item.until} /> : 'now'}</Table.Td>
              <Table.Td>
                <RunLink id={item.runId} />
                {item.renewedBy && (
                  <Text size="xs" c="dimmed">
                    again <Ago at={item.renewedAt} size="xs" /> by <RunLink id={item.renewedBy} />
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <Why {...item} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function RunLink({ id }: { id: string }) {
  return (
    <Anchor component={Link} to={`/runs/${id}`} size="sm">
      {id}
    </Anchor>
  );
}

function Why({ deliveryId, reason }: ContactPlace) {
  if (!reason) return null;
  return (
    <Text size="sm">
      {reason.text}
      {reason.movedTo && (
        <>
          {' '}
          Now in <Segment deliveryId={deliveryId} name={reason.movedTo} />.
        </>
      )}
    </Text>
  );
}

/** A segment by its persona's name, where the delivery still has it. */
function Segment({ deliveryId, name }: { deliveryId: string; name: string }) {
  const delivery = useQuery({ ...queries.delivery(deliveryId), retry: false });
  return <>{delivery.data?.segments.find(({ key }) => key === name)?.persona ?? name}</>;
}
