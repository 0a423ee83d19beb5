import { AreaChart } from '@mantine/charts';
import { Group, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { insights } from '../../api/insights.ts';
import type { Period } from '../../api/types/insights.ts';
import type { PersonaSet } from '../../api/types/personas.ts';
import { moment, number, percent } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { SaveCsv } from '../../components/save-csv.tsx';
import { Answer } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';
import { points, seriesOf } from './series.ts';

/** How many contacts each persona had at the end of each bucket. */
export function MakeupView({ set, period }: { set: PersonaSet; period: Period }) {
  const [shown, setShown] = useState<'size' | 'share'>('size');
  const makeup = useQuery(insights.makeup(period));
  const since = makeup.data?.historySince;
  return (
    <Section
      title="Makeup over time"
      about={`Contacts in each persona at the end of each ${period.interval}.${since ? ` The first personas were published on ${moment(since)}.` : ''}`}
      aside={
        <Group gap="xs">
          <AsOf at={makeup.data?.asOf ?? null} />
          <SaveCsv name="persona-makeup" query={period} of="makeup" />
        </Group>
      }
    >
      <SegmentedControl
        mb="md"
        size="xs"
        aria-label="How it is shown"
        value={shown}
        onChange={(value) => setShown(value as 'size' | 'share')}
        data={[
          { value: 'size', label: 'Contacts' },
          { value: 'share', label: 'Shares' },
        ]}
      />
      <Answer of={makeup} rows={6}>
        {({ rows }) => (
          <AreaChart
            h={{ base: 380, sm: 280 }}
            aria-label="Makeup over time"
            data={points(rows, period.interval, (row) => row[shown] ?? 0)}
            dataKey="start"
            series={seriesOf(rows, set.personas)}
            type="stacked"
            curveType="linear"
            withDots={rows.length < 400}
            withLegend
            yAxisProps={{ width: 76, ...(shown === 'share' ? { domain: [0, 1] } : {}) }}
            valueFormatter={shown === 'share' ? percent : number}
          />
        )}
      </Answer>
    </Section>
  );
}
