import { Button, Grid, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api } from '../../api/client.ts';
import { fieldsOf } from '../../api/problem.ts';
import { queries } from '../../api/queries.ts';
import type { Condition } from '../../api/types/condition.ts';
import type { Cohort } from '../../api/types/groups.ts';
import { useAction } from '../../api/use-action.ts';
import { number, percent } from '../../app/format.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Page, Section } from '../../components/page.tsx';
import { SampleTable } from '../../components/sample-table.tsx';
import { Answer, Failure } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { AsOf } from '../../components/time.tsx';
import { ConditionEditor } from '../../condition/condition-editor.tsx';

export default function CohortPage() {
  const { id = 'new' } = useParams();
  const cohort = useQuery({ ...queries.cohort(id), enabled: id !== 'new' });
  if (id === 'new') return <CohortForm key="new" />;
  return <Answer of={cohort}>{(data) => <CohortForm key={data.id} cohort={data} />}</Answer>;
}

function CohortForm({ cohort }: { cohort?: Cohort }) {
  const navigate = useNavigate();
  const [name, setName] = useState(cohort?.name ?? '');
  const [description, setDescription] = useState(cohort?.description ?? '');
  const [condition, setCondition] = useState<Condition | undefined>(cohort?.condition);
  const [asked] = useDebouncedValue(condition, 400);
  const preview = useQuery({
    ...queries.audiencePreview(asked ? { include: { condition: asked } } : {}),
    placeholderData: keepPreviousData,
  });
  const body = { name, description, condition: condition ?? { everyone: true } };
  const save = useAction(
    () => (cohort ? api.patch<Cohort>(`/v1/cohorts/${cohort.id}`, body) : api.post<Cohort>('/v1/cohorts', body)),
    {
      refreshes: ['cohorts', 'audiences'],
      done: 'Cohort saved.',
      quiet: true,
      onDone: (saved) => navigate(`/cohorts/${saved.id}`, { replace: true }),
    },
  );
  // what was refused is no longer true of what is edited
  const edited =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      save.reset();
      set(value);
    };
  const remove = useAction(() => api.remove(`/v1/cohorts/${cohort?.id}`), {
    refreshes: ['cohorts'],
    done: 'Cohort deleted.',
    onDone: () => navigate('/cohorts'),
  });

  const saved = fieldsOf(save.error);
  const problemOf = (field: string) => saved.find(({ path }) => path === field)?.message;
  // what the preview says of `include.condition` is true of `condition`
  const previewed = fieldsOf(preview.error).map((problem) => ({
    ...problem,
    path: problem.path.replace(/^include\./, ''),
  }));
  const conditionProblems = [...saved.filter(({ path }) => path.startsWith('condition')), ...previewed];

  return (
    <Page
      title={cohort?.name ?? 'New cohort'}
      badge={cohort && <State of={cohort.status} />}
      about={cohort?.summary}
      trail={[{ label: 'Cohorts', to: '/cohorts' }]}
      actions={
        <Group gap="xs">
          {cohort && (
            <Confirm
              title={`Delete ${cohort.name}?`}
              verb="Delete cohort"
              color="red"
              busy={remove.isPending}
              onConfirm={() => remove.mutate()}
              trigger={(open) => (
                <Button variant="default" color="red" onClick={open}>
                  Delete
                </Button>
              )}
            >
              The contacts stay. A cohort that an audience or a persona set uses cannot be deleted.
            </Confirm>
          )}
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            Save cohort
          </Button>
        </Group>
      }
    >
      {save.error && saved.length === 0 && <Failure error={save.error} />}
      {cohort?.statusError && <Failure title="It cannot be counted" error={new Error(cohort.statusError)} />}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Section title="Definition">
            <Stack>
              <TextInput
                label="Name"
                required
                value={name}
                onChange={({ currentTarget }) => edited(setName)(currentTarget.value)}
                error={problemOf('name')}
              />
              <Textarea
                label="Description"
                autosize
                minRows={1}
                value={description}
                onChange={({ currentTarget }) => edited(setDescription)(currentTarget.value)}
                error={problemOf('description')}
              />
              <ConditionEditor
                label="Who belongs to it"
                value={condition}
                onChange={edited(setCondition)}
                path="condition"
                problems={conditionProblems}
              />
            </Stack>
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Section title="Size now" aside={<AsOf at={preview.data?.asOf ?? null} />}>
            {preview.error ? (
              <Text size="sm" c="dimmed">
                {conditionProblems.length > 0 ? 'Complete the condition to see its size.' : preview.error.message}
              </Text>
            ) : (
              <Answer of={preview} rows={2}>
                {(data) => (
                  <Stack opacity={preview.isPlaceholderData ? 0.5 : 1} aria-live="polite">
                    <Group align="baseline" gap="xs">
                      <Text fz={34} fw={650} lh={1} className="figure">
                        {number(data.size)}
                      </Text>
                      <Text c="dimmed" size="sm">
                        of {number(data.dropOff[0]?.remaining ?? 0)} contacts (
                        {percent(data.size / Math.max(1, data.dropOff[0]?.remaining ?? 0))})
                      </Text>
                    </Group>
                    {data.sample.length > 0 && <SampleTable contacts={data.sample} />}
                  </Stack>
                )}
              </Answer>
            )}
          </Section>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
