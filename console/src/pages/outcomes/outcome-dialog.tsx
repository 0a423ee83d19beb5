import { Button, Group, Modal, MultiSelect, SegmentedControl, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { showProblems } from '../../api/form-problems.ts';
import { queries } from '../../api/queries.ts';
import type { Outcome } from '../../api/types/outcomes.ts';
import { useAction } from '../../api/use-action.ts';
import { Failure } from '../../components/states.tsx';
import { AttainedFields } from './attained-fields.tsx';
import { definitionOf, draftOf, type OutcomeDraft, wishesOf } from './outcome-draft.ts';

interface OutcomeDialogProps {
  opened: boolean;
  onClose: () => void;
  onTrained: (outcomeId: string) => void;
  /** Trains another version of this outcome. */
  outcome?: Outcome;
}

/** Asks what is to be predicted and what to learn from; then starts the training. */
export function OutcomeDialog({ opened, onClose, onTrained, outcome }: OutcomeDialogProps) {
  const traits = useQuery({ ...queries.traits(), enabled: opened }).data?.items ?? [];
  const form = useForm<OutcomeDraft>({ initialValues: draftOf(outcome) });
  const train = useAction(
    async (draft: OutcomeDraft) => {
      if (outcome) {
        await api.post(`/v1/outcomes/${outcome.id}/versions`, wishesOf(draft));
        return outcome.id;
      }
      return (await api.post<Outcome>('/v1/outcomes', { ...definitionOf(draft), ...wishesOf(draft) })).id;
    },
    {
      refreshes: ['outcomes'],
      quiet: true,
      onDone: (id) => {
        onClose();
        onTrained(id);
      },
    },
  );
  const start = form.onSubmit((draft) => train.mutate(draft, { onError: (error) => showProblems(form, error) }));
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={outcome ? `Train another version of ${outcome.name}` : 'New outcome'}
    >
      <form onSubmit={start}>
        <Stack>
          {train.error && <Failure title="This cannot be trained" error={train.error} />}
          {!outcome && (
            <>
              <TextInput
                label="Name"
                required
                data-autofocus
                placeholder="Will churn"
                {...form.getInputProps('name')}
              />
              <AttainedFields form={form} enabled={opened} />
            </>
          )}
          <div>
            <Text size="sm" fw={500} mb={4} id="outcome-traits">
              Traits
            </Text>
            <SegmentedControl
              aria-labelledby="outcome-traits"
              data={[
                { value: 'auto', label: 'Choose for me' },
                { value: 'chosen', label: 'I choose' },
              ]}
              {...form.getInputProps('chosen')}
            />
            {form.values.chosen === 'chosen' && (
              <MultiSelect
                mt="xs"
                aria-label="Traits to learn from"
                searchable
                clearable
                data={traits.map(({ name }) => name)}
                {...form.getInputProps('traits')}
              />
            )}
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
