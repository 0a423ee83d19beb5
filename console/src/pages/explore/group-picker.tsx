import { Group, NativeSelect, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';

/** What kinds of groups there are; `rest` is for the second only. */
export const KINDS = {
  everyone: 'Everyone',
  rest: 'Everyone else',
  persona: 'A persona',
  cohort: 'A cohort',
  audience: 'An audience',
} as const;
export type Kind = keyof typeof KINDS;

export interface Picked {
  kind: Kind;
  /** Of a persona: `set/key`. */
  id?: string;
}

/** How the API writes a group; nothing while none is chosen. */
export const groupOf = ({ kind, id }: Picked): string | undefined =>
  kind === 'everyone' || kind === 'rest' ? kind : id && `${kind}:${id}`;

/** Chooses a group of contacts. */
export function GroupPicker({
  label,
  kinds,
  value,
  onChange,
}: {
  label: string;
  kinds: readonly Kind[];
  value: Picked;
  onChange: (picked: Picked) => void;
}) {
  const choices = useGroups(value.kind);
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <NativeSelect
        label={label}
        w={150}
        value={value.kind}
        onChange={({ currentTarget }) => onChange({ kind: currentTarget.value as Kind })}
        data={kinds.map((kind) => ({ value: kind, label: KINDS[kind] }))}
      />
      {choices && (
        <Select
          aria-label={`${label}: which`}
          flex={1}
          miw={0}
          searchable
          allowDeselect={false}
          placeholder={choices.length > 0 ? 'Choose' : 'None yet'}
          value={value.id ?? null}
          onChange={(id) => id && onChange({ kind: value.kind, id })}
          data={choices}
        />
      )}
    </Group>
  );
}

function useGroups(kind: Kind) {
  const sets = useQuery({ ...queries.personaSets(), enabled: kind === 'persona' });
  const cohorts = useQuery({ ...queries.cohorts(), enabled: kind === 'cohort' });
  const audiences = useQuery({ ...queries.audiences(), enabled: kind === 'audience' });
  if (kind === 'persona') {
    return (sets.data?.items ?? [])
      .filter(({ publishedVersion }) => publishedVersion !== null)
      .map(({ id, name, personas }) => ({
        group: name,
        items: personas.map((persona) => ({ value: `${id}/${persona.key}`, label: persona.name })),
      }));
  }
  const named = kind === 'cohort' ? cohorts.data : kind === 'audience' ? audiences.data : undefined;
  if (kind === 'everyone' || kind === 'rest') return undefined;
  return (named?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
}
