import { CompositeChart, LineChart } from '@mantine/charts';
import { SimpleGrid, Stack, Table } from '@mantine/core';
import type { CalibrationBin, Decile, OutcomeQuality } from '../../api/types/outcomes.ts';
import { number, percent } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';

/** Whom it finds, how much better than chance, and whether what it says comes true. */
export function QualityCharts({ quality }: { quality: OutcomeQuality }) {
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Section
          title="ROC curve"
          about="How many of those who attain it are found, against how many others are taken for them."
        >
          <Roc points={quality.roc} />
        </Section>
        <Section title="Calibration" about="What was predicted and what happened, by tenths of contacts.">
          <Calibration bins={quality.calibration} />
        </Section>
      </SimpleGrid>
      <Section
        title="Lift by tenth"
        about="Tenths of contacts, best scored first; between the dashed lines in 95 % of samples."
      >
        <Lift deciles={quality.deciles} />
        <DecileTable deciles={quality.deciles} />
      </Section>
    </Stack>
  );
}

const AXIS = { type: 'number', domain: [0, 1], tickFormatter: percent } as const;
const CHANCE = { name: 'chance', color: 'gray.5', strokeDasharray: '4 4' };

function Roc({ points }: { points: OutcomeQuality['roc'] }) {
  return (
    <LineChart
      h={280}
      aria-label="ROC curve"
      data={points.map(({ falsePositives, truePositives }) => ({
        x: falsePositives,
        model: truePositives,
        chance: falsePositives,
      }))}
      dataKey="x"
      curveType="linear"
      withDots={false}
      withLegend
      xAxisLabel="Others taken for them"
      xAxisProps={AXIS}
      yAxisProps={{ domain: [0, 1] }}
      valueFormatter={percent}
      tooltipProps={{ labelFormatter: (x) => `${percent(Number(x))} of the others` }}
      series={[
        { name: 'model', label: 'Found by the model', color: 'ink.7' },
        { ...CHANCE, label: 'Found by chance' },
      ]}
    />
  );
}

function Calibration({ bins }: { bins: CalibrationBin[] }) {
  const most = Math.max(...bins.flatMap(({ predicted, observed }) => [predicted, observed]), 0.01);
  const top = Math.min(1, Math.ceil(most * 20) / 20);
  const points = bins.map(({ predicted, observed }) => ({ x: predicted, happened: observed, chance: predicted }));
  return (
    <LineChart
      h={280}
      aria-label="Calibration"
      data={[{ x: 0, chance: 0 }, ...points, { x: top, chance: top }]}
      dataKey="x"
      curveType="linear"
      withLegend
      xAxisLabel="Predicted"
      xAxisProps={{ ...AXIS, domain: [0, top] }}
      yAxisProps={{ domain: [0, top] }}
      valueFormatter={percent}
      tooltipProps={{ labelFormatter: (x) => `${percent(Number(x))} predicted` }}
      series={[
        { name: 'happened', label: 'What happened', color: 'ink.7' },
        { ...CHANCE, label: 'As predicted' },
      ]}
    />
  );
}

function Lift({ deciles }: { deciles: Decile[] }) {
  return (
    <CompositeChart
      h={260}
      mb="md"
      aria-label="Lift by tenth"
      data={deciles.map(({ decile, lift, liftLow, liftHigh }) => ({ decile: `${decile}`, lift, liftLow, liftHigh }))}
      dataKey="decile"
      curveType="linear"
      withDots={false}
      withLegend
      xAxisLabel="Tenth"
      maxBarWidth={48}
      valueFormatter={(value) => `${value.toFixed(1)} ×`}
      referenceLines={[{ y: 1, color: 'gray.6', label: 'everyone', labelPosition: 'insideTopRight' }]}
      series={[
        { name: 'lift', label: 'Lift', color: 'ink.5', type: 'bar' },
        { name: 'liftLow', label: 'Low', color: 'orange.6', type: 'line', strokeDasharray: '4 4' },
        { name: 'liftHigh', label: 'High', color: 'teal.6', type: 'line', strokeDasharray: '4 4' },
      ]}
    />
  );
}

function DecileTable({ deciles }: { deciles: Decile[] }) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Tenth</Table.Th>
            <Table.Th className="number">Contacts</Table.Th>
            <Table.Th className="number">Attained</Table.Th>
            <Table.Th className="number">Rate</Table.Th>
            <Table.Th className="number">Lift (95 % band)</Table.Th>
            <Table.Th className="number">Captured so far</Table.Th>
            <Table.Th className="number">From probability</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {deciles.map(({ decile, contacts, attained, rate, lift, liftLow, liftHigh, captured, from }) => (
            <Table.Tr key={decile}>
              <Table.Td>{decile}</Table.Td>
              <Table.Td className="number">{number(contacts)}</Table.Td>
              <Table.Td className="number">{number(attained)}</Table.Td>
              <Table.Td className="number">{percent(rate)}</Table.Td>
              <Table.Td className="number">
                {lift.toFixed(2)} ({liftLow.toFixed(2)} to {liftHigh.toFixed(2)})
              </Table.Td>
              <Table.Td className="number">{percent(captured)}</Table.Td>
              <Table.Td className="number">{percent(from)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
