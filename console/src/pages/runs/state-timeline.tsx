import { Box, Group, Loader, SimpleGrid, Text, ThemeIcon } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { Run, RunVerdict } from '../../api/types/deliveries.ts';
import { duration, preciseMoment } from '../../app/format.ts';

interface Step {
  label: string;
  at: string | null;
  from: string | null;
  active: boolean;
  /** It does not go on before a person decides. */
  waits?: boolean;
}

const ENDED_BADLY: ReadonlySet<RunVerdict | null> = new Set(['failed', 'cancelled', 'refused', 'expired']);

/** The states a run goes through, each with its time: accepted and confirmed are two. */
export function StateTimeline({ run }: { run: Run }) {
  const ended = run.finishedAt !== null;
  const good = !ENDED_BADLY.has(run.verdict);
  const underWay = run.pausedAt ? 'paused' : 'under way';
  const states: Step[] = [
    { label: 'Queued', at: run.createdAt, from: null, active: run.status === 'queued' },
    { label: 'Planned', at: run.plannedAt, from: run.createdAt, active: run.status === 'planning' },
    {
      label: 'Sent',
      at: run.sentAt,
      from: run.plannedAt,
      active: run.status === 'sending',
      waits: run.status === 'held',
    },
    { label: good ? 'Confirmed' : 'Ended', at: run.finishedAt, from: run.sentAt, active: run.status === 'confirming' },
  ];
  return (
    <Box bg="var(--reach-surface)" bd="1px solid var(--reach-line)" bdrs="md" px="lg" py="md">
      <SimpleGrid
        cols={{ base: 2, sm: 4 }}
        component="ol"
        p={0}
        m={0}
        style={{ listStyle: 'none' }}
        aria-label="States"
      >
        {states.map(({ label, at, from, active, waits }, i) => {
          const failed = ended && !good && i === states.length - 1;
          return (
            <Group key={label} component="li" gap="sm" wrap="nowrap" opacity={at || active ? 1 : 0.45}>
              <ThemeIcon
                radius="xl"
                size={30}
                variant={at ? 'filled' : 'light'}
                color={failed ? 'red' : at ? 'teal' : 'gray'}
              >
                {active && !at ? (
                  <Loader size={16} />
                ) : failed ? (
                  <IconX size={17} />
                ) : at ? (
                  <IconCheck size={17} />
                ) : (
                  i + 1
                )}
              </ThemeIcon>
              <div>
                <Text size="sm" fw={600}>
                  {label}
                </Text>
                <Text size="xs" c="dimmed">
                  {at ? (
                    <time dateTime={at}>{preciseMoment(at)}</time>
                  ) : active ? (
                    underWay
                  ) : waits ? (
                    'held for a decision'
                  ) : ended ? (
                    'not reached'
                  ) : (
                    'to come'
                  )}
                  {at && from ? ` · ${duration(from, at)}` : ''}
                </Text>
              </div>
            </Group>
          );
        })}
      </SimpleGrid>
    </Box>
  );
}
