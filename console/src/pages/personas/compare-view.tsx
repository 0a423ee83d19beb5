import { Badge, Group, type MantineColor, Select, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { IconArrowsLeftRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queries } from '../../api/queries.ts';
import type { ComparedPersona, PersonaSet, PersonaVersion, VersionComparison } from '../../api/types/personas.ts';
import { number, percent, plural, words } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { Dot } from '../../components/persona-avatar.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';
import { Band, DriftTables } from './drift-view.tsx';
import { MoversMatrix } from './movers-matrix.tsx';

const FATES: Record<ComparedPersona['fate'], { label: string; color: MantineColor }> = {
  kept: { label: 'Kept', color: 'teal' },
  new: { label: 'New', color: 'blue' },
  merged: { label: 'Merged', color: 'grape' },
  retired: { label: 'Retired', color: 'gray' },
};

/** A version beside another: by default the one that it would take the place of. */
export function CompareView({ set, version }: { set: PersonaSet; version: PersonaVersion }) {
  const others = set.versions.filter((each) => each.status === 'ready' && each.version !== version.version);
  const usual = [set.publishedVersion, version.basedOn].find((v) => v !== null && v !== version.version);
  const [chosen, setChosen] = useState(usual ?? others[0]?.version);
  const comparison = useQuery({
    ...queries.versionComparison(set.id, chosen ?? 0, version.version),
    enabled: chosen !== undefined,
  });
  if (chosen === undefined)
    return <Empty icon={IconArrowsLeftRight} title="There is no other version to compare with yet" />;
  return (
    <Stack gap="lg">
      <Group gap="sm">
        <Text size="sm">Against</Text>
        <Select
          aria-label="Compare with"
          w={230}
          allowDeselect={false}
          value={String(chosen)}
          onChange={(value) => setChosen(Number(value))}
          data={others.map(({ version: v, stage }) => ({ value: String(v), label: `Version ${v} (${stage})` }))}
        />
      </Group>
      <Answer of={comparison}>{(data) => <Comparison comparison={data} />}</Answer>
    </Stack>
  );
}

function Comparison({ comparison }: { comparison: VersionComparison }) {
  const { before, after, personas, movers, shares, drift, asOf } = comparison;
  const names = new Map(personas.map(({ key, name }) => [key, name]));
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="lg">
        <Section title="Who would move" aside={<Badge color="gray">{percent(movers.share)}</Badge>}>
          <Text fz={28} fw={650} lh={1} className="figure">
            {number(movers.moved)}
          </Text>
          <Text size="xs" c="dimmed" mt={6}>
            of {plural(movers.contacts, 'contact')} if version {after.version} took the place of {before.version}.{' '}
            <AsOf at={asOf} />
          </Text>
        </Section>
        <Section title="Shares of the personas" aside={<Band of={shares} plain />}>
          <Text fz={28} fw={650} lh={1} className="figure">
            {shares.psi.toFixed(3)}
          </Text>
          <Text size="xs" c="dimmed" mt={6}>
            Population stability index from the one version to the other.
          </Text>
        </Section>
        <Section title="Quality">
          <Figures before={before} after={after} />
        </Section>
      </SimpleGrid>
      <Section title="Personas side by side" about="Everyone there is now, as either version would assign them.">
        <Personas comparison={comparison} />
      </Section>
      <Section title="Movers" about={`From version ${before.version} (rows) to version ${after.version} (columns).`}>
        <MoversMatrix matrix={movers.matrix} personas={personas} />
      </Section>
      <TraitUse comparison={comparison} />
      <DriftTables drift={drift} names={names} />
    </Stack>
  );
}

function Figures({ before, after }: Pick<VersionComparison, 'before' | 'after'>) {
  const rows = [
    ['Silhouette', before.quality.silhouette, after.quality.silhouette],
    ['Stability', before.quality.stability, after.quality.stability],
    ['Explained', before.quality.explained, after.quality.explained],
  ] as const;
  return (
    <Stack gap={4}>
      {rows.map(([label, was, is]) => (
        <Group key={label} justify="space-between" gap="xs">
          <Text size="sm">{label}</Text>
          <Text size="sm" className="figure">
            {was.toFixed(2)} → <b>{is.toFixed(2)}</b>
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

function Personas({ comparison: { personas, before, after } }: { comparison: VersionComparison }) {
  const names = new Map(personas.map(({ key, name }) => [key, name]));
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Persona</Table.Th>
            <Table.Th ta="right">Version {before.version}</Table.Th>
            <Table.Th ta="right">Version {after.version}</Table.Th>
            <Table.Th>What becomes of it</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {personas.map((persona) => (
            <Table.Tr key={persona.key}>
              <Table.Td>
                <Group gap="sm" wrap="nowrap">
                  <Dot color={persona.color} />
                  <Text size="sm">{persona.name}</Text>
                </Group>
              </Table.Td>
              <Side side={persona.before} />
              <Side side={persona.after} />
              <Table.Td>
                <Badge color={FATES[persona.fate].color}>{FATES[persona.fate].label}</Badge>{' '}
                {persona.mergedInto && (
                  <Text span size="sm" c="dimmed">
                    into {names.get(persona.mergedInto) ?? persona.mergedInto}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Side({ side }: { side: ComparedPersona['before'] }) {
  return (
    <Table.Td ta="right" className="figure" style={{ whiteSpace: 'nowrap' }}>
      {side ? (
        <>
          {number(side.size)}{' '}
          <Text span size="xs" c="dimmed">
            {percent(side.share)}
          </Text>
        </>
      ) : (
        <Text span c="dimmed">
          –
        </Text>
      )}
    </Table.Td>
  );
}

/** Traits that only one of the versions tells contacts apart by. */
function TraitUse({ comparison: { traits, before, after } }: { comparison: VersionComparison }) {
  const list = (only: 'before' | 'after') =>
    traits.filter((trait) => trait[only] && !(trait.before && trait.after)).map(({ trait }) => words(trait));
  const [was, is] = [list('before'), list('after')];
  if (was.length + is.length === 0) return null;
  return (
    <Section title="Traits that differ">
      {was.length > 0 && (
        <Text size="sm">
          Only version {before.version}: {was.join(', ')}
        </Text>
      )}
      {is.length > 0 && (
        <Text size="sm">
          Only version {after.version}: {is.join(', ')}
        </Text>
      )}
    </Section>
  );
}
