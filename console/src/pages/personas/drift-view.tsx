import { Badge, type MantineColor, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { Drift, DriftBand, PersonaVersion, VersionDrift } from '../../api/types/personas.ts';
import { percent, words } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { Answer } from '../../components/states.tsx';
import { Ago, AsOf } from '../../components/time.tsx';

const BANDS: Record<DriftBand, { label: string; color: MantineColor }> = {
  stable: { label: 'Stable', color: 'teal' },
  moderate: { label: 'Moderate', color: 'yellow' },
  major: { label: 'Major', color: 'red' },
};

/** How far contacts have moved since a version was trained. */
export function DriftView({ setId, version }: { setId: string; version: PersonaVersion }) {
  const names = new Map(version.personas.map(({ key, name }) => [key, name]));
  const drift = useQuery(queries.versionDrift(setId, version.version));
  return <Answer of={drift}>{(data) => <DriftTables drift={data} names={names} />}</Answer>;
}

/** The drift of the personas' shares and of each trait, the farthest first. */
export function DriftTables({ drift, names }: { drift: VersionDrift; names: Map<string, string> }) {
  return (
    <Stack gap="lg">
      <Section
        title={`Drift since version ${drift.version} was trained`}
        about={
          <>
            Trained <Ago at={drift.since} />. <AsOf at={drift.asOf} /> {reading(drift)}
          </>
        }
        aside={<Band of={drift.personas} />}
      >
        <DriftTable
          first="Persona"
          second="Contacts now"
          rows={drift.personas.bins.map(({ label, before, now }) => ({
            label: names.get(label) ?? label,
            detail: `${percent(before)} → ${percent(now)}`,
          }))}
        />
      </Section>
      <Section title="Traits" about="Every trait in the catalogue, those that moved farthest first.">
        <DriftTable
          first="Trait"
          second="Moved most"
          rows={drift.traits.map((trait) => ({
            label: words(trait.trait),
            note: trait.used ? undefined : 'not clustered on',
            drift: trait,
            detail: farthest(trait),
          }))}
        />
      </Section>
    </Stack>
  );
}

interface DriftRow {
  label: string;
  note?: string;
  drift?: Drift;
  detail: string;
}

function DriftTable({ first, second, rows }: { first: string; second: string; rows: DriftRow[] }) {
  const measured = rows.some(({ drift }) => drift);
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{first}</Table.Th>
            {measured && <Table.Th ta="right">Index</Table.Th>}
            {measured && <Table.Th>Reading</Table.Th>}
            <Table.Th>{second}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ label, note, drift, detail }) => (
            <Table.Tr key={label}>
              <Table.Td>
                {label}{' '}
                {note && (
                  <Text span size="xs" c="dimmed">
                    {note}
                  </Text>
                )}
              </Table.Td>
              {drift && (
                <Table.Td ta="right" className="figure">
                  {drift.psi.toFixed(3)}
                </Table.Td>
              )}
              {drift && (
                <Table.Td>
                  <Band of={drift} plain />
                </Table.Td>
              )}
              <Table.Td>
                <Text size="sm" c="dimmed" className="figure">
                  {detail}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** An index and how it is read. */
export function Band({ of: drift, plain }: { of: Drift; plain?: boolean }) {
  const { label, color } = BANDS[drift.band];
  return <Badge color={color}>{plain ? label : `${label} · ${drift.psi.toFixed(3)}`}</Badge>;
}

/** `Population stability index: stable below 0.1, moderate below 0.25, else major.` */
function reading({ bands }: VersionDrift): string {
  const parts = bands.map(({ band, below }) => (below === null ? `else ${band}` : `${band} below ${below}`));
  return `Population stability index: ${parts.join(', ')}.`;
}

function farthest({ bins }: Drift): string {
  const [most] = [...bins].sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before));
  if (!most || Math.abs(most.now - most.before) < 0.005) return 'as it was';
  return `${most.label}: ${percent(most.before)} → ${percent(most.now)}`;
}
