import { Badge, Box, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { Monitor, MonitorReading } from '../../api/types/inform.ts';
import type { Drift } from '../../api/types/personas.ts';
import { percent, words } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { Ago } from '../../components/time.tsx';
import { Band } from '../personas/drift-view.tsx';

/** How far the last run's shares are from the baseline's, against the limit that alarms. */
export function DriftOfMonitor({ monitor, last }: { monitor: Monitor; last: MonitorReading | undefined }) {
  const outcomes = useQuery(queries.outcomes()).data?.items;
  const { personaSetId, driftLimit } = monitor;
  const personas = useQuery({ ...queries.personaSet(personaSetId ?? ''), enabled: personaSetId !== null }).data;
  const keys = new Map(personas?.personas.map(({ key, name }) => [key, name]));
  const titleOf = (name: string) => {
    if (name === 'persona') return 'Personas';
    const told = monitor.outcomes.find(({ as }) => `${as}_band` === name);
    return `Bands of ${outcomes?.find(({ id }) => id === told?.outcomeId)?.name ?? words(name)}`;
  };
  // what the baseline was measured from itself says nothing any more
  const measured = last?.runId === monitor.baselineRunId ? undefined : last?.drift;
  const drift = Object.entries(measured ?? {});
  return (
    <Section title="Drift" about={about(last, measured)}>
      <Stack gap="md">
        {drift.map(([name, each]) => (
          <AgainstLimit
            key={name}
            title={titleOf(name)}
            drift={each}
            limit={driftLimit}
            labelOf={(label) => keys.get(label) ?? (label || 'none')}
          />
        ))}
      </Stack>
    </Section>
  );
}

function about(last: MonitorReading | undefined, measured: MonitorReading['drift']) {
  if (!last) return 'The first run is what later ones are measured from.';
  if (!measured) return 'The last run is what later ones are measured from.';
  if (Object.keys(measured).length === 0)
    return 'The last run found nothing that can be measured: nobody, or neither personas nor bands.';
  return (
    <>
      Found by the last run, <Ago at={last.at} />. 0 is as it was; 0.1 is a moderate shift, 0.25 a major one.
    </>
  );
}

interface AgainstLimitProps {
  title: string;
  drift: Drift;
  limit: number | null;
  labelOf: (label: string) => string;
}

/** A bar of the index with a mark at the limit, and what moved most. */
function AgainstLimit({ title, drift, limit, labelOf }: AgainstLimitProps) {
  const over = limit !== null && drift.psi > limit;
  const end = Math.max(drift.psi, limit ?? 0, 0.25) * 1.25;
  const verdict = limit === null ? 'No limit' : over ? `Above the limit of ${limit}` : `Within the limit of ${limit}`;
  return (
    <Box role="group" aria-label={`Drift of ${title}`}>
      <Group gap="sm">
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Band of={drift} />
        <Badge color={over ? 'red' : 'gray'}>{verdict}</Badge>
      </Group>
      <Box h={10} bg="var(--reach-line)" pos="relative" bdrs={3} my={6} maw={620}>
        <Box h="100%" w={`${(drift.psi / end) * 100}%`} bg={over ? 'red' : 'teal'} bdrs={3} />
        {limit !== null && (
          <Box
            pos="absolute"
            top={-3}
            bottom={-3}
            left={`calc(${(limit / end) * 100}% - 1px)`}
            w={2}
            bg="var(--mantine-color-text)"
          />
        )}
      </Box>
      <Text size="xs" c="dimmed">
        {moved(drift, labelOf)}
      </Text>
    </Box>
  );
}

/** `high 20 % → 26 %, low 50 % → 44 %`, those that moved most first. */
function moved({ bins }: Drift, labelOf: (label: string) => string): string {
  const most = [...bins]
    .sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before))
    .filter(({ before, now }) => Math.abs(now - before) >= 0.001)
    .slice(0, 3);
  if (most.length === 0) return 'Every share is as it was.';
  return most.map(({ label, before, now }) => `${labelOf(label)} ${percent(before)} → ${percent(now)}`).join(', ');
}
