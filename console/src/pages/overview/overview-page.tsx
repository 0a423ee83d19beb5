import { Anchor, Card, Group, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import { number } from '../../app/format.ts';
import { Page } from '../../components/page.tsx';
import { AsOf } from '../../components/time.tsx';
import { Attention } from './attention.tsx';
import { GettingStarted } from './getting-started.tsx';
import { RecentRuns } from './recent-runs.tsx';
import { SegmentMakeup } from './segment-makeup.tsx';

/** What is there, what needs attention, and what was delivered last. */
export default function OverviewPage() {
  return (
    <Page title="Overview" about="What is there, what needs attention, and what was delivered last.">
      <GettingStarted />
      <Figures />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <Attention />
        <SegmentMakeup />
      </SimpleGrid>
      <RecentRuns />
    </Page>
  );
}

function Figures() {
  const contacts = useQuery(queries.contactCount());
  const counts = [
    { label: 'Datasets', to: '/datasets', query: useQuery(queries.datasets()) },
    { label: 'Cohorts', to: '/cohorts', query: useQuery(queries.cohorts()) },
    { label: 'Persona sets', to: '/personas', query: useQuery(queries.personaSets()) },
    { label: 'Audiences', to: '/audiences', query: useQuery(queries.audiences()) },
    { label: 'Connections', to: '/connections', query: useQuery(queries.connections()) },
    { label: 'Deliveries', to: '/deliveries', query: useQuery(queries.deliveries()) },
  ];
  return (
    <Card p={0}>
      <SimpleGrid cols={{ base: 2, xs: 3, md: 7 }} spacing={0}>
        <Figure label="Contacts" to="/contacts" value={contacts.data?.total} failed={contacts.isError}>
          <AsOf at={contacts.data?.asOf ?? null} />
        </Figure>
        {counts.map(({ label, to, query }) => (
          <Figure key={to} label={label} to={to} value={countOf(query)} failed={query.isError} />
        ))}
      </SimpleGrid>
    </Card>
  );
}

const countOf = (query: UseQueryResult<{ items: unknown[] }>) => query.data?.items.length;

function Figure({
  label,
  to,
  value,
  failed,
  children,
}: {
  label: string;
  to: string;
  value: number | undefined;
  failed: boolean;
  children?: React.ReactNode;
}) {
  return (
    <Stack gap={2} p="md">
      <Anchor component={Link} to={to} size="sm" c="dimmed">
        {label}
      </Anchor>
      {value === undefined && !failed ? (
        <Skeleton h={30} w={60} />
      ) : (
        <Group gap="xs" align="baseline">
          <Text fz={26} fw={650} lh={1.2} className="figure">
            {value === undefined ? '–' : number(value)}
          </Text>
        </Group>
      )}
      {children}
    </Stack>
  );
}
