import { Group, NumberInput, SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { PersonaSet } from '../../api/types/personas.ts';
import { TrainingDialog, type TrainingProps } from '../../components/training-dialog.tsx';
import { TraitChoice, type TraitWishes, traitWishesOf, WithoutProtected } from '../../components/trait-choice.tsx';

interface TrainDialogProps extends TrainingProps {
  /** Trains another version of this set. */
  set?: PersonaSet;
}

interface Draft extends TraitWishes {
  name: string;
  cohortId: string | null;
  count: 'same' | 'auto' | 'exact';
  k: number;
}

/** Asks what to learn from, on which traits, how many personas; then starts the training. */
export function TrainDialog({ set, ...props }: TrainDialogProps) {
  const cohorts = useQuery({ ...queries.cohorts(), enabled: props.opened }).data?.items ?? [];
  const form = useForm<Draft>({
    initialValues: {
      name: set?.name ?? '',
      cohortId: set?.cohortId ?? null,
      ...traitWishesOf(set),
      count: set ? 'same' : 'auto',
      k: set && set.k !== 'auto' ? set.k : 5,
    },
  });
  return (
    <TrainingDialog
      title="Train personas"
      resource="persona-sets"
      of={set}
      form={form}
      definition={({ name, cohortId }) => ({ name, cohortId: cohortId ?? undefined })}
      wishes={({ chosen, traits, count, k, excludeProtected }) => ({
        traits: chosen === 'chosen' ? traits : set ? null : undefined,
        k: count === 'same' ? undefined : count === 'exact' ? k : 'auto',
        excludeProtected,
      })}
      {...props}
    >
      {!set && (
        <>
          <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
          <Select
            label="Learn from"
            clearable
            placeholder="Every contact"
            data={cohorts.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('cohortId')}
          />
        </>
      )}
      <TraitChoice form={form} aria-label="Traits to cluster on" />
      <CountChoice form={form} again={set !== undefined} />
      <WithoutProtected form={form} />
    </TrainingDialog>
  );
}

function CountChoice({ form, again }: { form: UseFormReturnType<Draft>; again: boolean }) {
  return (
    <div>
      <Text size="sm" fw={500} mb={4} id="train-count">
        Number of personas
      </Text>
      <Group>
        <SegmentedControl
          aria-labelledby="train-count"
          data={[
            ...(again ? [{ value: 'same', label: 'As many as now' }] : []),
            { value: 'auto', label: 'What the data supports' },
            { value: 'exact', label: 'Exactly' },
          ]}
          {...form.getInputProps('count')}
        />
        {form.values.count === 'exact' && (
          <NumberInput w={90} min={2} max={20} aria-label="Number of personas" {...form.getInputProps('k')} />
        )}
      </Group>
    </div>
  );
}
