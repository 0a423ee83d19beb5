import '@mantine/charts/styles.css';
import { LineChart } from '@mantine/charts';
import { Badge, Group, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import type { PersonaVersion } from '../../api/types/personas.ts';
import { percent } from '../../app/format.ts';
import { Figure } from '../../components/figure.tsx';
import { Section } from '../../components/page.tsx';

const GRADES = { strong: 'teal', fair: 'yellow', weak: 'orange' } as const;
const REJECTED = {
  small_cluster: 'a persona would be too small',
  unstable: 'a persona does not come back in samples',
  less_separated: 'less separated',
  fewer_personas: 'fewer personas than the data supports',
} as const;

/** How far the personas can be trusted, why there are so many, and what became of each trait. */
export default function QualityView({ version }: { version: PersonaVersion }) {
  const { quality, choice, selection } = version;
  return (
    <Stack gap="lg">
      {quality && (
        <SimpleGrid cols={{ base: 2, md: 4 }} spacing="lg">
          <Figure
            label="Silhouette"
            value={quality.silhouette.toFixed(2)}
            about="Closer to one's own persona than to the next; −1 to 1."
            badge={<Badge color={GRADES[quality.grade]}>{quality.grade}</Badge>}
          />
          <Figure
            label="Stability"
            value={quality.stability.toFixed(2)}
            about="Agreement when trained on samples; up to 1."
          />
          <Figure label="Variance explained" value={percent(quality.explained)} about="By which persona one is in." />
          <Figure
            label="Smallest persona"
            value={percent(Math.min(...quality.shares))}
            about={`The least stable comes back ${percent(Math.min(...quality.clusterStability))}.`}
          />
        </SimpleGrid>
      )}
      {choice && (
        <Section title="Why so many personas" about={choice.reason}>
          <LineChart
            h={260}
            data={choice.curve.map((point) => ({ ...point, label: `${point.k}` }))}
            dataKey="label"
            xAxisLabel="Personas"
            yAxisProps={{ domain: [0, 1] }}
            valueFormatter={(value) => value.toFixed(2)}
            withLegend
            curveType="linear"
            series={[
              { name: 'silhouette', label: 'Silhouette', color: 'ink.7' },
              { name: 'stability', label: 'Stability', color: 'teal.6' },
              { name: 'smallestShare', label: 'Smallest share', color: 'orange.5' },
            ]}
          />
          <Group gap="md" mt="sm">
            {choice.curve.map(({ k, rejected }) => (
              <Text key={k} size="xs" c={k === choice.k ? undefined : 'dimmed'} fw={k === choice.k ? 700 : 400}>
                {k}: {k === choice.k ? 'chosen' : rejected ? REJECTED[rejected] : 'not chosen'}
              </Text>
            ))}
          </Group>
        </Section>
      )}
      {selection && (
        <Section title="Traits" about="What the personas are made of. The others are still profiled.">
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Trait</Table.Th>
                <Table.Th>Clustered on</Table.Th>
                <Table.Th>Why not</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {selection.map(({ trait, used, detail }) => (
                <Table.Tr key={trait}>
                  <Table.Td>{trait}</Table.Td>
                  <Table.Td>
                    <Badge color={used ? 'teal' : 'gray'}>{used ? 'Yes' : 'No'}</Badge>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" c="dimmed">
                      {detail}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Section>
      )}
    </Stack>
  );
}
