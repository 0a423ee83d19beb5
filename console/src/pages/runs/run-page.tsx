import { Alert, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { Run, RunVerdict } from '../../api/types/deliveries.ts';
import { moment, words } from '../../app/format.ts';
import { Page } from '../../components/page.tsx';
import { Answer } from '../../components/states.tsx';
import { State, stateOf } from '../../components/status.tsx';
import { Ago } from '../../components/time.tsx';
import { Comparison } from './comparison.tsx';
import { Evidence } from './evidence.tsx';
import { HoldBanner } from './hold-banner.tsx';
import { Refusals } from './refusals.tsx';
import { RunActions } from './run-actions.tsx';
import { RunSummary } from './run-summary.tsx';
import { SegmentCard } from './segment-card.tsx';
import { StateTimeline } from './state-timeline.tsx';
import { useRun } from './use-run.ts';

/** What the banner of the hold says already. */
const NAMED_BY_HOLD: ReadonlySet<RunVerdict | null> = new Set(['refused', 'expired']);

export default function RunPage() {
  const { id = '' } = useParams();
  return <LiveRun key={id} id={id} />;
}

function LiveRun({ id }: { id: string }) {
  return <Answer of={useRun(id)}>{(run) => <RunView run={run} />}</Answer>;
}

function RunView({ run }: { run: Run }) {
  const delivery = useQuery({ ...queries.delivery(run.deliveryId), retry: false });
  const name = delivery.data?.name ?? 'Delivery';
  return (
    <Page
      title={name}
      badge={<State of={stateOf(run)} size="lg" />}
      about={
        <>
          {words(run.trigger)} run {run.id}, started <Ago at={run.createdAt} />
          {run.resync && ', full resync'}
          {run.retryRefused && ', retrying the refused'}
        </>
      }
      trail={[
        { label: 'Deliveries', to: '/deliveries' },
        { label: name, to: `/deliveries/${run.deliveryId}` },
      ]}
      actions={<RunActions run={run} />}
    >
      {run.hold && <HoldBanner run={run} hold={run.hold} />}
      {run.waiting && (
        <Alert color="yellow" title="Waiting for the platform">
          Until {moment(run.waiting.until)}: {run.waiting.because}
        </Alert>
      )}
      {run.reason && !NAMED_BY_HOLD.has(run.verdict) && (
        <Alert
          color={run.verdict === 'failed' ? 'red' : 'yellow'}
          title={run.verdict === 'failed' ? 'Why it failed' : 'Note'}
        >
          {run.reason}
        </Alert>
      )}
      <StateTimeline run={run} />
      <RunSummary run={run} />
      <Stack gap="md" component="section" aria-label="Segments">
        {run.segments.map((segment) => (
          <SegmentCard key={segment.key} segment={segment} />
        ))}
      </Stack>
      <Refusals run={run} />
      <Comparison run={run} />
      <Evidence run={run} />
    </Page>
  );
}
