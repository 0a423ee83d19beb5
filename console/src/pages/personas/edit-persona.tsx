import {
  Button,
  ColorInput,
  Group,
  Modal,
  SegmentedControl,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../../api/client.ts';
import { showProblems } from '../../api/form-problems.ts';
import type { VersionPersona } from '../../api/types/personas.ts';
import { useAction } from '../../api/use-action.ts';
import { ICONS } from '../../components/persona-avatar.tsx';
import { Failure } from '../../components/states.tsx';

interface EditPersonaProps {
  setId: string;
  persona: VersionPersona | undefined;
  onClose: () => void;
}

/** A persona's name, looks and brief: kept in every version of the set. */
export function EditPersona({ setId, persona, onClose }: EditPersonaProps) {
  const form = useForm({
    initialValues: {
      name: persona?.name ?? '',
      summary: persona?.summary ?? '',
      color: persona?.color ?? '#868e96',
      icon: persona?.icon ?? 'user',
      tone: persona?.tone ?? '',
      offer: persona?.offer ?? '',
      messages: persona?.messages ?? [],
    },
  });
  const save = useAction(
    (values: typeof form.values) =>
      api.patch(`/v1/persona-sets/${setId}/personas/${persona?.key}`, {
        ...values,
        // the summary written by rule follows the data as long as nobody changes it
        summary: values.summary === persona?.summary ? undefined : values.summary || null,
        tone: values.tone || null,
        offer: values.offer || null,
        messages: values.messages.length > 0 ? values.messages : null,
      }),
    { refreshes: ['persona-sets'], done: 'Persona saved.', quiet: true, onDone: onClose },
  );
  const submit = form.onSubmit((values) => save.mutate(values, { onError: (error) => showProblems(form, error) }));
  return (
    <Modal opened={persona !== undefined} onClose={onClose} size="lg" title={`Edit ${persona?.name ?? ''}`}>
      <form onSubmit={submit}>
        <Stack>
          {save.error && <Failure error={save.error} />}
          <TextInput
            label="Name"
            required
            description={`Key: ${persona?.key}, kept for life`}
            {...form.getInputProps('name')}
          />
          <Textarea
            label="Summary"
            description="Empty: written by rule from what marks them."
            autosize
            minRows={2}
            {...form.getInputProps('summary')}
          />
          <Group grow align="flex-start">
            <ColorInput label="Colour" format="hex" {...form.getInputProps('color')} />
            <TextInput label="Tone" placeholder="warm, plain" {...form.getInputProps('tone')} />
          </Group>
          <div>
            <Text size="sm" fw={500} mb={4} id="persona-icon">
              Icon
            </Text>
            <SegmentedControl
              aria-labelledby="persona-icon"
              fullWidth
              data={Object.entries(ICONS).map(([value, Icon]) => ({
                value,
                label: <Icon size={16} aria-label={value} style={{ display: 'block', margin: '2px auto' }} />,
              }))}
              {...form.getInputProps('icon')}
            />
          </div>
          <TextInput label="Offer" placeholder="A second line at half price" {...form.getInputProps('offer')} />
          <TagsInput
            label="Messages"
            description="For creatives, at most 10. Press Enter after each."
            maxTags={10}
            splitChars={[]}
            {...form.getInputProps('messages')}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              Save persona
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
