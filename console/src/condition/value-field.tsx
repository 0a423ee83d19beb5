import { Group, NativeSelect, NumberInput, TagsInput, Text, TextInput } from '@mantine/core';
import type { TraitType } from '../api/types/common.ts';
import type { Duration, Unit } from '../api/types/condition.ts';
import { type Operand, UNITS } from './operators.ts';

interface ValueFieldProps {
  type: TraitType;
  operand: Operand;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** The input that an operator on a type needs. */
export function ValueField({ type, operand, value, onChange }: ValueFieldProps) {
  if (operand === 'none') return null;
  if (operand === 'duration') return <DurationField value={value as Duration} onChange={onChange} />;
  if (operand === 'list') {
    const list = Array.isArray(value) ? value.map(String) : [];
    return (
      <TagsInput
        size="xs"
        miw={200}
        aria-label="Values"
        placeholder="Type a value, then Enter"
        value={list}
        onChange={(values) => onChange(type === 'number' ? values.map(Number).filter(Number.isFinite) : values)}
      />
    );
  }
  if (operand === 'range') {
    const [from, to] = Array.isArray(value) ? (value as unknown[]) : [];
    return (
      <Group gap={6} wrap="nowrap">
        <OneField type={type} label="From" value={from} onChange={(next) => onChange([next, to])} />
        <Text size="xs">and</Text>
        <OneField type={type} label="To" value={to} onChange={(next) => onChange([from, next])} />
      </Group>
    );
  }
  return <OneField type={type} label="Value" value={value} onChange={onChange} />;
}

interface OneFieldProps {
  type: TraitType;
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
}

function OneField({ type, label, value, onChange }: OneFieldProps) {
  if (type === 'number') return <NumberField label={label} value={value} onChange={onChange} />;
  if (type === 'boolean') {
    return (
      <NativeSelect
        size="xs"
        aria-label={label}
        value={String(value)}
        onChange={({ currentTarget }) => onChange(currentTarget.value === 'true')}
        data={[
          { value: 'true', label: 'yes' },
          { value: 'false', label: 'no' },
        ]}
      />
    );
  }
  // relative days, such as {"ago": {"days": 30}}, are written in the JSON tab and kept here
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  return (
    <TextInput
      size="xs"
      aria-label={label}
      type={type === 'date' && typeof value !== 'object' ? 'date' : 'text'}
      readOnly={typeof value === 'object' && value !== null}
      value={text}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

export function NumberField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: unknown;
  onChange: (value: number) => void;
}) {
  return (
    <NumberInput
      size="xs"
      w={96}
      aria-label={label}
      thousandSeparator=","
      value={typeof value === 'number' ? value : ''}
      onChange={(next) => typeof next === 'number' && onChange(next)}
    />
  );
}

export function DurationField({ value, onChange }: { value: Duration; onChange: (value: Duration) => void }) {
  const unit = UNITS.find((each) => value?.[each] !== undefined) ?? 'days';
  const amount = value?.[unit] ?? 30;
  return (
    <Group gap={6} wrap="nowrap">
      <NumberField label="Amount" value={amount} onChange={(next) => onChange({ [unit]: next })} />
      <NativeSelect
        size="xs"
        aria-label="Unit"
        value={unit}
        onChange={({ currentTarget }) => onChange({ [currentTarget.value as Unit]: amount })}
        data={UNITS}
      />
    </Group>
  );
}
