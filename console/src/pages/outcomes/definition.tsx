import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { EventLeaf } from '../../api/types/condition.ts';
import type { Outcome, OutcomeVersion } from '../../api/types/outcomes.ts';
import { number, percent } from '../../app/format.ts';
import { Facts } from '../../components/facts.tsx';
import { Section } from '../../components/page.tsx';
import { Ago } from '../../components/time.tsx';

/** What is predicted, and what the shown version learnt it from. */
export function Definition({ outcome, version }: { outcome: Outcome; version?: OutcomeVersion }) {
  const { counts } = version ?? {};
  const facts: [string, ReactNode][] = [
    ['Who could attain it', outcome.eligible ? <CohortName key="e" id={outcome.eligible} /> : 'Every contact'],
    ['Who attained it', <Attained key="a" outcome={outcome} />],
    [
      'Counter-examples',
      outcome.attrition ? <CohortName key="l" id={outcome.attrition} /> : 'Everybody else who could have',
    ],
  ];
  if (version && counts) {
    facts.push(
      ['Contacts', `${number(counts.attained)} attained it, ${number(counts.notAttained)} did not`],
      ['Learnt from', `${number(counts.sample)} contacts, traits as of ${version.traitsAsOf}`],
      ['Attain it overall', version.baseRate === null ? '–' : percent(version.baseRate)],
      ['Trained', <Ago key="t" at={version.trainedAt} />],
      [
        'Scored',
        version.scoredContacts === null ? (
          'Nobody yet'
        ) : (
          <>
            {number(version.scoredContacts)} contacts, <Ago at={version.scoredAt} />
          </>
        ),
      ],
    );
  }
  return (
    <Section title="What is predicted">
      <Facts of={facts} />
    </Section>
  );
}

function Attained({ outcome: { attained, attainedEvent } }: { outcome: Outcome }) {
  if (attainedEvent) return <>{eventWords(attainedEvent)}</>;
  return attained ? <CohortName id={attained} /> : <>–</>;
}

function eventWords({ event, within = {} }: EventLeaf): string {
  const from = within.from === undefined ? '' : ` from ${dayWords(within.from)}`;
  const to = within.to === undefined ? '' : ` until ${dayWords(within.to)}`;
  return `Event “${event}”${from}${to}`;
}

/** A day, or one that is told relative to today. */
const dayWords = (day: unknown): string => (typeof day === 'string' ? day : JSON.stringify(day));

function CohortName({ id }: { id: string }) {
  const cohorts = useQuery(queries.cohorts()).data?.items ?? [];
  return (
    <Anchor component={Link} to={`/cohorts/${id}`} size="sm">
      {cohorts.find((cohort) => cohort.id === id)?.name ?? id}
    </Anchor>
  );
}
