import { Group, SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { OutcomeDraft } from './outcome-draft.ts';

/** Who could attain the outcome, who did, and who is known to be lost. */
export function AttainedFields({ form, enabled }: { form: UseFormReturnType<OutcomeDraft>; enabled: boolean }) {
  const cohorts = useQuery({ ...queries.cohorts(), enabled }).data?.items ?? [];
  const streams = useQuery({ ...queries.streams(), enabled }).data?.items ?? [];
  const choices = cohorts.map(({ id, name }) => ({ value: id, label: name }));
  const { errors } = form;
  return (
    <>
      <Select
        label="Who could attain it"
        clearable
        searchable
        placeholder="Every contact"
        data={choices}
        {...form.getInputProps('eligible')}
      />
      <div>
        <Text size="sm" fw={500} mb={4} id="outcome-attained">
          Who attained it
        </Text>
        <SegmentedControl
          aria-labelledby="outcome-attained"
          mb="xs"
          data={[
            { value: 'cohort', label: 'Those in a cohort' },
            { value: 'event', label: 'Those with an event in a window' },
          ]}
          {...form.getInputProps('by')}
        />
        {form.values.by === 'cohort' ? (
          <Select
            aria-label="Attained cohort"
            searchable
            placeholder="Choose a cohort"
            description="At least 100 contacts in it, and 100 outside of it."
            data={choices}
            {...form.getInputProps('attained')}
          />
        ) : (
          <>
            <Group grow align="flex-start" gap="sm">
              <Select
                label="Event"
                searchable
                data={streams.map(({ stream }) => stream)}
                {...form.getInputProps('event')}
                error={errors['attainedEvent.event'] ?? errors.attainedEvent}
              />
              <TextInput
                label="From"
                type="date"
                {...form.getInputProps('from')}
                error={errors['attainedEvent.within.from'] ?? errors['attainedEvent.within']}
              />
              <TextInput
                label="Until"
                type="date"
                {...form.getInputProps('to')}
                error={errors['attainedEvent.within.to']}
              />
            </Group>
            <Text size="xs" c="dimmed" mt={4}>
              Traits made of events and ages of dates are read as of the first day, so that nothing is learnt from what
              came after it.
            </Text>
          </>
        )}
      </div>
      <Select
        label="Who is known to be lost"
        description="With it, they alone are the counter-examples, and who is undecided is not learnt from."
        clearable
        searchable
        placeholder="Everybody else who could have"
        data={choices}
        {...form.getInputProps('attrition')}
      />
    </>
  );
}
