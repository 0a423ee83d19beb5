import { Alert, Button, Stack } from '@mantine/core';
import { IconDownload, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { api, download } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { Run, RunHead } from '../../api/types/deliveries.ts';
import { useAction } from '../../api/use-action.ts';
import { words } from '../../app/format.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Page } from '../../components/page.tsx';
import { Answer } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { Ago } from '../../components/time.tsx';
import { Evidence } from './evidence.tsx';
import { Refusals } from './refusals.tsx';
import { RunSummary } from './run-summary.tsx';
import { SegmentCard } from './segment-card.tsx';
import { StateTimeline } from './state-timeline.tsx';
import { useRun } from './use-run.ts';

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
      badge={<State of={run.verdict ?? run.status} size="lg" />}
      about={
        <>
          {words(run.trigger)} run {run.id}, started <Ago at={run.createdAt} />
        </>
      }
      trail={[
        { label: 'Deliveries', to: '/deliveries' },
        { label: name, to: `/deliveries/${run.deliveryId}` },
      ]}
      actions={<Actions run={run} />}
    >
      {run.reason && (
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
      <Evidence run={run} />
    </Page>
  );
}

function Actions({ run }: { run: Run }) {
  const navigate = useNavigate();
  const again = useAction(() => api.post<RunHead>(`/v1/deliveries/${run.deliveryId}/runs`), {
    refreshes: ['runs'],
    onDone: ({ id }) => navigate(`/runs/${id}`),
  });
  const cancel = useAction(() => api.post(`/v1/runs/${run.id}/cancel`), {
    refreshes: ['runs'],
    done: 'Stopping after the batch under way.',
  });
  const save = useAction(() => download(`/v1/runs/${run.id}/rejects.csv`, `${run.id}-rejects.csv`), { refreshes: [] });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} />}
        loading={save.isPending}
        onClick={() => save.mutate()}
      >
        rejects.csv
      </Button>
      {run.finishedAt ? (
        <Button leftSection={<IconPlayerPlay size={16} />} loading={again.isPending} onClick={() => again.mutate()}>
          Run now
        </Button>
      ) : (
        <Confirm
          title="Cancel this run?"
          verb="Cancel run"
          color="red"
          onConfirm={() => cancel.mutate()}
          trigger={(open) => (
            <Button
              color="red"
              variant="light"
              leftSection={<IconPlayerStop size={16} />}
              disabled={run.cancelRequestedAt !== null}
              onClick={open}
            >
              {run.cancelRequestedAt ? 'Stopping…' : 'Cancel run'}
            </Button>
          )}
        >
          It stops within a batch. What was sent stays sent and is in the ledger; the next run goes on from there.
        </Confirm>
      )}
    </>
  );
}
