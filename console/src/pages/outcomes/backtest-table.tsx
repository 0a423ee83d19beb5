import '@mantine/charts/styles.css';
import { CompositeChart } from '@mantine/charts';
import { SimpleGrid, Table } from '@mantine/core';
import type { Backtest, BacktestRow, Converted } from '../../api/types/insights.ts';
import { number, percent } from '../../app/format.ts';
import { Figure } from '../../components/figure.tsx';

const orDash = (value: number | null) => (value === null ? '–' : percent(value));
const between = (low: number | null, high: number | null, shown: (value: number) => string) =>
  low === null || high === null ? '' : ` (${shown(low)} to ${shown(high)})`;
/** A difference of shares, with its sign. */
const points = (difference: number): string => `${difference > 0 ? '+' : ''}${(difference * 100).toFixed(1)}`;

/** Complete runs as one: those delivered, the others, and what is left between people of like scores. */
export function Together({ of: { delivered, others, withinDeciles } }: { of: Backtest['overall'] }) {
  return (
    <SimpleGrid cols={{ base: 1, md: 3 }} spacing="lg">
      <Figure label="Delivered, converted" value={orDash(delivered.share)} about={people(delivered)} />
      <Figure label="Others, converted" value={orDash(others.share)} about={people(others)} />
      <Figure
        label="Difference within tenths"
        value={withinDeciles ? `${points(withinDeciles.difference)} points` : '–'}
        about={
          withinDeciles
            ? `${points(withinDeciles.low)} to ${points(withinDeciles.high)} in 95 % of samples. People of like scores are compared.`
            : 'No tenth has both.'
        }
      />
    </SimpleGrid>
  );
}

const people = ({ contacts, converted, low, high }: Converted) =>
  `${number(converted)} of ${number(contacts)}${between(low, high, percent)}`;

const COLUMNS: { label: string; of: (row: BacktestRow) => string }[] = [
  { label: 'Delivered', of: ({ delivered }) => number(delivered) },
  { label: 'Converted', of: ({ deliveredConverted }) => number(deliveredConverted) },
  {
    label: 'Share',
    of: ({ deliveredShare, deliveredLow, deliveredHigh }) =>
      orDash(deliveredShare) + between(deliveredLow, deliveredHigh, percent),
  },
  { label: 'Predicted', of: ({ deliveredPredicted }) => orDash(deliveredPredicted) },
  { label: 'Others', of: ({ others }) => number(others) },
  { label: 'Others converted', of: ({ othersConverted }) => number(othersConverted) },
  {
    label: 'Others’ share',
    of: ({ othersShare, othersLow, othersHigh }) => orDash(othersShare) + between(othersLow, othersHigh, percent),
  },
  {
    label: 'Difference in points',
    of: ({ difference, differenceLow, differenceHigh }) =>
      difference === null ? '–' : points(difference) + between(differenceLow, differenceHigh, points),
  },
];

/** By tenth of the score at the time: the shares that converted, beside what was predicted. */
export function BacktestTable({ rows }: { rows: BacktestRow[] }) {
  return (
    <>
      <Shares rows={rows.filter(({ decile }) => decile > 0)} />
      <Table.ScrollContainer minWidth={1100}>
        <Table aria-label="By tenth of the score" verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Tenth</Table.Th>
              {COLUMNS.map(({ label }) => (
                <Table.Th key={label} className="number">
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.decile}>
                <Table.Td>{row.decile === 0 ? 'No score' : row.decile}</Table.Td>
                {COLUMNS.map(({ label, of }) => (
                  <Table.Td key={label} className="number">
                    {of(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

function Shares({ rows }: { rows: BacktestRow[] }) {
  return (
    <CompositeChart
      h={260}
      aria-label="Converted by tenth"
      data={rows.map(({ decile, deliveredShare, othersShare, deliveredPredicted }) => ({
        decile: `${decile}`,
        delivered: deliveredShare,
        others: othersShare,
        predicted: deliveredPredicted,
      }))}
      dataKey="decile"
      curveType="linear"
      withLegend
      connectNulls={false}
      xAxisLabel="Tenth by score, best first"
      maxBarWidth={32}
      valueFormatter={percent}
      series={[
        { name: 'delivered', label: 'Delivered, converted', color: 'ink.5', type: 'bar' },
        { name: 'others', label: 'Others, converted', color: 'gray.5', type: 'bar' },
        { name: 'predicted', label: 'Predicted for those delivered', color: 'orange.6', type: 'line' },
      ]}
    />
  );
}
