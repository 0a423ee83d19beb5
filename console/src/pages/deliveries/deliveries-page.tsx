import { Badge, Button, Table, Text } from '@mantine/core';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { Delivery } from '../../api/types/deliveries.ts';
import { Page, Section } from '../../components/page.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { State, stateOf } from '../../components/status.tsx';
import { Ago } from '../../components/time.tsx';
import { NextRun } from './next-run.tsx';

export default function DeliveriesPage() {
  const deliveries = useQuery(queries.deliveries());
  const create = (
    <Button component={Link} to="/deliveries/new" leftSection={<IconPlus size={16} />}>
      New delivery
    </Button>
  );
  return (
    <Page
      title="Deliveries"
      about="An audience kept at a destination, split by persona. Each run leaves its evidence."
      actions={create}
    >
      <Section title="All deliveries">
        <Answer of={deliveries}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconSend} title="No deliveries yet" action={create}>
                Choose an audience and a connection. You see what will change before it changes.
              </Empty>
            ) : (
              <DeliveriesTable items={items} />
            )
          }
        </Answer>
      </Section>
    </Page>
  );
}

function DeliveriesTable({ items }: { items: Delivery[] }) {
  const audiences = useQuery(queries.audiences()).data?.items ?? [];
  const connections = useQuery(queries.connections()).data?.items ?? [];
  const runs = useQuery(queries.runs()).data?.items ?? [];
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Audience</Table.Th>
            <Table.Th>Connection</Table.Th>
            <Table.Th>Last run</Table.Th>
            <Table.Th>Started</Table.Th>
            <Table.Th>Next run</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((delivery) => {
            const last = runs.find(({ deliveryId }) => deliveryId === delivery.id);
            return (
              <RowLink key={delivery.id} to={`/deliveries/${delivery.id}`} label={delivery.name}>
                <Table.Td>
                  {audiences.find(({ id }) => id === delivery.audienceId)?.name ?? '–'}{' '}
                  {delivery.splitByPersona && <Badge size="sm">split by persona</Badge>}
                </Table.Td>
                <Table.Td>{connections.find(({ id }) => id === delivery.connectionId)?.name ?? '–'}</Table.Td>
                <Table.Td>{last ? <State of={stateOf(last)} /> : <Text size="sm">never</Text>}</Table.Td>
                <Table.Td>
                  <Ago at={last?.createdAt ?? null} />
                </Table.Td>
                <Table.Td>
                  <NextRun of={delivery} />
                </Table.Td>
              </RowLink>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
