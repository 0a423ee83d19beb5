import { Button, Group, Modal, MultiSelect, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api } from '../../api/client.ts';
import { showProblems } from '../../api/form-problems.ts';
import type { VersionPersona, VersionSummary } from '../../api/types/personas.ts';
import { useAction } from '../../api/use-action.ts';
import { number } from '../../app/format.ts';
import { Failure } from '../../components/states.tsx';

interface DialogProps {
  setId: string;
  version: { version: number; personas: VersionPersona[] };
  opened: boolean;
  onClose: () => void;
  /** Called once the draft that the change makes is under way. */
  onStarted: () => void;
}

const options = (personas: VersionPersona[]) =>
  personas.map(({ key, name, size, pinned }) => ({ value: key, label: `${name} (${number(size)})`, disabled: pinned }));

/** Makes one persona of several, as a draft. */
export function MergeDialog({ setId, version, opened, onClose, onStarted }: DialogProps) {
  const form = useForm({ initialValues: { keys: [] as string[], into: null as string | null } });
  const merge = useAction(
    (body: typeof form.values) =>
      api.post<VersionSummary>(`/v1/persona-sets/${setId}/versions/${version.version}/merge`, body),
    {
      refreshes: ['persona-sets'],
      done: ({ version: draft }) => `Version ${draft} is being made.`,
      quiet: true,
      onDone: () => {
        form.reset();
        onClose();
        onStarted();
      },
    },
  );
  const chosen = version.personas.filter(({ key }) => form.values.keys.includes(key));
  return (
    <Modal opened={opened} onClose={onClose} title={`Merge personas of version ${version.version}`} size="lg">
      <form onSubmit={form.onSubmit((body) => merge.mutate(body, { onError: (error) => showProblems(form, error) }))}>
        <Stack>
          {merge.error && <Failure error={merge.error} />}
          <MultiSelect
            label="Personas that become one"
            required
            searchable
            data={options(version.personas)}
            {...form.getInputProps('keys')}
          />
          <Select
            label="Whose key, name, brief and remote audience stay"
            required
            data={options(chosen)}
            disabled={chosen.length < 2}
            {...form.getInputProps('into')}
          />
          <Text size="sm" c="dimmed">
            A draft is made; version {version.version} stays as it is. Once it is published, the next run adds everyone
            to the list that stays, then empties the others and says so in their names.
          </Text>
          <Buttons verb="Make draft" busy={merge.isPending} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}

/** Makes several personas of one, as a draft. */
export function SplitDialog({
  persona,
  ...props
}: Omit<DialogProps, 'opened'> & { persona: VersionPersona | undefined }) {
  const { setId, version, onClose, onStarted } = props;
  const form = useForm({ initialValues: { parts: 2 } });
  const split = useAction(
    ({ parts }: typeof form.values) =>
      api.post<VersionSummary>(`/v1/persona-sets/${setId}/versions/${version.version}/split`, {
        key: persona?.key,
        parts,
      }),
    {
      refreshes: ['persona-sets'],
      done: ({ version: draft }) => `Version ${draft} is being made.`,
      quiet: true,
      onDone: () => {
        onClose();
        onStarted();
      },
    },
  );
  return (
    <Modal opened={persona !== undefined} onClose={onClose} title={`Split ${persona?.name ?? ''}`}>
      <form onSubmit={form.onSubmit((body) => split.mutate(body, { onError: (error) => showProblems(form, error) }))}>
        <Stack>
          {split.error && <Failure error={split.error} />}
          <NumberInput label="Parts" required min={2} max={10} w={120} {...form.getInputProps('parts')} />
          <Text size="sm" c="dimmed">
            A draft is made; version {version.version} stays as it is. The largest part keeps the key, the brief and the
            remote audience; the others are new.
          </Text>
          <Buttons verb="Make draft" busy={split.isPending} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}

function Buttons({ verb, busy, onClose }: { verb: string; busy: boolean; onClose: () => void }) {
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
      <Button type="submit" loading={busy}>
        {verb}
      </Button>
    </Group>
  );
}
