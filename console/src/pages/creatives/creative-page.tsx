import { Button, Grid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api } from '../../api/client.ts';
import { fieldsOf } from '../../api/problem.ts';
import { queries } from '../../api/queries.ts';
import type { Creative } from '../../api/types/creatives.ts';
import { useAction } from '../../api/use-action.ts';
import { Confirm } from '../../components/confirm.tsx';
import { CreativeCard } from '../../components/creative-card.tsx';
import { Page, Section } from '../../components/page.tsx';
import { Answer, Failure } from '../../components/states.tsx';
import { ChoicesProvider } from '../../condition/choices.tsx';
import { editedPath } from '../../condition/tree.ts';
import { CreativeFields } from './creative-fields.tsx';
import { CreativeState } from './creative-state.tsx';
import { bodyOf, type Draft, draftOf } from './draft.ts';
import { RuleGroupEditor } from './rule-editor.tsx';

export default function CreativePage() {
  const { id = 'new' } = useParams();
  const creative = useQuery({ ...queries.creative(id), enabled: id !== 'new' });
  if (id === 'new') return <CreativeForm key="new" />;
  return <Answer of={creative}>{(data) => <CreativeForm key={data.id} creative={data} />}</Answer>;
}

function CreativeForm({ creative }: { creative?: Creative }) {
  const navigate = useNavigate();
  const [draft, setDraft] = useState<Draft>(() => draftOf(creative));
  const save = useAction(
    () =>
      creative
        ? api.patch<Creative>(`/v1/creatives/${creative.id}`, bodyOf(draft))
        : api.post<Creative>('/v1/creatives', bodyOf(draft)),
    {
      refreshes: ['creatives'],
      done: 'Creative saved.',
      quiet: true,
      onDone: (saved) => navigate(`/creatives/${saved.id}`, { replace: true }),
    },
  );
  const remove = useAction(() => api.remove(`/v1/creatives/${creative?.id}`), {
    refreshes: ['creatives'],
    done: 'Creative deleted.',
    onDone: () => navigate('/creatives'),
  });
  // what was refused is no longer true of what is edited
  const change = (part: Partial<Draft>) => {
    save.reset();
    setDraft((old) => ({ ...old, ...part }));
  };
  const problems = fieldsOf(save.error);
  const edited = problems.map((problem) => ({ ...problem, path: editedPath(problem.path, 'rules', draft.rules) }));
  const problemOf = (field: string) =>
    problems.find(({ path }) => path === field || path.startsWith(`${field}[`))?.message;

  return (
    <Page
      title={creative?.name ?? 'New creative'}
      badge={creative && <CreativeState of={creative} />}
      trail={[{ label: 'Creatives', to: '/creatives' }]}
      actions={
        <>
          {creative && (
            <Confirm
              title={`Delete ${creative.name}?`}
              verb="Delete creative"
              color="red"
              busy={remove.isPending}
              onConfirm={() => remove.mutate()}
              trigger={(open) => (
                <Button variant="default" onClick={open}>
                  Delete
                </Button>
              )}
            >
              Runs keep what they carried. A creative that a delivery pins cannot be deleted.
            </Confirm>
          )}
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            Save creative
          </Button>
        </>
      }
    >
      {save.error && problems.length === 0 && <Failure error={save.error} />}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack gap="lg">
            <CreativeFields draft={draft} change={change} problemOf={problemOf} />
            <Section
              title="Who it is for"
              about="Rules on personas. Without any, it is for every persona and ranks last."
            >
              <ChoicesProvider problems={edited}>
                <RuleGroupEditor node={draft.rules} path="rules" onChange={(rules) => change({ rules })} />
              </ChoicesProvider>
            </Section>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Section title="Preview" about="About as people see it. The image is not loaded here.">
            <CreativeCard of={draft} />
          </Section>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
