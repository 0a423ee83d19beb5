import { JsonInput, NumberInput, PasswordInput, Select, SimpleGrid, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Field } from '../api/types/connections.ts';

export type FieldValues = Record<string, unknown>;

interface DeclaredFieldsProps {
  fields: Field[];
  values: FieldValues;
  onChange: (values: FieldValues) => void;
  /** What is wrong with a field, by its name. */
  problemOf: (name: string) => string | undefined;
  /** Credentials that are set and stay as they are while left empty. */
  secretsSet?: string[];
}

/** Inputs for the fields that a destination declares: the console knows no destination by name. */
export function DeclaredFields({ fields, values, onChange, problemOf, secretsSet = [] }: DeclaredFieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      {fields.map((field) => (
        <DeclaredField
          key={field.name}
          field={field}
          value={values[field.name]}
          error={problemOf(field.name)}
          isSet={secretsSet.includes(field.name)}
          onChange={(value) => onChange({ ...values, [field.name]: value })}
        />
      ))}
    </SimpleGrid>
  );
}

interface DeclaredFieldProps {
  field: Field;
  value: unknown;
  error: string | undefined;
  isSet: boolean;
  onChange: (value: unknown) => void;
}

function DeclaredField({ field, value, error, isSet, onChange }: DeclaredFieldProps) {
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
  if (field.choices) {
    return (
      <Select
        {...common}
        clearable={!field.required}
        placeholder={field.required ? undefined : 'Default'}
        value={text || null}
        onChange={(next) => onChange(next ?? undefined)}
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
  if (field.kind === 'list') return <ListField {...common} value={value} onChange={onChange} />;
  if (field.kind === 'object') return <ObjectField {...common} value={value} onChange={onChange} />;
  return (
    <TextInput {...common} value={text} onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)} />
  );
}

/** A label's first words name the field; what follows a comma or a colon explains it. */
function labelOf({ label }: Field): { label: string; description?: string } {
  const [, name, rest] = /^(.+?)(?:: |, )(.+)$/.exec(label) ?? [];
  return name && rest ? { label: name, description: rest.charAt(0).toUpperCase() + rest.slice(1) } : { label };
}

interface StructuredFieldProps {
  label: string;
  description?: string;
  required: boolean;
  error: string | undefined;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** Words as tags. */
function ListField({ value, onChange, error, ...common }: StructuredFieldProps) {
  const list = Array.isArray(value) ? value.map(String) : [];
  return (
    <TagsInput
      {...common}
      error={error}
      placeholder="Type, then Enter"
      value={list}
      onChange={(next) => onChange(next.length > 0 ? next : undefined)}
    />
  );
}

/** Anything with parts, as JSON. What cannot be read is sent as it is, so that the service says what is wrong with it. */
function ObjectField({ value, onChange, error, ...common }: StructuredFieldProps) {
  const [text, setText] = useState(() => (value === undefined || value === null ? '' : JSON.stringify(value, null, 2)));
  const change = (next: string) => {
    setText(next);
    onChange(next.trim() === '' ? undefined : readJson(next));
  };
  return (
    <JsonInput
      {...common}
      error={error}
      autosize
      minRows={2}
      maxRows={20}
      formatOnBlur
      validationError="This is not JSON"
      placeholder={'{ … }'}
      value={text}
      onChange={change}
    />
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
