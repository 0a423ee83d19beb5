import { Button, Select } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import { isBusy } from '../../api/types/common.ts';
import type { Outcome } from '../../api/types/outcomes.ts';
import { useAction } from '../../api/use-action.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Page, Section } from '../../components/page.tsx';
import { Answer, Failure, Loading } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';
import { Definition } from './definition.tsx';
import { OneContact } from './one-contact.tsx';
import { OutcomeDialog } from './outcome-dialog.tsx';
import { Publish } from './publish.tsx';
import { TrainingProgress } from './training-progress.tsx';

// bring the charts with them
const VersionView = lazy(() => import('./version-view.tsx'));
const BacktestView = lazy(() => import('./backtest-view.tsx'));

export default function OutcomePage() {
  const { id = '' } = useParams();
  const outcome = useQuery(queries.outcome(id));
  return <Answer of={outcome}>{(data) => <OutcomeView key={data.id} outcome={data} />}</Answer>;
}

function OutcomeView({ outcome }: { outcome: Outcome }) {
  const [training, { open, close }] = useDisclosure();
  const [chosen, setChosen] = useState<number>();
  const ready = outcome.versions.filter(({ status }) => status === 'ready');
  const shown = chosen ?? ready[0]?.version;
  const version = useQuery({ ...queries.outcomeVersion(outcome.id, shown ?? 0), enabled: shown !== undefined });
  const underWay = outcome.versions.find(({ status }) => isBusy(status));
  return (
    <Page
      title={outcome.name}
      trail={[{ label: 'Outcomes', to: '/outcomes' }]}
      about={
        <>
          {outcome.publishedVersion === null
            ? 'Nothing published yet.'
            : `Everyone is scored by version ${outcome.publishedVersion}.`}{' '}
          <AsOf at={outcome.asOf} />
        </>
      }
      actions={
        <>
          {shown !== undefined && (
            <Select
              aria-label="Version"
              w={190}
              allowDeselect={false}
              value={String(shown)}
              onChange={(value) => setChosen(Number(value))}
              data={ready.map(({ version: v, stage }) => ({ value: String(v), label: `Version ${v} (${stage})` }))}
            />
          )}
          <Delete outcome={outcome} />
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={open} disabled={Boolean(underWay)}>
            Train again
          </Button>
          {version.data && version.data.version !== outcome.publishedVersion && (
            <Publish outcome={outcome} version={version.data} />
          )}
        </>
      }
    >
      <OutcomeDialog opened={training} onClose={close} outcome={outcome} onTrained={() => setChosen(undefined)} />
      {underWay && (
        <Section title={`Training version ${underWay.version}`}>
          <TrainingProgress of={underWay.progress} />
        </Section>
      )}
      {outcome.statusError && (
        <Failure title="The last training failed" error={new Error(outcome.statusError.detail)} />
      )}
      <Definition outcome={outcome} version={version.data} />
      {shown !== undefined && (
        <Answer of={version} rows={6}>
          {(data) => (
            <Suspense fallback={<Loading rows={6} />}>
              <VersionView outcomeId={outcome.id} version={data} />
            </Suspense>
          )}
        </Answer>
      )}
      {outcome.publishedVersion !== null && <OneContact outcomeId={outcome.id} />}
      {shown !== undefined && (
        <Suspense fallback={<Loading rows={6} />}>
          <BacktestView outcome={outcome} />
        </Suspense>
      )}
    </Page>
  );
}

function Delete({ outcome }: { outcome: Outcome }) {
  const navigate = useNavigate();
  const remove = useAction(() => api.remove(`/v1/outcomes/${outcome.id}`), {
    refreshes: ['outcomes'],
    done: 'Outcome deleted.',
    onDone: () => navigate('/outcomes'),
  });
  return (
    <Confirm
      title={`Delete ${outcome.name}?`}
      verb="Delete outcome"
      color="red"
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      trigger={(open) => (
        <Button variant="default" onClick={open}>
          Delete
        </Button>
      )}
    >
      Its versions and scores go with it. It is refused while a condition uses it.
    </Confirm>
  );
}
