import { Button, Divider, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { fieldsOf } from '../../api/problem.ts';
import type { Delivery } from '../../api/types/deliveries.ts';
import { useAction } from '../../api/use-action.ts';
import { Failure } from '../../components/states.tsx';
import { CreativeOptions } from './creative-options.tsx';
import { GuardFields, ScheduleFields } from './rule-fields.tsx';
import { creativesOrNone, NO_CREATIVES, NO_SCHEDULE, scheduleOrNone } from './rules.ts';

/** Changes a delivery's name, creatives, guards and schedule. */
export function EditRules({ delivery }: { delivery: Delivery }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" size="xs" leftSection={<IconPencil size={14} />} onClick={open}>
        Edit guards and schedule
      </Button>
      <Modal opened={opened} onClose={close} title="Guards and schedule" size="xl">
        <RulesForm delivery={delivery} onDone={close} />
      </Modal>
    </>
  );
}

function RulesForm({ delivery, onDone }: { delivery: Delivery; onDone: () => void }) {
  const [name, setName] = useState(delivery.name);
  const [guards, setGuards] = useState(delivery.guards);
  const [schedule, setSchedule] = useState(delivery.schedule ?? NO_SCHEDULE);
  const [creatives, setCreatives] = useState(delivery.creatives ?? NO_CREATIVES);
  const save = useAction(
    () =>
      api.patch(`/v1/deliveries/${delivery.id}`, {
        name,
        guards,
        creatives: creativesOrNone(creatives),
        schedule: scheduleOrNone(schedule),
      }),
    { refreshes: ['deliveries'], done: 'Delivery saved.', quiet: true, onDone },
  );
  const problemOf = (field: string) => fieldsOf(save.error).find(({ path }) => path === field)?.message;
  return (
    <Stack>
      {save.error && <Failure title="This was refused" error={save.error} />}
      <TextInput
        label="Name of the delivery"
        required
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={problemOf('name')}
      />
      <Divider label="Creatives" labelPosition="left" />
      <CreativeOptions
        value={creatives}
        change={(part) => setCreatives((old) => ({ ...old, ...part }))}
        problemOf={problemOf}
      />
      <Divider label="Guards" labelPosition="left" />
      <GuardFields value={guards} change={(part) => setGuards((old) => ({ ...old, ...part }))} problemOf={problemOf} />
      <Divider label="Schedule" labelPosition="left" />
      <ScheduleFields
        value={schedule}
        change={(part) => setSchedule((old) => ({ ...old, ...part }))}
        problemOf={problemOf}
      />
      <Group justify="flex-end">
        <Button loading={save.isPending} disabled={name.trim() === ''} onClick={() => save.mutate()}>
          Save delivery
        </Button>
      </Group>
    </Stack>
  );
}
