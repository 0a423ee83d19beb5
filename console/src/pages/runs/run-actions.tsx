import { Button } from '@mantine/core';
import { IconDownload, IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { api, download } from '../../api/client.ts';
import type { Run } from '../../api/types/deliveries.ts';
import { useAction } from '../../api/use-action.ts';
import { Confirm } from '../../components/confirm.tsx';
import { RunButton } from '../../components/run-button.tsx';

/** What can be done with a run, by how it is. A held one is decided in its banner. */
export function RunActions({ run }: { run: Run }) {
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
      {run.finishedAt && <RunButton deliveryId={run.deliveryId} />}
      {!run.finishedAt && run.status !== 'held' && (
        <>
          <PauseRun run={run} />
          <CancelRun run={run} />
        </>
      )}
    </>
  );
}

function PauseRun({ run }: { run: Run }) {
  const pause = useAction((verb: 'pause' | 'resume') => api.post(`/v1/runs/${run.id}/${verb}`), {
    refreshes: ['runs'],
  });
  const paused = run.pausedAt !== null;
  return (
    <Button
      variant={paused ? 'filled' : 'default'}
      leftSection={paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
      loading={pause.isPending}
      disabled={run.cancelRequestedAt !== null}
      onClick={() => pause.mutate(paused ? 'resume' : 'pause')}
    >
      {paused ? 'Resume' : 'Pause'}
    </Button>
  );
}

function CancelRun({ run }: { run: Run }) {
  const cancel = useAction(() => api.post(`/v1/runs/${run.id}/cancel`), {
    refreshes: ['runs'],
    done: 'Stopping after the batch under way.',
  });
  return (
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
  );
}
