import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { fieldsOf } from '../../api/problem.ts';
import type { Monitor } from '../../api/types/inform.ts';
import { useAction } from '../../api/use-action.ts';
import { Failure } from '../../components/states.tsx';
import { bodyOf, changesOf, type Draft, draftOf, isWhole } from './draft.ts';
import { MonitorFields } from './monitor-fields.tsx';

/** Paths that an input of the form shows. */
const SHOWN =
  /^(name|cohortId|connectionId|personaSetId|driftLimit|schedule\.(cron|timeZone)|outcomes(\[\d+\]\.(outcomeId|as|bands(\[\d+\](\.(name|from))?)?))?)$/;

/** A new monitor, or what can be changed of one. */
export function MonitorForm({ monitor, onDone }: { monitor?: Monitor; onDone: (saved: Monitor) => void }) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(monitor));
  const save = useAction(
    () =>
      monitor
        ? api.patch<Monitor>(`/v1/monitors/${monitor.id}`, changesOf(draft))
        : api.post<Monitor>('/v1/monitors', bodyOf(draft)),
    { refreshes: ['monitors'], done: 'Monitor saved.', quiet: true, onDone },
  );
  // what was refused is no longer true of what is edited
  const change = (part: Partial<Draft>) => {
    save.reset();
    setDraft((old) => ({ ...old, ...part }));
  };
  const problems = fieldsOf(save.error);
  const problemOf = (field: string) => problems.find(({ path }) => path === field)?.message;
  return (
    <Stack maw={860}>
      <MonitorFields draft={draft} change={change} problemOf={problemOf} isNew={!monitor} />
      {monitor && (
        <Text size="sm" c="dimmed">
          With other personas or bands, the next run tells everyone who is in another one, and drift is measured from it
          on.
        </Text>
      )}
      {save.error && !(problems.length > 0 && problems.every(({ path }) => SHOWN.test(path))) && (
        <Failure error={save.error} />
      )}
      <Group>
        <Button loading={save.isPending} disabled={!isWhole(draft)} onClick={() => save.mutate()}>
          {monitor ? 'Save monitor' : 'Create monitor'}
        </Button>
      </Group>
    </Stack>
  );
}
