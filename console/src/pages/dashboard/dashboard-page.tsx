import '@mantine/charts/styles.css';
import { Button, Group, NativeSelect, Stack } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { Interval } from '../../api/types/insights.ts';
import type { PersonaSet } from '../../api/types/personas.ts';
import { Page, Section } from '../../components/page.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { CohortView } from './cohort-view.tsx';
import { DayInput } from './day-input.tsx';
import { monthsAgo, today, ZONE } from './days.ts';
import { FlowView } from './flow-view.tsx';
import { MakeupView } from './makeup-view.tsx';
import { RevenueView } from './revenue-view.tsx';
import { SnapshotView } from './snapshot-view.tsx';

const ABOUT = 'What personas bring in, how large they are, and who went where. Days are those of your time zone.';

export default function DashboardPage() {
  const sets = useQuery(queries.personaSets());
  return (
    <Answer of={sets}>
      {({ items }) => {
        const published = items.filter(({ publishedVersion }) => publishedVersion !== null);
        return published.length === 0 ? (
          <Page title="Dashboard" about={ABOUT}>
            <Section title="Personas">
              <Empty
                icon={IconUsers}
                title="No published personas yet"
                action={
                  <Button component={Link} to="/personas" mt="sm">
                    Go to personas
                  </Button>
                }
              >
                Train a persona set and publish it to see what its personas bring in.
              </Empty>
            </Section>
          </Page>
        ) : (
          <Dashboard sets={published} />
        );
      }}
    </Answer>
  );
}

function Dashboard({ sets }: { sets: PersonaSet[] }) {
  const streams = useQuery(queries.streams());
  const names = streams.data?.items.map(({ stream }) => stream) ?? [];
  const [setId, setSetId] = useState(sets[0]!.id);
  const [chosen, setStream] = useState<string>();
  const [from, setFrom] = useState(monthsAgo(11));
  const [to, setTo] = useState(today());
  const [interval, setInterval] = useState<Interval>('month');
  const set = sets.find(({ id }) => id === setId) ?? sets[0]!;
  const stream = chosen ?? (names.includes('order') ? 'order' : names[0]);
  const period = { personaSetId: set.id, from, to, interval, timeZone: ZONE };

  return (
    <Page title="Dashboard" about={ABOUT}>
      <Group gap="sm" align="flex-end">
        <NativeSelect
          label="Personas of"
          value={set.id}
          onChange={({ currentTarget }) => setSetId(currentTarget.value)}
          data={sets.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <NativeSelect
          label="Orders are events of"
          value={stream ?? ''}
          disabled={names.length === 0}
          onChange={({ currentTarget }) => setStream(currentTarget.value)}
          data={names.length > 0 ? names : [{ value: '', label: 'no events yet' }]}
        />
        <DayInput label="From" value={from} max={to} onChange={setFrom} />
        <DayInput label="To" value={to} min={from} onChange={setTo} />
        <NativeSelect
          label="By"
          value={interval}
          onChange={({ currentTarget }) => setInterval(currentTarget.value as Interval)}
          data={['day', 'week', 'month']}
        />
      </Group>
      <Stack gap="lg">
        {stream !== undefined && <RevenueView set={set} period={period} stream={stream} />}
        <MakeupView set={set} period={period} />
        {stream !== undefined && <SnapshotView set={set} stream={stream} />}
        <FlowView set={set} from={from} to={to} />
        {stream !== undefined && <CohortView set={set} period={period} stream={stream} />}
      </Stack>
    </Page>
  );
}
