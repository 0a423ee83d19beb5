import { MultiSelect, SegmentedControl, Switch, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { queries } from '../api/queries.ts';
import { traitOptions } from './trait-options.ts';

/** What a training may learn from, while it is chosen. */
export interface TraitWishes extends Record<string, unknown> {
  chosen: 'auto' | 'chosen';
  traits: string[];
  excludeProtected: boolean;
}

/** The wishes that something was trained with last. */
export const traitWishesOf = (last?: { traits: string[] | null; excludeProtected: boolean }): TraitWishes => ({
  chosen: last?.traits ? 'chosen' : 'auto',
  traits: last?.traits ?? [],
  excludeProtected: last?.excludeProtected ?? false,
});

interface FieldProps<Draft extends TraitWishes> {
  form: UseFormReturnType<Draft>;
}

/** Which traits are learnt from: those that fit, or those that a person names. */
export function TraitChoice<Draft extends TraitWishes>({
  form,
  'aria-label': label,
}: FieldProps<Draft> & { 'aria-label': string }) {
  const traits = useQuery(queries.traits()).data?.items ?? [];
  const id = useId();
  return (
    <div>
      <Text size="sm" fw={500} mb={4} id={id}>
        Traits
      </Text>
      <SegmentedControl
        aria-labelledby={id}
        data={[
          { value: 'auto', label: 'Choose for me' },
          { value: 'chosen', label: 'I choose' },
        ]}
        {...form.getInputProps('chosen')}
      />
      {form.values.chosen === 'chosen' && (
        <MultiSelect
          mt="xs"
          aria-label={label}
          searchable
          clearable
          data={traitOptions(traits)}
          {...form.getInputProps('traits')}
        />
      )}
    </div>
  );
}

export function WithoutProtected<Draft extends TraitWishes>({ form }: FieldProps<Draft>) {
  return (
    <Switch
      label="Leave out protected traits, such as age, gender and postal code"
      description="Needed for housing, employment and credit advertising."
      {...form.getInputProps('excludeProtected', { type: 'checkbox' })}
    />
  );
}
