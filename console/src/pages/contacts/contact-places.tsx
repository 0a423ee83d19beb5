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
    <Table.ScrollContainer minWidth={560}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Delivery</Table.Th>
            <Table.Th>Segment</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Since</Table.Th>
            <Table.Th>Run</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ deliveryId, segment, state, runId, at }) => (
            <Table.Tr key={`${deliveryId} ${segment} ${runId} ${at} ${state}`}>
              <Table.Td>
                <Anchor component={Link} to={`/deliveries/${deliveryId}`} size="sm">
                  {deliveries.find(({ id }) => id === deliveryId)?.name ?? deliveryId}
                </Anchor>
              </Table.Td>
              <Table.Td>
                <Segment deliveryId={deliveryId} name={segment} />
              </Table.Td>
              <Table.Td>
                <PlaceBadge of={state} />
              </Table.Td>
              <Table.Td>
                <Ago at={at} />
              </Table.Td>
              <Table.Td>
                <Anchor component={Link} to={`/runs/${runId}`} size="sm">
                  {runId}
                </Anchor>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** A segment by its persona's name, where the delivery still has it. */
function Segment({ deliveryId, name }: { deliveryId: string; name: string }) {
  const delivery = useQuery({ ...queries.delivery(deliveryId), retry: false });
  return <>{delivery.data?.segments.find(({ key }) => key === name)?.persona ?? name}</>;
}
