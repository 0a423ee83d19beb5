import { TextInput } from '@mantine/core';

/** A day; an empty or half-typed one is not taken over. */
export function DayInput({
  label,
  value,
  min,
  max,
  onChange,
}: {
  label: string;
  value: string;
  min?: string;
  max?: string;
  onChange: (day: string) => void;
}) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value}
      min={min ?? '1970-01-01'}
      max={max ?? '2199-12-31'}
      onChange={({ currentTarget }) =>
        currentTarget.value && currentTarget.validity.valid && onChange(currentTarget.value)
      }
    />
  );
}
