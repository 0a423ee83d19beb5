import { Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { Monitor } from '../../api/types/inform.ts';
import { Facts } from '../../components/facts.tsx';
import { Section } from '../../components/page.tsx';
import { Ago } from '../../components/time.tsx';
import { scheduleWords } from '../deliveries/rules.ts';
import { bandWords } from './draft.ts';

/** Whom a monitor watches, by which bands, whom it tells, and when. */
export function MonitorFacts({ monitor }: { monitor: Monitor }) {
  const { cohortId, connectionId, personaSetId, deliveryId, driftLimit, schedule } = monitor;
  const cohorts = useQuery(queries.cohorts()).data;
  const connections = useQuery(queries.connections()).data;
  const sets = useQuery(queries.personaSets()).data;
  return (
    <Section title="What it watches">
      <Facts
        of={[
          ['Cohort', <To key="c" path="cohorts" id={cohortId} among={cohorts?.items} />],
          ['Tells', <To key="t" path="connections" id={connectionId} among={connections?.items} />],
          ['Personas of', personaSetId ? <To key="p" path="personas" id={personaSetId} among={sets?.items} /> : 'None'],
          ['Score bands', <Bands key="b" of={monitor} />],
          ['Drift', driftLimit === null ? 'Raises no alert' : `Above ${driftLimit} raises an alert`],
          ['Schedule', scheduleWords(schedule)],
          ['Next run', <NextRun key="n" of={monitor} />],
          [
            'Runs',
            <Anchor key="d" component={Link} to={`/deliveries/${deliveryId}`} size="sm">
              Those of its delivery
            </Anchor>,
          ],
        ]}
      />
    </Section>
  );
}

function NextRun({ of: { schedule, pausedAt, nextRunAt } }: { of: Monitor }) {
  if (!schedule) return 'When asked';
  if (pausedAt) return 'When it is resumed';
  if (nextRunAt) return <Ago at={nextRunAt} />;
  return schedule.afterImport ? 'After the next import' : 'After the next publication';
}

function To({ path, id, among }: { path: string; id: string; among: { id: string; name: string }[] | undefined }) {
  return (
    <Anchor component={Link} to={`/${path}/${id}`} size="sm">
      {among?.find((each) => each.id === id)?.name ?? id}
    </Anchor>
  );
}

function Bands({ of: { outcomes } }: { of: Monitor }) {
  const all = useQuery(queries.outcomes()).data?.items;
  if (outcomes.length === 0) return 'None';
  return (
    <Stack gap={6}>
      {outcomes.map(({ outcomeId, as, bands }) => {
        const whom = bandWords(bands);
        return (
          <div key={as}>
            <To path="outcomes" id={outcomeId} among={all} />
            <Text size="xs" c="dimmed">
              {bands.map(({ name, from }, i) => `${name} from ${from} (${whom[i]})`).join(', ')}
            </Text>
          </div>
        );
      })}
    </Stack>
  );
}
