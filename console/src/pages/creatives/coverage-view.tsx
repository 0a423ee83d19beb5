import { Anchor, Badge, Button, Group, Select, Stack, Table, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { download } from '../../api/client.ts';
import { coveragePath, queries } from '../../api/queries.ts';
import type { Coverage } from '../../api/types/creatives.ts';
import { useAction } from '../../api/use-action.ts';
import { percent } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { Dot } from '../../components/persona-avatar.tsx';
import { Answer } from '../../components/states.tsx';

/** Which personas of a set have creatives for a channel, which have none, and which creatives match none. */
export function CoverageView() {
  const sets = (useQuery(queries.personaSets()).data?.items ?? []).filter((set) => set.publishedVersion !== null);
  const destinations = useQuery(queries.destinations()).data?.items ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [channel, setChannel] = useState<string | null>(null);
  const setId = chosen ?? sets[0]?.id;
  if (!setId) return null;
  return (
    <Section
      title="Coverage"
      about="Best matches of each persona, best first, with the reasons."
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
            aria-label="Channel"
            placeholder="Any channel"
            clearable
            value={channel}
            onChange={setChannel}
            data={destinations.map(({ type, title }) => ({ value: type, label: title }))}
          />
          <Download setId={setId} channel={channel} />
        </Group>
      }
    >
      <CoverageOf setId={setId} channel={channel} />
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

function CoverageOf({ setId, channel }: { setId: string; channel: string | null }) {
  const coverage = useQuery({ ...queries.creativeCoverage(setId, channel), placeholderData: keepPreviousData });
  return (
    <Answer of={coverage}>
      {(data) => (
        <Stack gap="lg">
          <Personas of={data} />
          {data.unmatched.length > 0 && <Unmatched of={data} />}
        </Stack>
      )}
    </Answer>
  );
}

function Personas({ of: { personas, covered } }: { of: Coverage }) {
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
          {personas.map(({ key, name, color, share, creatives, nearest }) => (
            <Table.Tr key={key}>
              <Table.Td style={{ verticalAlign: 'top' }}>
                <Group gap={8} wrap="nowrap">
                  <Dot color={color} />
                  <Text size="sm" fw={600}>
                    {name}
                  </Text>
                </Group>
                <Text size="xs" c="dimmed">
                  {percent(share)}
                </Text>
              </Table.Td>
              <Table.Td>
                {creatives.length === 0 ? (
                  <>
                    <Badge color="orange">No creative</Badge>
                    {nearest && (
                      <Text size="xs" c="dimmed" mt={4}>
                        {nearest.creativeName} comes nearest: {nearest.reasons.join(' ')}
                      </Text>
                    )}
                  </>
                ) : (
                  <Stack gap={6}>
                    {creatives.map(({ id, name: creative, headline, reasons }) => (
                      <div key={id}>
                        <Anchor component={Link} to={`/creatives/${id}`} size="sm">
                          {creative}
                        </Anchor>{' '}
                        <Text span size="sm">
                          {headline}
                        </Text>
                        <Text size="xs" c="dimmed">
                          {reasons.join(' ')}
                        </Text>
                      </div>
                    ))}
                  </Stack>
                )}
              </Table.Td>
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
