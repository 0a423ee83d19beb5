import { LineChart } from '@mantine/charts';
import { Group, SegmentedControl, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { insights } from '../../api/insights.ts';
import type { Period, PersonaRevenue, Sales } from '../../api/types/insights.ts';
import type { PersonaSet } from '../../api/types/personas.ts';
import { decimal, number } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { SaveCsv } from '../../components/save-csv.tsx';
import { Answer } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';
import { points, seriesOf } from './series.ts';

const MEASURES = [
  { value: 'revenue', label: 'Revenue' },
  { value: 'orders', label: 'Orders' },
  { value: 'averageOrderValue', label: 'Average order' },
] as const;
type Measure = (typeof MEASURES)[number]['value'];

const PERSONAS = [
  { value: 'then', label: 'Persona at the time' },
  { value: 'now', label: 'Persona today' },
] as const;

/** Revenue, orders or average order value by persona over time. */
export function RevenueView({ set, period, stream }: { set: PersonaSet; period: Period; stream: string }) {
  const [measure, setMeasure] = useState<Measure>('revenue');
  const [persona, setPersona] = useState<'then' | 'now'>('then');
  const query = { ...period, stream, persona };
  const revenue = useQuery(insights.revenue(query));
  return (
    <Section
      title="Revenue by persona"
      about="Refunds lower revenue and are no orders. Orders from before the personas were published count for the first persona of who ordered."
      aside={
        <Group gap="xs">
          <AsOf at={revenue.data?.asOf ?? null} />
          <SaveCsv name="persona-revenue" query={query} of="revenue" />
        </Group>
      }
    >
      <Group mb="md" gap="sm">
        <SegmentedControl
          size="xs"
          aria-label="What is shown"
          value={measure}
          onChange={(value) => setMeasure(value as Measure)}
          data={[...MEASURES]}
        />
        <SegmentedControl
          size="xs"
          aria-label="Whose orders"
          value={persona}
          onChange={(value) => setPersona(value as 'then' | 'now')}
          data={[...PERSONAS]}
        />
      </Group>
      <Answer of={revenue} rows={6}>
        {({ rows }) => (
          <>
            <LineChart
              h={{ base: 400, sm: 300 }}
              aria-label={`${MEASURES.find(({ value }) => value === measure)!.label} by persona over time`}
              data={points(rows, period.interval, (row) => row[measure])}
              dataKey="start"
              series={seriesOf(rows, set.personas)}
              curveType="linear"
              connectNulls={false}
              withLegend
              withDots={rows.length < 400}
              yAxisProps={{ width: 76 }}
              valueFormatter={measure === 'orders' ? number : decimal}
            />
            <Totals rows={rows} />
          </>
        )}
      </Answer>
    </Section>
  );
}

function Totals({ rows }: { rows: PersonaRevenue['rows'] }) {
  const total = (field: keyof Sales) => rows.reduce((sum, row) => sum + (row[field] ?? 0), 0);
  const orders = total('orders');
  const valueless = total('ordersWithoutValue');
  return (
    <Text size="sm" mt="sm" className="figure">
      {decimal(total('revenue'))} in {number(orders)} orders
      {orders > valueless && `, ${decimal(total('revenue') / (orders - valueless))} an order`}
      {valueless > 0 && `, ${number(valueless)} of them without a value`}
      {total('refunds') > 0 && `, ${number(total('refunds'))} refunds`}
    </Text>
  );
}
