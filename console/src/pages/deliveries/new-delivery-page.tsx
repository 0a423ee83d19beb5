import { Button, Group, Stepper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { api } from '../../api/client.ts';
import { fieldsOf } from '../../api/problem.ts';
import { queries } from '../../api/queries.ts';
import type { Delivery, RunHead } from '../../api/types/deliveries.ts';
import { useAction } from '../../api/use-action.ts';
import { Page } from '../../components/page.tsx';
import { Failure } from '../../components/states.tsx';
import { AudienceStep } from './audience-step.tsx';
import { ConnectionStep } from './connection-step.tsx';
import { DataStep } from './data-step.tsx';
import { bodyOf, type Draft, emptyDraft, stepOf } from './draft.ts';
import { DryRunView } from './dry-run-view.tsx';
import { PersonaStep } from './persona-step.tsx';
import { RulesStep } from './rules-step.tsx';
import { useDryRun } from './use-dry-run.ts';

const DRY_RUN = 5;

/** From an audience to its first run, with everything that will change shown before it changes. */
export default function NewDeliveryPage() {
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(search.get('audience')));
  const [step, setStep] = useState(0);
  const [saved, setSaved] = useState<Delivery>();
  const audience = useQuery(queries.audiences()).data?.items.find(({ id }) => id === draft.audienceId);
  const connection = useQuery(queries.connections()).data?.items.find(({ id }) => id === draft.connectionId);
  const destination = useQuery(queries.destinations()).data?.items.find(({ type }) => type === connection?.type);

  const dryRun = useDryRun();
  const save = useAction(
    () =>
      saved
        ? api.patch<Delivery>(`/v1/deliveries/${saved.id}`, bodyOf(draft))
        : api.post<Delivery>('/v1/deliveries', bodyOf(draft)),
    {
      refreshes: ['deliveries'],
      quiet: true,
      onDone: (delivery) => {
        setSaved(delivery);
        setStep(DRY_RUN);
        dryRun.mutate({ delivery });
      },
    },
  );
  const run = useAction((id: string) => api.post<RunHead>(`/v1/deliveries/${id}/runs`), {
    refreshes: ['runs'],
    onDone: ({ id }) => navigate(`/runs/${id}`),
  });

  const problems = fieldsOf(save.error);
  const problemOf = (field: string) =>
    problems.find(({ path }) => path === field || path.startsWith(`${field}[`) || path.startsWith(`${field}.`))
      ?.message;
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const next = () => {
    if (step < DRY_RUN - 1) setStep(step + 1);
    else save.mutate(undefined, { onError: (error) => setStep(Math.max(0, firstStep(error))) });
  };
  const missing = [!draft.audienceId, !draft.connectionId, draft.name.trim() === ''][step] ?? false;
  const parts = { draft, change, problemOf, problems };

  return (
    <Page title="New delivery" trail={[{ label: 'Deliveries', to: '/deliveries' }]}>
      {save.error && <Failure title="This delivery was refused" error={save.error} />}
      <Stepper active={step} onStepClick={setStep} allowNextStepsSelect={false} size="sm" iconSize={34}>
        <Stepper.Step label="Audience" description="Whom to reach">
          <AudienceStep {...parts} />
        </Stepper.Step>
        <Stepper.Step label="Destination" description="Where to deliver">
          <ConnectionStep {...parts} />
        </Stepper.Step>
        <Stepper.Step label="Personas" description="Split and names">
          <PersonaStep {...parts} audience={audience} destination={destination} connection={connection} />
        </Stepper.Step>
        <Stepper.Step label="Data" description="What travels">
          {destination && <DataStep {...parts} destination={destination} />}
        </Stepper.Step>
        <Stepper.Step label="Rules" description="Guards and schedule">
          <RulesStep {...parts} />
        </Stepper.Step>
        <Stepper.Step label="Dry run" description="What will change">
          <DryRunView
            dryRun={dryRun}
            destination={destination}
            about="Saved. Nothing has been sent, and nothing was changed anywhere."
            onRehearse={() => saved && dryRun.mutate({ delivery: saved, rehearse: true })}
          />
        </Stepper.Step>
      </Stepper>
      <Group justify="space-between">
        <Button variant="default" disabled={step === 0} onClick={() => setStep(step - 1)}>
          Back
        </Button>
        {step < DRY_RUN ? (
          <Button onClick={next} disabled={missing} loading={save.isPending}>
            {step === DRY_RUN - 1 ? 'Save and dry run' : 'Continue'}
          </Button>
        ) : (
          saved && (
            <Group gap="xs">
              <Button variant="default" onClick={() => navigate(`/deliveries/${saved.id}`)}>
                Run it later
              </Button>
              <Button loading={run.isPending} disabled={!dryRun.data} onClick={() => run.mutate(saved.id)}>
                Run now
              </Button>
            </Group>
          )
        )}
      </Group>
    </Page>
  );
}

/** The earliest step that something is wrong with. */
function firstStep(error: Error): number {
  const steps = fieldsOf(error)
    .map(stepOf)
    .filter((step) => step >= 0);
  return steps.length > 0 ? Math.min(...steps) : DRY_RUN - 1;
}
