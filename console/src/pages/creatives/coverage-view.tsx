import { Anchor, Button, Group, Select, Stack, Table, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { download } from '../../api/client.ts';
import { coveragePath, queries } from '../../api/queries.ts';
import type { Coverage } from '../../api/types/creatives.ts';
import { useAction } from '../../api/use-action.ts';
import { percent } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { Dot } from '../../components/persona-avatar.tsx';
import { Answer, Failure } from '../../components/states.tsx';
import { OTHER_CHANNELS } from './creative-fields.tsx';
import { Carried, Matches } from './persona-creatives.tsx';
import { type PinningDelivery, usePinningDeliveries, usePins } from './use-pins.ts';

/** Which personas of a set have creatives for a channel, which have none, and which creatives match none. */
export function CoverageView() {
  const sets = (useQuery(queries.personaSets()).data?.items ?? []).filter((set) => set.publishedVersion !== null);
  const destinations = useQuery(queries.destinations()).data?.items ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [channel, setChannel] = useState<string | null>(null);
  const [deliveryId, setDeliveryId] = useState<string | null>(null);
  const connections = useQuery(queries.connections()).data?.items ?? [];
  const setId = chosen ?? sets[0]?.id;
  const deliveries = usePinningDeliveries(setId);
  const delivery = deliveries.find(({ id }) => id === deliveryId);
  if (!setId) return null;
  const own = delivery && connections.find(({ id }) => id === delivery.connectionId)?.type;
  const asked = delivery ? (delivery.creatives.channel ?? own ?? null) : channel;
  return (
    <Section
      title="Coverage"
      about={
        delivery
          ? 'What the delivery carries for each persona from its next run on. Pinned creatives go instead of the best matches.'
          : 'Best matches of each persona, best first, with the reasons. Choose a delivery to pin creatives to personas.'
      }
      aside={
        <Group gap="xs">
          <Select
            size="xs"
            aria-label="Persona set"
            allowDeselect={false}
            value={setId}
            onChange={setChosen}
            data={sets.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <Select
            size="xs"
            aria-label="Delivery"
            placeholder="No delivery"
            nothingFoundMessage="None attaches creatives"
            clearable
            value={delivery?.id ?? null}
            onChange={setDeliveryId}
            data={deliveries.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <Select
            size="xs"
            aria-label="Channel"
            placeholder="Any channel"
            clearable
            // a delivery has its own
            disabled={delivery !== undefined}
            value={asked}
            onChange={setChannel}
            data={[...destinations.map(({ type, title }) => ({ value: type, label: title })), ...OTHER_CHANNELS]}
          />
          <Download setId={setId} channel={asked} />
        </Group>
      }
    >
      <CoverageOf setId={setId} channel={asked} delivery={delivery} />
    </Section>
  );
}

function Download({ setId, channel }: { setId: string; channel: string | null }) {
  const save = useAction(() => download(coveragePath(setId, channel, '.csv'), 'creative-coverage.csv'), {
    refreshes: [],
  });
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconDownload size={14} />}
      loading={save.isPending}
      onClick={() => save.mutate()}
    >
      CSV
    </Button>
  );
}

interface CoverageOfProps {
  setId: string;
  channel: string | null;
  /** Absent: whatever matches. */
  delivery?: PinningDelivery;
}

function CoverageOf({ setId, channel, delivery }: CoverageOfProps) {
  const coverage = useQuery({ ...queries.creativeCoverage(setId, channel), placeholderData: keepPreviousData });
  return (
    <Answer of={coverage}>
      {(data) => (
        <Stack gap="lg">
          {delivery ? (
            <CarriedBy key={delivery.id} delivery={delivery} of={data} />
          ) : (
            <Personas of={data} covered={data.covered} creativesOf={(persona) => <Matches of={persona} />} />
          )}
          {data.unmatched.length > 0 && <Unmatched of={data} />}
        </Stack>
      )}
    </Answer>
  );
}

/** The same as a delivery carries it: what it pins to a persona goes before what matches. */
function CarriedBy({ delivery, of: coverage }: { delivery: PinningDelivery; of: Coverage }) {
  const pins = usePins(
    delivery,
    coverage.personas.map(({ key }) => key),
  );
  const carrying = coverage.personas.filter(({ key, creatives }) => {
    const pinned = pins.of(key);
    return pinned.length > 0 ? pinned.some(({ state }) => state === 'active') : creatives.length > 0;
  });
  return (
    <>
      {pins.error && <Failure error={pins.error} />}
      {pins.gone.length > 0 && (
        <Group gap="sm">
          <Text size="sm">It also pins to personas that are gone, which does nothing.</Text>
          <Button size="compact-xs" variant="default" loading={pins.busy} onClick={pins.takeOffGone}>
            Take those pins off
          </Button>
        </Group>
      )}
      <Personas
        of={coverage}
        covered={carrying.length}
        creativesOf={(persona) => <Carried of={persona} pins={pins} />}
      />
    </>
  );
}

interface PersonasProps {
  of: Coverage;
  covered: number;
  creativesOf: (persona: Coverage['personas'][number]) => ReactNode;
}

function Personas({ of: { personas }, covered, creativesOf }: PersonasProps) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>
              {covered} of {personas.length} personas have a creative
            </Table.Th>
            <Table.Th>Creatives</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {personas.map((persona) => (
            <Table.Tr key={persona.key}>
              <Table.Td style={{ verticalAlign: 'top' }}>
                <Group gap={8} wrap="nowrap">
                  <Dot color={persona.color} />
                  <Text size="sm" fw={600}>
                    {persona.name}
                  </Text>
                </Group>
                <Text size="xs" c="dimmed">
                  {percent(persona.share)}
                </Text>
              </Table.Td>
              <Table.Td>{creativesOf(persona)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Unmatched({ of: { unmatched } }: { of: Coverage }) {
  return (
    <Stack gap={6} component="section" aria-label="Creatives that match no persona">
      <Text fw={600} size="sm">
        Creatives that match no persona
      </Text>
      {unmatched.map(({ id, name, reasons, nearest }) => (
        <div key={id}>
          <Anchor component={Link} to={`/creatives/${id}`} size="sm">
            {name}
          </Anchor>
          <Text size="xs" c="dimmed">
            {nearest && `Nearest is ${nearest.personaName}: `}
            {reasons.join(' ')}
          </Text>
        </div>
      ))}
    </Stack>
  );
}
