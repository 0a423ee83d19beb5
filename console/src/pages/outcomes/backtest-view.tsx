import { Alert, Anchor, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { IconHistory, IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'react-router';
import { insights } from '../../api/insights.ts';
import { queries } from '../../api/queries.ts';
import type { Delivery } from '../../api/types/deliveries.ts';
import type { Audience } from '../../api/types/groups.ts';
import type { Backtest } from '../../api/types/insights.ts';
import type { Outcome } from '../../api/types/outcomes.ts';
import { moment, plural } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { SaveCsv } from '../../components/save-csv.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';
import { BacktestTable, Together } from './backtest-table.tsx';

const DAYS = [1, 7, 30, 90, 180];
const TITLE = 'Back-test';
const ABOUT =
  'What those delivered did afterwards, by tenth of the score they had then: against what was predicted, and against those not delivered.';

/** What deliveries of scored people did afterwards, or what is needed to tell. */
export default function BacktestView({ outcome }: { outcome: Outcome }) {
  const deliveries = useQuery(queries.deliveries());
  const streams = useQuery(queries.streams());
  if (outcome.publishedVersion === null) {
    return <Needed>Nobody is scored yet. Publish a version: runs from then on can be looked at.</Needed>;
  }
  return (
    <Answer of={deliveries}>
      {({ items }) =>
        items.length === 0 ? (
          <Needed>
            Nobody was delivered yet.{' '}
            <Anchor component={Link} to="/deliveries/new" size="sm">
              Make a delivery
            </Anchor>{' '}
            and run it.
          </Needed>
        ) : (
          <Answer of={streams}>
            {({ items: known }) =>
              known.length === 0 ? (
                <Needed>No events are known, such as orders. Import them, also those after the delivery.</Needed>
              ) : (
                <Chosen outcome={outcome} deliveries={items} streams={known.map(({ stream }) => stream)} />
              )
            }
          </Answer>
        )
      }
    </Answer>
  );
}

/** Why nothing can be told. */
function Needed({ children }: { children: ReactNode }) {
  return (
    <Section title={TITLE} about={ABOUT}>
      <NothingYet>{children}</NothingYet>
    </Section>
  );
}

const NothingYet = ({ children }: { children: ReactNode }) => (
  <Empty icon={IconHistory} title="Nothing to look back at yet">
    {children} It takes people who were scored when a run of a delivery added them, and events of the days after that
    run.
  </Empty>
);

interface ChosenProps {
  outcome: Outcome;
  deliveries: Delivery[];
  streams: string[];
}

function Chosen({ outcome, deliveries, streams }: ChosenProps) {
  const [wanted, setWanted] = useState<string>();
  const [days, setDays] = useState(30);
  const [stream, setStream] = useState(outcome.attainedEvent?.event ?? streams[0]!);
  const delivery = deliveries.find(({ id }) => id === wanted) ?? deliveries[0]!;
  const query = { outcomeId: outcome.id, deliveryId: delivery.id, stream, days };
  const backtest = useQuery(insights.backtest(query));
  const audience = useQuery(queries.audience(delivery.audienceId));
  return (
    <Section
      title={TITLE}
      about={ABOUT}
      aside={
        <Group gap="xs">
          <AsOf at={backtest.data?.asOf ?? null} />
          <SaveCsv name="backtest" query={query} of="the back-test" />
        </Group>
      }
    >
      <Group mb="md" gap="sm" align="flex-end">
        <NativeSelect
          label="Delivery"
          value={delivery.id}
          onChange={({ currentTarget }) => setWanted(currentTarget.value)}
          data={deliveries.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <NativeSelect
          label="Had an event of"
          value={stream}
          onChange={({ currentTarget }) => setStream(currentTarget.value)}
          data={[...new Set([stream, ...streams])]}
        />
        <NativeSelect
          label="Within"
          value={days}
          onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}
          data={DAYS.map((count) => ({ value: `${count}`, label: plural(count, 'day') }))}
        />
      </Group>
      <Answer of={backtest} rows={6}>
        {(data) =>
          data.runs === 0 ? (
            <NothingYet>{delivery.name} has not added anybody yet. Run it.</NothingYet>
          ) : (
            <Found backtest={data} audience={audience.data} isOutcomes={stream === outcome.attainedEvent?.event} />
          )
        }
      </Answer>
    </Section>
  );
}

interface FoundProps {
  backtest: Backtest;
  audience: Audience | undefined;
  /** Whether the events are those that attain the outcome. */
  isOutcomes: boolean;
}

function Found({ backtest, audience, isOutcomes }: FoundProps) {
  const { rows, runs, runsLookedAt, runsComplete, stream, days } = backtest;
  const [wanted, setWanted] = useState<string>();
  const found = [...new Map(rows.map((row) => [row.run, row])).values()];
  // all together first, then the newest
  const choices = [...found.filter(({ at }) => at === null), ...found.filter(({ at }) => at !== null).reverse()];
  const shown = choices.find(({ run }) => run === wanted) ?? choices[0]!;
  const ofRun = rows.filter(({ run }) => run === shown.run);
  const within = plural(days, 'day');
  return (
    <Stack>
      {audience && <Comparable audience={audience} />}
      {!shown.complete && (
        <Note title="Too early to judge">
          This run is not {within} old yet, so more may still convert. Runs are put together once they are that old.
        </Note>
      )}
      {ofRun.every(({ decile, delivered }) => decile === 0 || delivered === 0) && (
        <Note title="Nobody it added was scored then">
          Either the outcome was published after this run, or it added nobody new. A later run will tell.
        </Note>
      )}
      {runsComplete > 0 && <Together of={backtest.overall} />}
      <NativeSelect
        label="Run"
        maw={320}
        value={shown.run}
        onChange={({ currentTarget }) => setWanted(currentTarget.value)}
        data={choices.map(({ run, at }) => ({
          value: run,
          label: at === null ? `${plural(runsComplete, 'complete run')} together` : moment(at),
        }))}
      />
      <BacktestTable rows={ofRun} />
      <Text size="xs" c="dimmed" maw={900}>
        Converted: at least one event of {stream} within {within} after the run. Predicted: the mean probability of the
        outcome that they had then,{' '}
        {isOutcomes
          ? `to be compared with the share as far as ${within} are what the outcome means.`
          : 'which is of something else than these events, so compare the order of tenths, not the level.'}{' '}
        Others: everyone scored then whom no run of the delivery took until {within} later. In brackets: 95 % intervals.
        {shown.at === null && ' Others count once a run, so their intervals are too narrow.'}
        {runs > runsLookedAt && ` Only the newest ${runsLookedAt} of ${runs} runs are looked at.`}
      </Text>
    </Stack>
  );
}

function Note({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Alert color="yellow" icon={<IconInfoCircle />} title={title}>
      {children}
    </Alert>
  );
}

/** Whether a difference can be put down to the delivery. */
function Comparable({ audience: { id, name, limit } }: { audience: Audience }) {
  const isRandom = Boolean(limit) && !limit?.orderBy?.trait;
  const link = (
    <Anchor component={Link} to={`/audiences/${id}`} size="sm">
      {name}
    </Anchor>
  );
  return isRandom ? (
    <Alert color="teal" icon={<IconInfoCircle />} title="The audience has a random limit">
      Those whom the limit of {link} left out by chance are comparable with those delivered. Where the audience selects
      by anything else, too, the others also hold people whom it would never have taken.
    </Alert>
  ) : (
    <Alert color="gray" icon={<IconInfoCircle />} title="This is observational">
      Those delivered differ from the others by whatever {link} selects, so a difference need not be the delivery’s
      doing. A random holdout makes them comparable: an audience with a random limit, for instance.
    </Alert>
  );
}
