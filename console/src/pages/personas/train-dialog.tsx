import {
  Button,
  Group,
  Modal,
  MultiSelect,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { showProblems } from '../../api/form-problems.ts';
import { queries } from '../../api/queries.ts';
import type { PersonaSet } from '../../api/types/personas.ts';
import { useAction } from '../../api/use-action.ts';
import { Failure } from '../../components/states.tsx';

interface TrainDialogProps {
  opened: boolean;
  onClose: () => void;
  onTrained: (setId: string) => void;
  /** Trains another version of this set. */
  set?: PersonaSet;
}

/** Asks what to learn from, on which traits, how many personas; then starts the training. */
export function TrainDialog({ opened, onClose, onTrained, set }: TrainDialogProps) {
  const cohorts = useQuery({ ...queries.cohorts(), enabled: opened }).data?.items ?? [];
  const traits = useQuery({ ...queries.traits(), enabled: opened }).data?.items ?? [];
  const form = useForm({
    initialValues: {
      name: set?.name ?? '',
      cohortId: set?.cohortId ?? null,
      chosen: set?.traits ? 'chosen' : 'auto',
      traits: set?.traits ?? [],
      count: set ? 'same' : 'auto',
      k: set && set.k !== 'auto' ? set.k : 5,
      excludeProtected: set?.excludeProtected ?? false,
    },
  });
  const train = useAction(
    async (values: typeof form.values) => {
      const wishes = {
        traits: values.chosen === 'chosen' ? values.traits : set ? null : undefined,
        k: values.count === 'same' ? undefined : values.count === 'exact' ? values.k : 'auto',
        excludeProtected: values.excludeProtected,
      };
      if (set) {
        await api.post(`/v1/persona-sets/${set.id}/versions`, wishes);
        return set.id;
      }
      const { name, cohortId } = values;
      return (await api.post<PersonaSet>('/v1/persona-sets', { name, cohortId: cohortId ?? undefined, ...wishes })).id;
    },
    {
      refreshes: ['persona-sets'],
      quiet: true,
      onDone: (id) => {
        onClose();
        onTrained(id);
      },
    },
  );
  const start = form.onSubmit((values) => train.mutate(values, { onError: (error) => showProblems(form, error) }));

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={set ? `Train another version of ${set.name}` : 'Train personas'}
    >
      <form onSubmit={start}>
        <Stack>
          {train.error && <Failure title="This cannot be trained" error={train.error} />}
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
          <div>
            <Text size="sm" fw={500} mb={4} id="train-traits">
              Traits
            </Text>
            <SegmentedControl
              aria-labelledby="train-traits"
              data={[
                { value: 'auto', label: 'Choose for me' },
                { value: 'chosen', label: 'I choose' },
              ]}
              {...form.getInputProps('chosen')}
            />
            {form.values.chosen === 'chosen' && (
              <MultiSelect
                mt="xs"
                aria-label="Traits to cluster on"
                searchable
                clearable
                data={traits.map(({ name }) => name)}
                {...form.getInputProps('traits')}
              />
            )}
          </div>
          <div>
            <Text size="sm" fw={500} mb={4} id="train-count">
              Number of personas
            </Text>
            <Group>
              <SegmentedControl
                aria-labelledby="train-count"
                data={[
                  ...(set ? [{ value: 'same', label: 'As many as now' }] : []),
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
          <Switch
            label="Leave out protected traits, such as age, gender and postal code"
            description="Needed for housing, employment and credit advertising."
            {...form.getInputProps('excludeProtected', { type: 'checkbox' })}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={train.isPending}>
              Start training
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
