import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconActivity, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from 'react-router';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { Monitor } from '../../api/types/inform.ts';
import { useAction } from '../../api/use-action.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Page, Section } from '../../components/page.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { DriftOfMonitor } from './drift-of-monitor.tsx';
import { MonitorFacts } from './monitor-facts.tsx';
import { MonitorForm } from './monitor-form.tsx';
import { MonitorHistory } from './monitor-history.tsx';

export default function MonitorPage() {
  const { id = '' } = useParams();
  const monitor = useQuery(queries.monitor(id));
  return <Answer of={monitor}>{(data) => <MonitorView monitor={data} />}</Answer>;
}

/** One monitor: what it watches, how far it has drifted, and what each of its runs found. */
function MonitorView({ monitor }: { monitor: Monitor }) {
  const { id, name, pausedAt } = monitor;
  const history = useQuery(queries.monitorHistory(id));
  const run = useAction(() => api.post<{ id: string }>(`/v1/monitors/${id}/runs`), {
    refreshes: ['monitors', 'runs'],
    done: 'The run has begun; its reading comes when it has ended.',
  });
  return (
    <Page
      title={name}
      badge={pausedAt && <State of="paused" />}
      trail={[{ label: 'Monitors', to: '/monitors' }]}
      actions={
        <>
          <DeleteMonitor monitor={monitor} />
          <PauseMonitor monitor={monitor} />
          <EditMonitor monitor={monitor} />
          <Button loading={run.isPending} onClick={() => run.mutate()}>
            Run now
          </Button>
        </>
      }
    >
      <MonitorFacts monitor={monitor} />
      <Answer of={history}>{({ items }) => <DriftOfMonitor monitor={monitor} last={items[0]} />}</Answer>
      <Section
        title="History"
        about="What changed from one run to the next, and how far the shares are from the baseline's."
      >
        <Answer of={history}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconActivity} title="No run yet">
                The first run tells everyone in the cohort as entered.
              </Empty>
            ) : (
              <MonitorHistory monitor={monitor} items={items} />
            )
          }
        </Answer>
      </Section>
    </Page>
  );
}

function EditMonitor({ monitor }: { monitor: Monitor }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" leftSection={<IconPencil size={16} />} onClick={open}>
        Edit
      </Button>
      <Modal opened={opened} onClose={close} title={`Edit ${monitor.name}`} size="xl">
        <MonitorForm monitor={monitor} onDone={close} />
      </Modal>
    </>
  );
}

function PauseMonitor({ monitor: { id, pausedAt } }: { monitor: Monitor }) {
  const pause = useAction(() => api.post(`/v1/monitors/${id}/${pausedAt ? 'resume' : 'pause'}`), {
    refreshes: ['monitors', 'deliveries'],
    done: pausedAt ? 'It runs by itself again.' : 'It does not run by itself until it is resumed.',
  });
  return (
    <Button variant="default" loading={pause.isPending} onClick={() => pause.mutate()}>
      {pausedAt ? 'Resume' : 'Pause'}
    </Button>
  );
}

function DeleteMonitor({ monitor: { id, name } }: { monitor: Monitor }) {
  const navigate = useNavigate();
  const remove = useAction(() => api.remove(`/v1/monitors/${id}`), {
    // its own page must not be asked for again: it is gone
    refreshes: ['deliveries', 'audiences'],
    done: 'Monitor deleted.',
    onDone: () => navigate('/monitors'),
  });
  return (
    <Confirm
      title={`Delete ${name}?`}
      verb="Delete monitor"
      color="red"
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      trigger={(open) => (
        <Button variant="default" onClick={open}>
          Delete
        </Button>
      )}
    >
      Nothing more is told. Its history goes with it; its runs stay on record.
    </Confirm>
  );
}
