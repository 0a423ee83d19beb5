import { Checkbox, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import type { ColumnMapping, ColumnRole } from '../../api/types/contacts.ts';

const TYPES = [
  { value: 'number', label: 'Number' },
  { value: 'category', label: 'Category' },
  { value: 'boolean', label: 'Yes or no' },
  { value: 'date', label: 'Date' },
];
const SINGLE_FIELDS: readonly ColumnRole[] = [
  'firstName',
  'lastName',
  'gender',
  'birthDate',
  'street',
  'city',
  'region',
  'postalCode',
  'country',
];
const canClear = (role: ColumnRole): boolean => role === 'trait' || SINGLE_FIELDS.includes(role);

interface ColumnDetailsProps {
  mapping: ColumnMapping;
  onChange: (mapping: ColumnMapping) => void;
}

/** The settings of a column that depend on its meaning. */
export function ColumnDetails({ mapping, onChange }: ColumnDetailsProps) {
  if (mapping.as === 'consent')
    return (
      <Text size="xs" c="dimmed">
        See Consent below.
      </Text>
    );
  return (
    <Stack gap={4}>
      {mapping.as === 'trait' && <TraitDetails mapping={mapping} onChange={onChange} />}
      {mapping.as === 'externalId' && (
        <TextInput
          aria-label={`Namespace of ${mapping.column}`}
          placeholder="Namespace, e.g. shopify"
          value={mapping.namespace ?? ''}
          onChange={({ currentTarget }) => onChange({ ...mapping, namespace: currentTarget.value || undefined })}
        />
      )}
      {canClear(mapping.as) && (
        <Checkbox
          size="xs"
          aria-label={`Empty cells of ${mapping.column} clear the value`}
          label="Clear if empty"
          checked={mapping.whenEmpty === 'clear'}
          onChange={({ currentTarget }) =>
            onChange({ ...mapping, whenEmpty: currentTarget.checked ? 'clear' : undefined })
          }
        />
      )}
    </Stack>
  );
}

function TraitDetails({ mapping, onChange }: ColumnDetailsProps) {
  const trait = mapping.trait ?? {};
  return (
    <Group gap="xs" wrap="nowrap">
      <NativeSelect
        aria-label={`Type of ${mapping.column}`}
        w={112}
        data={TYPES}
        value={trait.type}
        onChange={({ currentTarget }) =>
          onChange({ ...mapping, trait: { ...trait, type: currentTarget.value as (typeof trait)['type'] } })
        }
      />
      <TextInput
        aria-label={`Trait name of ${mapping.column}`}
        flex={1}
        placeholder={mapping.column}
        value={trait.name ?? ''}
        onChange={({ currentTarget }) =>
          onChange({ ...mapping, trait: { ...trait, name: currentTarget.value || undefined } })
        }
      />
    </Group>
  );
}
