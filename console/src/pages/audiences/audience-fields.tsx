import {
  Collapse,
  Group,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Select,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { FieldProblem } from '../../api/problem.ts';
import { queries } from '../../api/queries.ts';
import type { AudienceDefinition, Side } from '../../api/types/groups.ts';
import { Section } from '../../components/page.tsx';
import { traitOptions } from '../../components/trait-options.ts';
import { ConditionEditor } from '../../condition/condition-editor.tsx';

interface AudienceFieldsProps {
  names: { name: string; description: string };
  onNames: (names: { name: string; description: string }) => void;
  definition: AudienceDefinition;
  onDefinition: (definition: AudienceDefinition) => void;
  problems: FieldProblem[];
}

/** Everything that an audience is made of. */
export function AudienceFields({ names, onNames, definition, onDefinition, problems }: AudienceFieldsProps) {
  const problemOf = (field: string) => problems.find(({ path }) => path.startsWith(field))?.message;
  const change = (part: Partial<AudienceDefinition>) => onDefinition({ ...definition, ...part });
  return (
    <>
      <Section title="Name and description">
        <Stack>
          <TextInput
            label="Name"
            required
            value={names.name}
            onChange={({ currentTarget }) => onNames({ ...names, name: currentTarget.value })}
            error={problemOf('name')}
          />
          <Textarea
            label="Description"
            autosize
            minRows={1}
            value={names.description}
            onChange={({ currentTarget }) => onNames({ ...names, description: currentTarget.value })}
            error={problemOf('description')}
          />
        </Stack>
      </Section>
      <SideSection
        title="Include"
        about="In any of these cohorts, and the condition holds. Nothing chosen: all contacts."
        path="include"
        side={definition.include ?? {}}
        onChange={(include) => change({ include })}
        problems={problems}
      />
      <SideSection
        title="Exclude"
        about="In none of these cohorts, and the condition does not hold."
        path="exclude"
        side={definition.exclude ?? {}}
        onChange={(exclude) => change({ exclude })}
        problems={problems}
      />
      <PersonasSection definition={definition} change={change} problemOf={problemOf} />
      <LimitSection definition={definition} change={change} problemOf={problemOf} />
    </>
  );
}

interface SideSectionProps {
  title: string;
  about: string;
  path: string;
  side: Side;
  onChange: (side: Side) => void;
  problems: FieldProblem[];
}

function SideSection({ title, about, path, side, onChange, problems }: SideSectionProps) {
  const cohorts = useQuery(queries.cohorts()).data?.items ?? [];
  return (
    <Section title={title} about={about}>
      <Stack>
        <MultiSelect
          label="Cohorts"
          searchable
          clearable
          placeholder={side.cohorts?.length ? undefined : 'No cohort'}
          value={side.cohorts ?? []}
          onChange={(chosen) => onChange({ ...side, cohorts: chosen.length > 0 ? chosen : null })}
          data={cohorts.map(({ id, name }) => ({ value: id, label: name }))}
          error={problems.find((problem) => problem.path.startsWith(`${path}.cohorts`))?.message}
        />
        <ConditionEditor
          label="Condition"
          inAudience
          value={side.condition ?? undefined}
          onChange={(condition) => onChange({ ...side, condition: condition ?? null })}
          path={`${path}.condition`}
          problems={problems}
        />
      </Stack>
    </Section>
  );
}

interface PartProps {
  definition: AudienceDefinition;
  change: (part: Partial<AudienceDefinition>) => void;
  problemOf: (field: string) => string | undefined;
}

function PersonasSection({ definition, change, problemOf }: PartProps) {
  const sets = (useQuery(queries.personaSets()).data?.items ?? []).filter((set) => set.publishedVersion !== null);
  const set = sets.find(({ id }) => id === definition.personaSetId);
  return (
    <Section
      title="Personas"
      about="The set that splits and describes the audience, and which of its personas to reach."
    >
      <Group grow align="flex-start">
        <Select
          label="Persona set"
          clearable
          placeholder={sets.length === 0 ? 'No published set yet' : 'None'}
          value={definition.personaSetId ?? null}
          onChange={(personaSetId) => change({ personaSetId, personas: null })}
          data={sets.map(({ id, name }) => ({ value: id, label: name }))}
          error={problemOf('personaSetId')}
        />
        <MultiSelect
          label="Only these personas"
          clearable
          disabled={!set}
          placeholder={definition.personas?.length ? undefined : 'All of them'}
          value={definition.personas ?? []}
          onChange={(chosen) => change({ personas: chosen.length > 0 ? chosen : null })}
          data={set?.personas.map(({ key, name }) => ({ value: key, label: name })) ?? []}
          error={problemOf('personas')}
        />
      </Group>
    </Section>
  );
}

function LimitSection({ definition, change, problemOf }: PartProps) {
  const traits = (useQuery(queries.traits()).data?.items ?? []).filter(({ type }) => type !== 'category');
  const { limit } = definition;
  return (
    <Section
      title="Limit"
      about="At most so many contacts, the first by a trait or at random."
      aside={
        <Switch
          aria-label="Limit the audience"
          checked={Boolean(limit)}
          onChange={({ currentTarget }) => change({ limit: currentTarget.checked ? { count: 10_000 } : null })}
        />
      }
    >
      <Collapse expanded={Boolean(limit)}>
        <Group align="flex-start">
          <NumberInput
            label="At most"
            min={1}
            allowDecimal={false}
            thousandSeparator=","
            value={limit?.count ?? ''}
            onChange={(count) => typeof count === 'number' && change({ limit: { ...limit, count } })}
            error={problemOf('limit.count')}
          />
          <NativeSelect
            label="Who comes first"
            value={limit?.orderBy?.trait ?? ''}
            onChange={({ currentTarget: { value } }) =>
              limit && change({ limit: { ...limit, orderBy: value ? { trait: value } : { random: 0 } } })
            }
            data={[{ value: '', label: 'At random' }, ...traitOptions(traits, (name) => `By ${name}`)]}
            error={problemOf('limit.orderBy')}
          />
          {limit?.orderBy?.trait && (
            <NativeSelect
              label="Order"
              value={limit.direction ?? 'desc'}
              onChange={({ currentTarget }) =>
                change({ limit: { ...limit, direction: currentTarget.value as 'asc' | 'desc' } })
              }
              data={[
                { value: 'desc', label: 'Highest first' },
                { value: 'asc', label: 'Lowest first' },
              ]}
            />
          )}
        </Group>
      </Collapse>
    </Section>
  );
}
