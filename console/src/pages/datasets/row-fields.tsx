import { MultiSelect, NativeSelect, SegmentedControl, SimpleGrid, Switch, Text, TextInput } from '@mantine/core';
import type { Dataset, Mapping } from '../../api/types/contacts.ts';
import { roleLabel } from './roles.ts';

interface RowFieldsProps {
  dataset: Dataset;
  mapping: Mapping;
  onChange: (part: Partial<Mapping>) => void;
}

/** The kind of rows, and the settings that apply to all columns. */
export function RowFields({ dataset, mapping, onChange }: RowFieldsProps) {
  const names = dataset.columns.map((column) => column.name);
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      <div>
        <Text size="sm" fw={500} mb={4} id="kind">
          Each row is
        </Text>
        <SegmentedControl
          fullWidth
          aria-labelledby="kind"
          value={mapping.kind}
          onChange={(kind) => onChange({ kind: kind as Mapping['kind'] })}
          data={[
            { value: 'contacts', label: 'A contact' },
            { value: 'events', label: 'An event' },
          ]}
        />
        {mapping.kind === 'events' && (
          <Switch
            mt="xs"
            size="sm"
            label="Create contacts for unknown people"
            checked={mapping.createContacts ?? false}
            onChange={({ currentTarget }) => onChange({ createContacts: currentTarget.checked || undefined })}
          />
        )}
      </div>
      <NativeSelect
        label="Key"
        description="Rows with the same value are the same person."
        value={mapping.key.column ?? ''}
        onChange={({ currentTarget }) => onChange({ key: { column: currentTarget.value } })}
        data={[...keyWithoutColumn(mapping), ...names.map((name) => ({ value: name, label: name }))]}
      />
      <MultiSelect
        label="Fallback keys, in order"
        description="Used for rows without the key, and to recognise existing contacts."
        clearable
        searchable
        data={names.filter((name) => name !== mapping.key.column)}
        value={(mapping.fallbackKeys ?? []).flatMap(({ column }) => (column ? [column] : []))}
        onChange={(columns) =>
          onChange({ fallbackKeys: columns.length > 0 ? columns.map((column) => ({ column })) : undefined })
        }
      />
      <TextInput
        label="Default country"
        description="Two letters. Decides phone numbers, dates and consent policy of rows without a country."
        placeholder="US"
        maxLength={2}
        value={mapping.defaultCountry ?? ''}
        onChange={({ currentTarget }) => onChange({ defaultCountry: currentTarget.value.toUpperCase() || undefined })}
      />
      <TextInput
        label="Separator inside cells"
        description="Splits cells that hold several e-mails, phone numbers or ids."
        placeholder=";"
        maxLength={5}
        value={mapping.separator ?? ''}
        onChange={({ currentTarget }) => onChange({ separator: currentTarget.value || undefined })}
      />
      <NativeSelect
        label="Source of the traits"
        description="Choose third-party for data that you bought."
        value={mapping.source ?? 'first-party'}
        onChange={({ currentTarget }) => onChange({ source: currentTarget.value as Mapping['source'] })}
        data={[
          { value: 'first-party', label: 'First-party' },
          { value: 'third-party', label: 'Third-party' },
        ]}
      />
    </SimpleGrid>
  );
}

/** What the key shows while no single column is chosen. */
function keyWithoutColumn({ key }: Mapping) {
  if (key.column !== undefined) return [];
  const label = key.field ? `${roleLabel(key.field)} (every such column)` : 'Choose the key';
  return [{ value: '', label, disabled: true }];
}
