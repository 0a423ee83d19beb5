import { BarChart } from '@mantine/charts';
import { Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { insights } from '../../api/insights.ts';
import type { Distribution } from '../../api/types/insights.ts';
import { number, percent, words } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { SaveCsv } from '../../components/save-csv.tsx';
import { Answer } from '../../components/states.tsx';
import { binLabel, plain } from './words.ts';

/** Most bars that stay readable; the rarer values are in the file. */
const MOST_BARS = 20;

/** How one trait is spread in both groups. */
export function TraitView({ a, b, trait, note }: { a: string; b: string; trait: string; note: string }) {
  const query = { a, b, trait };
  const spread = useQuery(insights.distribution(query));
  return (
    <Section
      title={words(trait)}
      about={note}
      aside={<SaveCsv name="distribution" query={query} of={`the spread of ${words(trait)}`} />}
    >
      <Answer of={spread} rows={6}>
        {(data) =>
          data.rows.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nobody in either group has it.
            </Text>
          ) : (
            <Stack opacity={spread.isPlaceholderData ? 0.5 : 1}>
              <Bars spread={data} />
              {data.quantiles && <Quantiles quantiles={data.quantiles} />}
              <Text size="xs" c="dimmed">
                {number(data.comparison.knownA)} of the first group and {number(data.comparison.knownB)} of the second
                have it. Shares are of those.
              </Text>
            </Stack>
          )
        }
      </Answer>
    </Section>
  );
}

function Bars({ spread: { rows, quantiles, trait } }: { spread: Distribution }) {
  const isLong = quantiles === null && rows.length > 4;
  return (
    <BarChart
      h={isLong ? Math.min(rows.length, MOST_BARS) * 34 + 60 : 280}
      aria-label={`Spread of ${words(trait)}`}
      orientation={isLong ? 'vertical' : 'horizontal'}
      data={rows
        .slice(0, MOST_BARS)
        .map((row) => ({ label: binLabel(row), first: row.shareA ?? 0, second: row.shareB ?? 0 }))}
      dataKey="label"
      series={[
        { name: 'first', label: 'First group', color: 'ink.6' },
        { name: 'second', label: 'Second group', color: 'orange.4' },
      ]}
      withLegend
      valueFormatter={percent}
      xAxisProps={isLong ? {} : { interval: 'preserveStartEnd', minTickGap: 12 }}
      yAxisProps={isLong ? { width: 150 } : { width: 56 }}
    />
  );
}

function Quantiles({ quantiles }: { quantiles: NonNullable<Distribution['quantiles']> }) {
  return (
    <Table verticalSpacing={4} aria-label="Quantiles">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Contacts below</Table.Th>
          {quantiles.map(({ share }) => (
            <Table.Th key={share} className="number">
              {share === 0.5 ? 'half' : percent(share)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {(['a', 'b'] as const).map((side) => (
          <Table.Tr key={side}>
            <Table.Td>{side === 'a' ? 'First' : 'Second'}</Table.Td>
            {quantiles.map((each) => (
              <Table.Td key={each.share} className="number">
                {plain(each[side])}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
