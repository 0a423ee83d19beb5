import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Dataset } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { Failure } from '../../components/states.tsx';

export function RenameDataset({ dataset, onClose }: { dataset: Dataset; onClose: () => void }) {
  const [name, setName] = useState(dataset.name);
  const save = useAction(() => api.patch<Dataset>(`/v1/datasets/${dataset.id}`, { name }), {
    refreshes: ['datasets'],
    done: 'Dataset renamed.',
    onDone: onClose,
    quiet: true,
  });
  return (
    <Modal opened onClose={onClose} title="Rename dataset">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          {save.error && <Failure error={save.error} />}
          <TextInput
            label="Name"
            value={name}
            maxLength={200}
            data-autofocus
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
