import { Anchor, Badge, Button, Code, Group, Table, Text } from '@mantine/core';
import { IconExternalLink, IconEye } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { Destination } from '../../api/types/connections.ts';
import type { AudienceSize, DeliveryWithSegments } from '../../api/types/deliveries.ts';
import { useAction } from '../../api/use-action.ts';
import { number } from '../../app/format.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Page, Section } from '../../components/page.tsx';
import { Dot } from '../../components/persona-avatar.tsx';
import { RunButton } from '../../components/run-button.tsx';
import { RunsTable } from '../../components/runs-table.tsx';
import { Answer } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { DeliveryFacts } from './delivery-facts.tsx';
import { DryRunView } from './dry-run-view.tsx';
import { PauseDelivery } from './pause-delivery.tsx';
import { useDryRun } from './use-dry-run.ts';

export default function DeliveryPage() {
  const { id = '' } = useParams();
  const delivery = useQuery(queries.delivery(id));
  return <Answer of={delivery}>{(data) => <DeliveryView delivery={data} />}</Answer>;
}

function DeliveryView({ delivery }: { delivery: DeliveryWithSegments }) {
  const navigate = useNavigate();
  const runs = useQuery(queries.deliveryRuns(delivery.id));
  const destination = useDestination(delivery.connectionId);
  const dryRun = useDryRun();
  const archive = useAction(() => api.remove(`/v1/deliveries/${delivery.id}`), {
    refreshes: ['deliveries'],
    done: 'Delivery archived.',
    onDone: () => navigate('/deliveries'),
  });
  return (
    <Page
      title={delivery.name}
      badge={
        <>
          {delivery.splitByPersona && <Badge>split by persona</Badge>}
          {delivery.pausedAt && <State of="paused" />}
        </>
      }
      trail={[{ label: 'Deliveries', to: '/deliveries' }]}
      actions={
        <>
          <Confirm
            title={`Archive ${delivery.name}?`}
            verb="Archive"
            color="red"
            onConfirm={() => archive.mutate()}
            trigger={(open) => (
              <Button variant="default" onClick={open}>
                Archive
              </Button>
            )}
          >
            It can no longer run. Its evidence stays, and so do the remote audiences with their members.
          </Confirm>
          <PauseDelivery delivery={delivery} />
          <Button
            variant="light"
            leftSection={<IconEye size={16} />}
            loading={dryRun.isPending}
            onClick={() => dryRun.mutate({ delivery })}
          >
            Dry run
          </Button>
          <RunButton deliveryId={delivery.id} />
        </>
      }
    >
      <DeliveryFacts delivery={delivery} />
      {!dryRun.isIdle && (
        <DryRunView
          dryRun={dryRun}
          destination={destination}
          about="Nothing was sent."
          onRehearse={() => dryRun.mutate({ delivery, rehearse: true })}
        />
      )}
      <Section title="Remote audiences" about="Bound for life; members by our ledger.">
        <Segments delivery={delivery} />
      </Section>
      <Section title="Runs">
        <Answer of={runs}>
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed">
                It has not run yet.
              </Text>
            ) : (
              <Table.ScrollContainer minWidth={620}>
                <RunsTable runs={items} />
              </Table.ScrollContainer>
            )
          }
        </Answer>
      </Section>
    </Page>
  );
}

function useDestination(connectionId: string): Destination | undefined {
  const destinations = useQuery(queries.destinations()).data?.items;
  const connection = useQuery(queries.connections()).data?.items.find(({ id }) => id === connectionId);
  return destinations?.find(({ type }) => type === connection?.type);
}

/** What the platform counted last: small audiences are not told, and often only a range is. */
function latest(sizes: AudienceSize[]): string {
  const size = sizes.find(({ from }) => from !== null);
  if (size?.from == null || size.to == null) return '–';
  return size.from === size.to ? number(size.from) : `${number(size.from)} to ${number(size.to)}`;
}

function Segments({ delivery: { segments } }: { delivery: DeliveryWithSegments }) {
  if (segments.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        The first run makes them.
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={620}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Persona</Table.Th>
            <Table.Th>Remote audience</Table.Th>
            <Table.Th>Remote id</Table.Th>
            <Table.Th className="number">Members</Table.Th>
            <Table.Th className="number">At the platform</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {segments.map(({ key, persona, color, remote, members, sizes }) => (
            <Table.Tr key={key}>
              <Table.Td>
                <Group gap={8} wrap="nowrap">
                  <Dot color={color} />
                  {persona}
                </Group>
              </Table.Td>
              <Table.Td>
                {remote.url ? (
                  <Anchor href={remote.url} target="_blank" rel="noreferrer" size="sm">
                    {remote.name} <IconExternalLink size={13} />
                  </Anchor>
                ) : (
                  remote.name
                )}
              </Table.Td>
              <Table.Td>
                <Code>{remote.id}</Code>
              </Table.Td>
              <Table.Td className="number">{number(members)}</Table.Td>
              <Table.Td className="number">{latest(sizes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
