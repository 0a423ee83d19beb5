import { Alert, Button, Group, Modal, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { TraitType } from '../../api/types/common.ts';
import type { TraitDetails } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { number } from '../../app/format.ts';
import { pathOf } from './words.ts';

const TYPES: TraitType[] = ['number', 'category', 'boolean', 'date'];

type Changed = TraitDetails & { values?: { converted: number; dropped: number } };

/** Renames, retypes and describes a trait. */
export function EditTrait({ trait, onClose }: { trait: TraitDetails; onClose: () => void }) {
  const [draft, setDraft] = useState({ name: trait.name, type: trait.type, description: trait.description });
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const save = useAction(() => api.patch<Changed>(pathOf(trait.name), changesOf(trait, draft)), {
    refreshes: ['contacts', 'cohorts', 'audiences', 'persona-sets', 'outcomes', 'creatives', 'deliveries', 'datasets'],
    done: ({ name, values }) =>
      values ? `${name}: ${number(values.converted)} values converted, ${number(values.dropped)} deleted.` : 'Saved.',
    onDone: onClose,
    quiet: true,
  });
  return (
    <Modal opened onClose={onClose} title={`Edit ${trait.name}`}>
      <Stack>
        {save.error && <Alert color="red">{save.error.message}</Alert>}
        <TextInput
          label="Name"
          description="Stored values, conditions, personas and outcomes use the new name, too."
          value={draft.name}
          onChange={({ currentTarget }) => change({ name: currentTarget.value })}
        />
        <NativeSelect
          label="Type"
          description="Values that fit the new type are converted. The others are deleted and counted."
          value={draft.type}
          onChange={({ currentTarget }) => change({ type: currentTarget.value as TraitType })}
          data={TYPES}
        />
        <Textarea
          label="Description"
          value={draft.description}
          onChange={({ currentTarget }) => change({ description: currentTarget.value })}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={save.isPending} disabled={draft.name.trim() === ''} onClick={() => save.mutate()}>
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Only the changed fields: an unchanged type or name must not be checked against the uses of the trait. */
function changesOf(trait: TraitDetails, draft: { name: string; type: TraitType; description: string }) {
  return {
    ...(draft.name !== trait.name && { name: draft.name.trim() }),
    ...(draft.type !== trait.type && { type: draft.type }),
    ...(draft.description !== trait.description && { description: draft.description }),
  };
}
