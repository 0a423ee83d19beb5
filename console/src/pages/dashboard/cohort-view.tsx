import { LineChart } from '@mantine/charts';
import { Group, NativeSelect, SegmentedControl, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { insights } from '../../api/insights.ts';
import { queries } from '../../api/queries.ts';
import type { Cohort } from '../../api/types/groups.ts';
import type { Period } from '../../api/types/insights.ts';
import type { PersonaSet } from '../../api/types/personas.ts';
import { number, percent } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { SaveCsv } from '../../components/save-csv.tsx';
import { Answer } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';
import { points, seriesOf } from './series.ts';

const DAYS = [7, 30, 90];

/** How many of a cohort's members ordered soon after each bucket began, by persona. Nothing while there is no cohort. */
export function CohortView({ set, period, stream }: { set: PersonaSet; period: Period; stream: string }) {
  const cohorts = useQuery(queries.cohorts());
  const items = cohorts.data?.items ?? [];
  return items.length === 0 ? null : <Chosen cohorts={items} set={set} period={period} stream={stream} />;
}

function Chosen({
  cohorts,
  set,
  period,
  stream,
}: {
  cohorts: Cohort[];
  set: PersonaSet;
  period: Period;
  stream: string;
}) {
  const [chosen, setChosen] = useState<string>();
  const [days, setDays] = useState(30);
  const [shown, setShown] = useState<'conversion' | 'members'>('conversion');
  const cohortId = cohorts.find(({ id }) => id === chosen)?.id ?? cohorts[0]!.id;
  const query = { ...period, cohortId, stream, days };
  const conversion = useQuery(insights.cohortConversion(query));
  return (
    <Section
      title="Cohort by persona"
      about={`Today’s members by the persona they were in when each ${period.interval} began, and how many had an event of ${stream} soon after.`}
      aside={
        <Group gap="xs">
          <AsOf at={conversion.data?.asOf ?? null} />
          <SaveCsv name="cohort-conversion" query={query} of="the cohort" />
        </Group>
      }
    >
      <Group mb="md" gap="sm" align="flex-end">
        <NativeSelect
          label="Cohort"
          value={cohortId}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          data={cohorts.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <NativeSelect
          label="Within"
          value={days}
          onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}
          data={DAYS.map((count) => ({ value: `${count}`, label: `${count} days` }))}
        />
        <SegmentedControl
          aria-label="What is shown of the cohort"
          value={shown}
          onChange={(value) => setShown(value as 'conversion' | 'members')}
          data={[
            { value: 'conversion', label: 'Conversion' },
            { value: 'members', label: 'Members' },
          ]}
        />
      </Group>
      <Answer of={conversion} rows={6}>
        {({ rows, size }) => {
          const some = rows.filter((row) =>
            rows.some(({ persona, members }) => persona === row.persona && members > 0),
          );
          return (
            <>
              <LineChart
                h={{ base: 380, sm: 280 }}
                aria-label={`${shown === 'conversion' ? 'Conversion' : 'Members'} by persona over time`}
                data={points(some, period.interval, (row) => row[shown])}
                dataKey="start"
                series={seriesOf(some, set.personas)}
                curveType="linear"
                connectNulls={false}
                withLegend
                withDots={rows.length < 400}
                yAxisProps={{ width: 76 }}
                valueFormatter={shown === 'conversion' ? percent : number}
              />
              <Text size="sm" mt="sm">
                {number(size)} members
                {rows.some(({ complete }) => !complete) && '; the last figures are of days that are not over yet'}
              </Text>
            </>
          );
        }}
      </Answer>
    </Section>
  );
}
