import { Group, MultiSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import { Section } from '../../components/page.tsx';
import type { Draft } from './draft.ts';

/** Channels beside the types of destinations. */
export const OTHER_CHANNELS = ['mail', 'email', 'sms', 'display'];

interface CreativeFieldsProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  problemOf: (field: string) => string | undefined;
}

/** What is said, where, and when. */
export function CreativeFields({ draft, change, problemOf }: CreativeFieldsProps) {
  const destinations = useQuery(queries.destinations()).data?.items ?? [];
  const text = (field: 'name' | 'headline' | 'body' | 'imageUrl' | 'callToAction' | 'linkUrl') => ({
    value: draft[field],
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => change({ [field]: currentTarget.value }),
    error: problemOf(field),
  });
  const day = (field: 'activeFrom' | 'activeUntil') => ({
    type: 'date',
    value: draft[field].slice(0, 10),
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) => change({ [field]: currentTarget.value }),
    error: problemOf(field),
  });
  return (
    <Section title="What it says">
      <Stack>
        <TextInput label="Name" required description="For you; never shown in an ad." {...text('name')} />
        <TextInput label="Headline" required maxLength={255} {...text('headline')} />
        <Textarea label="Body" autosize minRows={2} {...text('body')} />
        <Group grow align="flex-start">
          <TextInput label="Image" placeholder="https://cdn.example.com/image.jpg" {...text('imageUrl')} />
          <TextInput label="Link" placeholder="https://www.example.com/offer" {...text('linkUrl')} />
        </Group>
        <TextInput label="Call to action" placeholder="Add a line" maxLength={80} maw={320} {...text('callToAction')} />
        <MultiSelect
          label="Channels"
          placeholder={draft.channels.length === 0 ? 'Every channel' : undefined}
          searchable
          value={draft.channels}
          onChange={(channels) => change({ channels })}
          data={[...destinations.map(({ type, title }) => ({ value: type, label: title })), ...OTHER_CHANNELS]}
          error={problemOf('channels')}
        />
        <Group grow align="flex-start">
          <TextInput label="Active from" description="From the start of the day in UTC." {...day('activeFrom')} />
          <TextInput label="Until" description="Not on that day any more." {...day('activeUntil')} />
        </Group>
      </Stack>
    </Section>
  );
}
