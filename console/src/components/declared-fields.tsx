import {
  MultiSelect,
  NumberInput,
  PasswordInput,
  Select,
  SimpleGrid,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import type { FieldProblem } from '../api/problem.ts';
import type { Field } from '../api/types/connections.ts';
import { allOf, below, type FieldProps, type FieldValues, labelOf } from './declared.ts';
import { ObjectField, RowsField } from './nested-fields.tsx';
import { JsonField, MapField } from './structured-fields.tsx';

interface DeclaredFieldsProps {
  fields: Field[];
  values: FieldValues;
  onChange: (values: FieldValues) => void;
  /** What is wrong, with paths below these fields: `columns[2].source`. */
  problems: FieldProblem[];
  /** Credentials that are set and stay as they are while left empty. */
  secretsSet?: string[];
}

/** Inputs for the fields that a destination declares: the console knows no destination by name. */
export function DeclaredFields({ fields, values, onChange, problems, secretsSet = [] }: DeclaredFieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      {fields.map((field) => (
        <DeclaredField
          key={field.name}
          field={field}
          value={values[field.name]}
          problems={below(problems, field.name)}
          isSet={secretsSet.includes(field.name)}
          onChange={(value) => onChange({ ...values, [field.name]: value })}
        />
      ))}
    </SimpleGrid>
  );
}

function DeclaredField({ field, value, problems, isSet, onChange }: FieldProps & { isSet: boolean }) {
  if (field.kind === 'rows') return <RowsField {...{ field, value, problems, onChange }} />;
  if (field.kind === 'object' && field.fields) return <ObjectField {...{ field, value, problems, onChange }} />;
  if (field.kind === 'map') return <MapField {...{ field, value, problems, onChange }} />;
  if (field.kind === 'object' || field.kind === 'json') return <JsonField {...{ field, value, problems, onChange }} />;
  return <PlainField {...{ field, value, onChange, isSet }} error={allOf(problems)} />;
}

interface PlainFieldProps extends Omit<FieldProps, 'problems'> {
  error: string | undefined;
  isSet: boolean;
}

function PlainField({ field, value, error, isSet, onChange }: PlainFieldProps) {
  const common = { ...labelOf(field), required: field.required && !isSet, error };
  const text = value === undefined || value === null ? '' : String(value);
  if (field.secret) {
    return (
      <PasswordInput
        {...common}
        autoComplete="new-password"
        placeholder={isSet ? 'Set; leave empty to keep it' : undefined}
        value={text}
        onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
      />
    );
  }
  if (field.kind === 'list') return <ListField {...common} choices={field.choices} value={value} onChange={onChange} />;
  if (field.choices) {
    return (
      <Select
        {...common}
        clearable={!field.required}
        placeholder={field.required ? undefined : 'Default'}
        value={text || null}
        onChange={(next) => onChange(field.choices?.find((choice) => String(choice) === next))}
        data={field.choices.map(String)}
      />
    );
  }
  if (field.kind === 'boolean') {
    return (
      <Select
        {...common}
        clearable
        placeholder="Default"
        value={value === undefined ? null : text}
        onChange={(next) => onChange(next === null ? undefined : next === 'true')}
        data={[
          { value: 'true', label: 'Yes' },
          { value: 'false', label: 'No' },
        ]}
      />
    );
  }
  if (field.kind === 'number') {
    return (
      <NumberInput
        {...common}
        placeholder={field.required ? undefined : 'Default'}
        value={typeof value === 'number' ? value : ''}
        onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
      />
    );
  }
  if (field.long) {
    return (
      <Textarea
        {...common}
        autosize
        minRows={2}
        maxRows={12}
        value={text}
        onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
      />
    );
  }
  return (
    <TextInput {...common} value={text} onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)} />
  );
}

interface ListFieldProps {
  label: string;
  description?: string;
  required: boolean;
  error: string | undefined;
  choices?: unknown[];
  value: unknown;
  onChange: (value: unknown) => void;
}

/** Words as tags. */
function ListField({ value, onChange, choices, ...common }: ListFieldProps) {
  const list = Array.isArray(value) ? value.map(String) : [];
  const change = (next: string[]) => onChange(next.length > 0 ? next : undefined);
  if (choices) return <MultiSelect {...common} data={choices.map(String)} value={list} onChange={change} />;
  return <TagsInput {...common} placeholder="Type, then Enter" value={list} onChange={change} />;
}
