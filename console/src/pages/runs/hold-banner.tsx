import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { IconCheck, IconHandStop, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { Hold, Run } from '../../api/types/deliveries.ts';
import { useAction } from '../../api/use-action.ts';
import { HoldReasons } from '../../components/hold-reasons.tsx';
import { Ago } from '../../components/time.tsx';

/** Why the run was held, and what a person decided or is to decide. */
export function HoldBanner({ run, hold }: { run: Run; hold: Hold }) {
  const waits = run.status === 'held';
  return (
    <Alert
      color={waits ? 'orange' : 'gray'}
      icon={<IconHandStop />}
      role={waits ? 'alert' : 'note'}
      title={waits ? 'This run is held: nothing is sent until you decide' : 'This run was held'}
    >
      <Stack gap="sm">
        <HoldReasons reasons={hold.reasons} />
        {waits ? <Decide runId={run.id} expiresAt={hold.expiresAt} /> : <Outcome hold={hold} />}
      </Stack>
    </Alert>
  );
}

function Decide({ runId, expiresAt }: { runId: string; expiresAt: string }) {
  const [note, setNote] = useState('');
  const decide = useAction((verb: 'approve' | 'reject') => api.post(`/v1/runs/${runId}/${verb}`, { note }), {
    refreshes: ['runs', 'alerts'],
  });
  return (
    <>
      <Text size="sm">
        Without a decision it expires <Ago at={expiresAt} />, and nothing is sent.
      </Text>
      <Textarea
        label="Note"
        placeholder="Why, for the record"
        maxLength={1000}
        maw={560}
        autosize
        value={note}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
      />
      <Group gap="xs">
        <Button
          leftSection={<IconCheck size={16} />}
          loading={decide.isPending && decide.variables === 'approve'}
          disabled={decide.isPending}
          onClick={() => decide.mutate('approve')}
        >
          Approve and send
        </Button>
        <Button
          color="red"
          variant="light"
          leftSection={<IconX size={16} />}
          loading={decide.isPending && decide.variables === 'reject'}
          disabled={decide.isPending}
          onClick={() => decide.mutate('reject')}
        >
          Reject
        </Button>
      </Group>
    </>
  );
}

function Outcome({ hold: { decision } }: { hold: Hold }) {
  if (!decision) return <Text size="sm">Nobody approved it; nothing was sent.</Text>;
  return (
    <Text size="sm">
      <b>
        {decision.approved ? 'Approved' : 'Rejected'} by {decision.by}
      </b>{' '}
      <Ago at={decision.at} />
      {decision.note && `: ${decision.note}`}
    </Text>
  );
}
