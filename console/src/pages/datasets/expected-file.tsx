import { Button, Group, Modal, NumberInput, Select, Stack } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Dataset } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { Failure } from '../../components/states.tsx';

const DAY = 24;
const CUSTOM = 'custom';
const INTERVALS = [
  { value: '0', label: 'No schedule' },
  { value: '1', label: 'Every hour' },
  { value: String(DAY), label: 'Every day' },
  { value: String(7 * DAY), label: 'Every week' },
  { value: String(31 * DAY), label: 'Every month' },
  { value: CUSTOM, label: 'Custom' },
];

/** Sets how often a new file of the dataset is expected. An alert is raised when one is late. */
export function ExpectedFile({ dataset, onClose }: { dataset: Dataset; onClose: () => void }) {
  const [hours, setHours] = useState(dataset.expectEveryHours ?? 0);
  const [interval, setChoice] = useState(() => intervalOf(hours));
  const save = useAction(
    () => api.patch<Dataset>(`/v1/datasets/${dataset.id}`, { expectEveryHours: hours === 0 ? null : hours }),
    { refreshes: ['datasets'], done: 'Saved.', onDone: onClose, quiet: true },
  );
  const choose = (value: string) => {
    setChoice(value);
    if (value !== CUSTOM) setHours(Number(value));
  };
  return (
    <Modal opened onClose={onClose} title="Expected file">
      <Stack>
        {save.error && <Failure error={save.error} />}
        <Select
          label="New file expected"
          description="You get an alert when the next file is late."
          data={INTERVALS}
          value={interval}
          allowDeselect={false}
          onChange={(value) => value !== null && choose(value)}
        />
        {interval === CUSTOM && (
          <NumberInput
            label="Hours"
            min={1}
            max={8784}
            allowDecimal={false}
            value={hours || ''}
            onChange={(value) => setHours(Number(value))}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={save.isPending} disabled={interval === CUSTOM && hours < 1} onClick={() => save.mutate()}>
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const intervalOf = (hours: number): string =>
  INTERVALS.some(({ value }) => value === String(hours)) ? String(hours) : CUSTOM;
