import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { Monitor } from '../../api/types/inform.ts';
import { useAction } from '../../api/use-action.ts';
import { Failure } from '../../components/states.tsx';

const NONE = { value: '', label: '–' };
const choices = (items: { id: string; name: string }[] | undefined) => [
  NONE,
  ...(items ?? []).map(({ id, name }) => ({ value: id, label: name })),
];

/** Whom to watch, by what, and where to tell. Times and bands are set over the API. */
export function MonitorForm() {
  const [draft, setDraft] = useState({
    name: '',
    cohortId: '',
    personaSetId: '',
    outcomeId: '',
    connectionId: '',
    cron: '',
  });
  const [cohorts, sets] = [useQuery(queries.cohorts()).data, useQuery(queries.personaSets()).data];
  const [outcomes, connections] = [useQuery(queries.outcomes()).data, useQuery(queries.connections()).data];
  const navigate = useNavigate();
  const { outcomeId, personaSetId, cron, ...always } = draft;
  const create = useAction(
    () =>
      api.post<Monitor>('/v1/monitors', {
        ...always,
        ...(personaSetId && { personaSetId }),
        ...(outcomeId && { outcomes: [{ outcomeId }] }),
        ...(cron && { schedule: { cron } }),
      }),
    { refreshes: ['monitors'], quiet: true, onDone: ({ id }) => void navigate(`/monitors/${id}`) },
  );
  const set = (field: keyof typeof draft) => (event: { currentTarget: { value: string } }) =>
    setDraft({ ...draft, [field]: event.currentTarget.value });
  const ready = draft.name !== '' && draft.cohortId !== '' && draft.connectionId !== '';
  return (
    <Stack maw={860}>
      {create.error && <Failure error={create.error} />}
      <Group grow align="flex-start">
        <TextInput label="Name" value={draft.name} onChange={set('name')} />
        <NativeSelect label="Cohort" data={choices(cohorts?.items)} value={draft.cohortId} onChange={set('cohortId')} />
        <NativeSelect
          label="Tell"
          data={choices(connections?.items)}
          value={draft.connectionId}
          onChange={set('connectionId')}
        />
      </Group>
      <Group grow align="flex-start">
        <NativeSelect
          label="Personas of"
          data={choices(sets?.items)}
          value={personaSetId}
          onChange={set('personaSetId')}
        />
        <NativeSelect label="Bands of" data={choices(outcomes?.items)} value={outcomeId} onChange={set('outcomeId')} />
        <TextInput label="Schedule (cron, UTC)" placeholder="0 6 * * *" value={cron} onChange={set('cron')} />
      </Group>
      <Group>
        <Button loading={create.isPending} disabled={!ready} onClick={() => create.mutate()}>
          Create monitor
        </Button>
      </Group>
    </Stack>
  );
}
