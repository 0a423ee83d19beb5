import { Button, Group, List, Modal, Radio, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { Dataset, DatasetDeletion } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { number } from '../../app/format.ts';
import { Answer, Failure } from '../../components/states.tsx';

type Choice = 'keep' | 'delete';

/** Asks what happens to the contacts of a dataset, and shows how many would be deleted. */
export function DeleteDataset({ dataset, onClose }: { dataset: Dataset; onClose: () => void }) {
  const navigate = useNavigate();
  const [choice, setChoice] = useState<Choice>('keep');
  const preview = useQuery(queries.datasetDeletion(dataset.id));
  const remove = useAction(() => api.remove(`/v1/datasets/${dataset.id}?contacts=${choice}`), {
    refreshes: ['datasets', 'contacts', 'cohorts', 'audiences'],
    done: `${dataset.name} was deleted.`,
    onDone: () => navigate('/datasets'),
    quiet: true,
  });
  return (
    <Modal opened onClose={onClose} title={`Delete ${dataset.name}?`} size="lg">
      <Stack>
        {remove.error && <Failure error={remove.error} />}
        <Text size="sm">The dataset, its file and its list of rejected rows are deleted. This cannot be undone.</Text>
        <Radio.Group
          label="Contacts of this dataset"
          value={choice}
          onChange={(value) => setChoice(value === 'delete' ? 'delete' : 'keep')}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="keep" label="Keep contacts, traits and events" />
            <Radio value="delete" label="Delete what only this dataset added" />
          </Stack>
        </Radio.Group>
        {choice === 'delete' && <Answer of={preview}>{(counts) => <Counts of={counts} />}</Answer>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color="red"
            loading={remove.isPending}
            disabled={choice === 'delete' && !preview.data}
            onClick={() => remove.mutate()}
          >
            Delete dataset
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Counts({ of: { contacts, events, traits, traitsInUse } }: { of: DatasetDeletion }) {
  const shared = contacts.kept - contacts.unsubscribed;
  return (
    <List size="sm">
      <List.Item>
        <b>{number(contacts.deleted)} contacts</b> are deleted and leave every audience with the next run.
        {shared > 0 && ` ${number(shared)} stay because another source added them too.`}
        {contacts.unsubscribed > 0 &&
          ` ${number(contacts.unsubscribed)} stay because they unsubscribed: no later file can subscribe them again.`}
      </List.Item>
      <List.Item>
        <b>{number(events)} events</b> are deleted.
      </List.Item>
      <List.Item>
        <b>{number(traits.length)} traits</b> are deleted with their values
        {traits.length > 0 && `: ${traits.map(({ name }) => name).join(', ')}`}.
      </List.Item>
      {traitsInUse.map(({ name, usedBy }) => (
        <List.Item key={name}>
          <b>{name}</b> stays because it is used by {usedBy.map((user) => `${user.kind} “${user.name}”`).join(', ')}.
        </List.Item>
      ))}
    </List>
  );
}
