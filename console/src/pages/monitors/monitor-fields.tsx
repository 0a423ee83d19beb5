import { Group, NativeSelect, NumberInput, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import { ScheduleFields } from '../deliveries/rule-fields.tsx';
import { ToldOutcomes } from './band-fields.tsx';
import type { Draft } from './draft.ts';

interface FieldsProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  problemOf: (field: string) => string | undefined;
  /** Whom it watches and where it tells stay for good. */
  isNew: boolean;
}

const choices = (items: { id: string; name: string }[] | undefined) => [
  { value: '', label: '–' },
  ...(items ?? []).map(({ id, name }) => ({ value: id, label: name })),
];

/** Whom to watch, by what, where to tell, when, and from when on it alarms. */
export function MonitorFields({ draft, change, problemOf, isNew }: FieldsProps) {
  const sets = useQuery(queries.personaSets()).data;
  return (
    <Stack>
      <Group grow align="flex-start">
        <TextInput
          label="Name"
          value={draft.name}
          onChange={({ currentTarget }) => change({ name: currentTarget.value })}
          error={problemOf('name')}
        />
        <NativeSelect
          label="Personas of"
          description="Who moves to another persona is told."
          data={choices(sets?.items)}
          value={draft.personaSetId}
          onChange={({ currentTarget }) => change({ personaSetId: currentTarget.value })}
          error={problemOf('personaSetId')}
        />
      </Group>
      {isNew && <WhomAndWhere draft={draft} change={change} problemOf={problemOf} />}
      <ToldOutcomes value={draft.outcomes} onChange={(outcomes) => change({ outcomes })} problemOf={problemOf} />
      <NumberInput
        label="Alert when drift is above"
        description="How far the persona and band shares may move from the baseline's: 0.1 is a moderate shift, 0.25 a major one. Empty: no alert."
        placeholder="No alert"
        min={0}
        max={100}
        step={0.05}
        decimalScale={3}
        value={draft.driftLimit ?? ''}
        onChange={(next) => change({ driftLimit: typeof next === 'number' ? next : null })}
        error={problemOf('driftLimit')}
      />
      <ScheduleFields
        value={draft.schedule}
        change={(part) => change({ schedule: { ...draft.schedule, ...part } })}
        problemOf={problemOf}
      />
    </Stack>
  );
}

function WhomAndWhere({ draft, change, problemOf }: Omit<FieldsProps, 'isNew'>) {
  const cohorts = useQuery(queries.cohorts()).data;
  const connections = useQuery(queries.connections()).data;
  const destinations = useQuery(queries.destinations()).data;
  const telling = new Set(
    destinations?.items.filter(({ capabilities }) => capabilities.modes.includes('changes')).map(({ type }) => type),
  );
  return (
    <Group grow align="flex-start">
      <NativeSelect
        label="Cohort"
        description="Whom to watch."
        data={choices(cohorts?.items)}
        value={draft.cohortId}
        onChange={({ currentTarget }) => change({ cohortId: currentTarget.value })}
        error={problemOf('cohortId')}
      />
      <NativeSelect
        label="Tell"
        description="Connections that can be told changes."
        data={choices(connections?.items.filter(({ type }) => telling.has(type)))}
        value={draft.connectionId}
        onChange={({ currentTarget }) => change({ connectionId: currentTarget.value })}
        error={problemOf('connectionId')}
      />
    </Group>
  );
}
