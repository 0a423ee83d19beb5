import { Anchor, Group, Progress, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import { Section } from '../../components/page.tsx';

/** The way from an empty installation to the first delivery; gone once it has been walked. */
export function GettingStarted() {
  const datasets = useQuery(queries.datasets());
  const sets = useQuery(queries.personaSets());
  const audiences = useQuery(queries.audiences());
  const connections = useQuery(queries.connections());
  const deliveries = useQuery(queries.deliveries());
  const runs = useQuery(queries.runs());
  const all = [datasets, sets, audiences, connections, deliveries, runs];
  if (all.some((query) => query.data === undefined)) return null;

  const steps = [
    {
      to: '/datasets',
      label: 'Import your contacts',
      about: 'A CSV, Excel, JSON or Parquet file. Reach suggests what its columns mean.',
      done: datasets.data!.items.some(({ status }) => status === 'ready'),
    },
    {
      to: '/personas',
      label: 'Train personas and publish them',
      about: 'Groups of people who are alike, with what marks each.',
      done: sets.data!.items.some(({ publishedVersion }) => publishedVersion !== null),
    },
    {
      to: '/audiences',
      label: 'Define an audience',
      about: 'Whom to reach, with a preview of who drops out and why.',
      done: audiences.data!.items.length > 0,
    },
    {
      to: '/connections',
      label: 'Connect a destination',
      about: 'Facebook, Google or an SFTP server; each prerequisite is checked.',
      done: connections.data!.items.some(({ status }) => status === 'ready'),
    },
    {
      to: '/deliveries/new',
      label: 'Deliver, split by persona',
      about: 'See what will change before it changes, then run it.',
      done: runs.data!.items.some(({ verdict }) => verdict?.startsWith('confirmed') || verdict === 'unchanged'),
    },
  ];
  const done = steps.filter((step) => step.done).length;
  if (done === steps.length) return null;
  const next = steps.find((step) => !step.done);

  return (
    <Section
      title="Getting started"
      about={`${done} of ${steps.length} steps done`}
      aside={<Progress w={160} mt={8} value={(done / steps.length) * 100} color="teal" aria-label="Steps done" />}
    >
      <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
        {steps.map((step, i) => (
          <Group key={step.to} component="li" wrap="nowrap" align="flex-start" gap="sm">
            <ThemeIcon
              radius="xl"
              size={26}
              variant={step.done ? 'filled' : step === next ? 'filled' : 'light'}
              color={step.done ? 'teal' : undefined}
              role="img"
              aria-label={step.done ? 'Done' : 'To do'}
            >
              {step.done ? <IconCheck size={15} /> : <Text size="xs">{i + 1}</Text>}
            </ThemeIcon>
            <div>
              <Anchor component={Link} to={step.to} size="sm" fw={600} td={step.done ? 'line-through' : undefined}>
                {step.label}
              </Anchor>
              <Text size="sm" c="dimmed">
                {step.about}
              </Text>
            </div>
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
