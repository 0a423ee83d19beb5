import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { Dataset, DatasetDeletion } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { number, plural } from '../../app/format.ts';
import { Answer, Failure } from '../../components/states.tsx';

/** What can be done with a dataset as a whole. */
export function DatasetActions({ dataset }: { dataset: Dataset }) {
  return (
    <Group gap="xs">
      <RenameDataset dataset={dataset} />
      <DeleteDataset dataset={dataset} />
    </Group>
  );
}

export function CancelImport({ dataset }: { dataset: Dataset }) {
  const cancel = useAction(() => api.post(`/v1/datasets/${dataset.id}/cancel`), {
    refreshes: ['datasets'],
    done: 'The import was cancelled.',
  });
  return (
    <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
      Cancel import
    </Button>
  );
}

function RenameDataset({ dataset }: { dataset: Dataset }) {
  const [opened, { open, close }] = useDisclosure();
  const [name, setName] = useState(dataset.name);
  const rename = useAction(() => api.patch(`/v1/datasets/${dataset.id}`, { name }), {
    refreshes: ['datasets'],
    done: 'Dataset renamed.',
    quiet: true,
    onDone: close,
  });
  return (
    <>
      <Button variant="default" onClick={open}>
        Rename
      </Button>
      <Modal opened={opened} onClose={close} title="Rename dataset">
        <Stack>
          {rename.error && <Failure error={rename.error} />}
          <TextInput label="Name" value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} />
          <Group justify="flex-end">
            <Button loading={rename.isPending} onClick={() => rename.mutate()}>
              Rename
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

function DeleteDataset({ dataset }: { dataset: Dataset }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" color="red" onClick={open}>
        Delete
      </Button>
      <Modal opened={opened} onClose={close} title={`Delete ${dataset.name}`}>
        {opened && <DeletionChoice dataset={dataset} />}
      </Modal>
    </>
  );
}

/** Whether the contacts that only this dataset brought stay, with the numbers of what would go. */
function DeletionChoice({ dataset }: { dataset: Dataset }) {
  const navigate = useNavigate();
  const [contacts, setContacts] = useState<'keep' | 'delete'>('keep');
  const deletion = useQuery(queries.datasetDeletion(dataset.id));
  const remove = useAction(() => api.remove(`/v1/datasets/${dataset.id}?contacts=${contacts}`), {
    refreshes: ['datasets', 'contacts', 'cohorts', 'audiences'],
    done: 'Dataset deleted.',
    quiet: true,
    onDone: () => navigate('/datasets'),
  });
  return (
    <Stack>
      {remove.error && <Failure error={remove.error} />}
      <Radio.Group value={contacts} onChange={(chosen) => setContacts(chosen as typeof contacts)}>
        <Stack gap="xs">
          <Radio value="keep" label="Keep its contacts and their values" />
          <Radio value="delete" label="Also delete the contacts and values that only this dataset brought" />
        </Stack>
      </Radio.Group>
      {contacts === 'delete' && <Answer of={deletion}>{(found) => <WhatGoes deletion={found} />}</Answer>}
      <Group justify="flex-end">
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          Delete dataset
        </Button>
      </Group>
    </Stack>
  );
}

function WhatGoes({ deletion: { contacts, values, events } }: { deletion: DatasetDeletion }) {
  return (
    <Text size="sm">
      {plural(contacts, 'contact')}, {number(values)} trait values of other contacts and {plural(events, 'event')} will
      be deleted. The next run of each delivery removes those contacts from its audience.
    </Text>
  );
}
