import { Autocomplete, MultiSelect, NativeSelect, Select } from '@mantine/core';
import type { ConditionLeaf, ConsentState, Contactable } from '../api/types/condition.ts';
import { useChoices } from './choices.tsx';

interface FieldsProps<T extends ConditionLeaf> {
  node: T;
  onChange: (node: ConditionLeaf) => void;
}

export function PersonaFields({ node, onChange }: FieldsProps<{ persona: { set: string; in: string[] } }>) {
  const { personaSets } = useChoices();
  const { set, in: keys } = node.persona;
  const personas = personaSets.find(({ id }) => id === set)?.personas ?? [];
  return (
    <>
      <Select
        size="xs"
        aria-label="Persona set"
        placeholder={personaSets.length === 0 ? 'No published set yet' : 'Choose a set'}
        allowDeselect={false}
        value={set || null}
        onChange={(id) => id && onChange({ persona: { set: id, in: [] } })}
        data={personaSets.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <MultiSelect
        size="xs"
        miw={220}
        aria-label="Personas"
        placeholder={keys.length === 0 ? 'Choose personas' : undefined}
        value={keys}
        onChange={(next) => onChange({ persona: { set, in: next } })}
        data={personas.map(({ key, name }) => ({ value: key, label: name }))}
      />
    </>
  );
}

export function CohortField({ node, onChange }: FieldsProps<{ cohort: string }>) {
  const { cohorts } = useChoices();
  return (
    <Select
      size="xs"
      searchable
      allowDeselect={false}
      aria-label="Cohort"
      placeholder="Choose a cohort"
      value={node.cohort || null}
      onChange={(cohort) => cohort && onChange({ cohort })}
      data={cohorts.map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}

export function AudienceField({ node, onChange }: FieldsProps<{ audience: string }>) {
  const { audiences } = useChoices();
  return (
    <Select
      size="xs"
      searchable
      allowDeselect={false}
      aria-label="Audience"
      placeholder="Choose an audience"
      value={node.audience || null}
      onChange={(audience) => audience && onChange({ audience })}
      data={audiences.map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}

const CHANNELS: { value: Contactable; label: string }[] = [
  { value: 'email', label: 'e-mail' },
  { value: 'phone', label: 'phone' },
  { value: 'address', label: 'name and postal code' },
  { value: 'mail', label: 'letter' },
  { value: 'mobileAdId', label: 'mobile ad id' },
  { value: 'externalId', label: 'customer id' },
  { value: 'facebook', label: 'Facebook' },
  { value: 'google', label: 'Google' },
];

export function ContactableField({ node, onChange }: FieldsProps<{ contactable: Contactable }>) {
  return (
    <NativeSelect
      size="xs"
      aria-label="Channel"
      value={node.contactable}
      onChange={({ currentTarget }) => onChange({ contactable: currentTarget.value as Contactable })}
      data={CHANNELS}
    />
  );
}

/** Those that deliveries ask for, both as one first; any other that was imported can be typed. */
const AD_PURPOSES = ['advertising', 'ad_user_data', 'ad_personalization'];

export function ConsentFields({ node, onChange }: FieldsProps<{ consent: string; is: ConsentState }>) {
  return (
    <>
      <Autocomplete
        size="xs"
        aria-label="Purpose"
        value={node.consent}
        onChange={(consent) => onChange({ ...node, consent })}
        data={AD_PURPOSES}
      />
      <NativeSelect
        size="xs"
        aria-label="State"
        value={node.is}
        onChange={({ currentTarget }) => onChange({ ...node, is: currentTarget.value as ConsentState })}
        data={[
          { value: 'granted', label: 'is granted' },
          { value: 'denied', label: 'is denied' },
          { value: 'unspecified', label: 'was never stated' },
        ]}
      />
    </>
  );
}
