import { Anchor, Group, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import { Section } from '../../components/page.tsx';

interface Concern {
  to: string;
  what: string;
  why: string;
  /** Something is wrong; otherwise it only waits for a person. */
  grave: boolean;
}

/** Everything that is in error or waits for a person, each with where to put it right. */
export function Attention() {
  const concerns = useConcerns();
  return (
    <Section title="Needs attention">
      {concerns.length === 0 ? (
        <Group gap="xs" c="teal">
          <IconCircleCheck size={20} />
          <Text size="sm">Nothing: no errors, and nothing waits for you.</Text>
        </Group>
      ) : (
        <Stack gap="sm">
          {concerns.slice(0, 8).map(({ to, what, why, grave }) => (
            <Group key={`${to} ${what}`} wrap="nowrap" align="flex-start" gap="sm">
              <ThemeIcon
                variant="light"
                color={grave ? 'red' : 'yellow'}
                size="md"
                role="img"
                aria-label={grave ? 'Error' : 'Waiting'}
              >
                {grave ? <IconAlertTriangle size={16} /> : <IconInfoCircle size={16} />}
              </ThemeIcon>
              <div style={{ minWidth: 0 }}>
                <Anchor component={Link} to={to} size="sm" fw={600}>
                  {what}
                </Anchor>
                <Text size="sm" c="dimmed" lineClamp={2}>
                  {why}
                </Text>
              </div>
            </Group>
          ))}
        </Stack>
      )}
    </Section>
  );
}

function useConcerns(): Concern[] {
  const datasets = useQuery(queries.datasets()).data?.items ?? [];
  const cohorts = useQuery(queries.cohorts()).data?.items ?? [];
  const sets = useQuery(queries.personaSets()).data?.items ?? [];
  const audiences = useQuery(queries.audiences()).data?.items ?? [];
  const connections = useQuery(queries.connections()).data?.items ?? [];
  const deliveries = useQuery(queries.deliveries()).data?.items ?? [];
  const runs = useQuery(queries.runs()).data?.items ?? [];
  const grave = (to: string, what: string, why: string | null | undefined): Concern => ({
    to,
    what,
    why: why ?? '',
    grave: true,
  });
  const waits = (to: string, what: string, why: string): Concern => ({ to, what, why, grave: false });

  const held = runs.filter(({ status }) => status === 'held');
  const nameOf = (deliveryId: string) => deliveries.find(({ id }) => id === deliveryId)?.name ?? 'a delivery';
  // only a delivery's last run says how it is now
  const last = deliveries.flatMap((delivery) => {
    const run = runs.find(({ deliveryId }) => deliveryId === delivery.id);
    return run && (run.verdict === 'failed' || run.verdict === 'partly-failed') ? [{ delivery, run }] : [];
  });
  return [
    ...held.map((run) =>
      waits(
        `/runs/${run.id}`,
        `Run of ${nameOf(run.deliveryId)} is held`,
        run.hold?.reasons.map(({ text }) => text).join(' ') ?? 'Approve it or reject it.',
      ),
    ),
    ...last.map(({ delivery, run }) =>
      grave(`/runs/${run.id}`, `Last run of ${delivery.name} failed`, run.reason ?? 'See its segments.'),
    ),
    ...connections
      .filter(({ status }) => status === 'failing' || status === 'stopped')
      .map((c) => grave(`/connections/${c.id}`, `Connection ${c.name} is ${c.status}`, c.statusError)),
    ...datasets
      .filter(({ status }) => status === 'error')
      .map((d) => grave(`/datasets/${d.id}`, `Import of ${d.name} failed`, d.statusError?.message)),
    ...sets
      .filter(({ status }) => status === 'error')
      .map((s) => grave(`/personas/${s.id}`, `Training of ${s.name} failed`, s.statusError?.detail)),
    ...cohorts
      .filter(({ status }) => status === 'error')
      .map((c) => grave(`/cohorts/${c.id}`, `Cohort ${c.name} cannot be counted`, c.statusError)),
    ...audiences
      .filter(({ status }) => status === 'error')
      .map((a) => grave(`/audiences/${a.id}`, `Audience ${a.name} cannot be counted`, a.statusError)),
    ...datasets
      .filter(({ status }) => status === 'new')
      .map((d) =>
        waits(`/datasets/${d.id}`, `${d.name} is not imported yet`, 'Check its mapping and start the import.'),
      ),
    ...sets
      .filter(({ status, newestVersion, publishedVersion }) => status === 'ready' && newestVersion !== publishedVersion)
      .map((s) =>
        waits(`/personas/${s.id}`, `${s.name} has a draft`, `Review version ${s.newestVersion} and publish it.`),
      ),
    ...connections
      .filter(({ status }) => status === 'unchecked')
      .map((c) => waits(`/connections/${c.id}`, `Connection ${c.name} was never checked`, 'Check its prerequisites.')),
  ];
}
