import { Accordion, Badge, Button, Code, Group, type MantineColor, Table, Text } from '@mantine/core';
import { IconUserX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { Erasure } from '../../api/types/privacy.ts';
import { useAction } from '../../api/use-action.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Empty } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { Ago } from '../../components/time.tsx';

type Line = Erasure['withdrawals'][number] | Erasure['connections'][number];

const OUTCOMES: Record<Line['outcome'], { label: string; color: MantineColor }> = {
  removed: { label: 'Removed', color: 'teal' },
  accepted: { label: 'Everywhere', color: 'teal' },
  'in-files': { label: 'In files', color: 'yellow' },
  nothing: { label: 'Nothing to ask', color: 'gray' },
  waiting: { label: 'Waiting', color: 'blue' },
  refused: { label: 'Refused', color: 'red' },
};

/** Receipts of erasures, the newest first. */
export function Erasures({ items }: { items: Erasure[] }) {
  if (items.length === 0) {
    return (
      <Empty icon={IconUserX} title="Nobody was erased">
        Ask for it at a contact, with <Code>POST /v1/contacts/:id/erasure</Code>; the receipt is kept here.
      </Empty>
    );
  }
  return (
    <Accordion variant="separated" chevronPosition="left">
      {items.map((erasure) => (
        <Accordion.Item key={erasure.id} value={erasure.id}>
          <Accordion.Control>
            <Group gap="sm">
              <State of={erasure.status} />
              <Code style={{ overflowWrap: 'anywhere' }}>{erasure.contactId}</Code>
              <Text size="sm" c="dimmed">
                asked for <Ago at={erasure.requestedAt} /> by {erasure.requestedBy}
              </Text>
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <Receipt erasure={erasure} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function Receipt({ erasure }: { erasure: Erasure }) {
  const { id, status, pending, withdrawals, connections, erasedLocallyAt } = erasure;
  const retry = useAction(() => api.post(`/v1/erasures/${id}/retry`), {
    refreshes: ['erasures'],
    done: 'The platforms are asked again.',
  });
  return (
    <>
      <Text size="sm">Deleted here {erasedLocallyAt ? <Ago at={erasedLocallyAt} /> : 'in a moment'}.</Text>
      {pending && (
        <Text size="sm" c="orange">
          {pending}
        </Text>
      )}
      {status === 'needs-person' && (
        <Button size="xs" variant="light" mt="xs" loading={retry.isPending} onClick={() => retry.mutate()}>
          Ask again
        </Button>
      )}
      {status !== 'running' && <Block erasure={erasure} />}
      <Table.ScrollContainer minWidth={760}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Where</Table.Th>
              <Table.Th miw={120}>Outcome</Table.Th>
              <Table.Th>What the platform said</Table.Th>
              <Table.Th miw={150}>Confirmed</Table.Th>
              <Table.Th miw={120}>Asked</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {withdrawals.map((line) => (
              <ReceiptLine key={`${line.delivery} ${line.segment}`} line={line} where={line.delivery} />
            ))}
            {connections.map((line) => (
              <ReceiptLine key={line.connectionId} line={line} where={`${line.connection}: the whole account`} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

/** Later files do not bring the person back, until an admin allows it. */
function Block({ erasure: { id, blockLiftedAt, blockLiftedBy } }: { erasure: Erasure }) {
  const me = useQuery(queries.me());
  const lift = useAction(() => api.remove(`/v1/erasures/${id}/block`), {
    refreshes: ['erasures', 'suppressions'],
    done: 'Later imports can add this person again.',
  });
  if (blockLiftedAt)
    return (
      <Text size="sm">
        Later imports can add this person again: allowed <Ago at={blockLiftedAt} /> by {blockLiftedBy}.
      </Text>
    );
  return (
    <Group gap="xs" mt="xs">
      <Text size="sm">Later imports skip this person.</Text>
      {me.data?.role === 'admin' && (
        <Confirm
          title="Allow this person again?"
          verb="Allow"
          busy={lift.isPending}
          onConfirm={() => lift.mutate()}
          trigger={(open) => (
            <Button size="compact-xs" variant="default" onClick={open}>
              Allow again
            </Button>
          )}
        >
          Rows of later files that name this person are imported again, and deliveries can send them.
        </Confirm>
      )}
    </Group>
  );
}

function ReceiptLine({ line: { outcome, text, at, confirmation }, where }: { line: Line; where: string }) {
  return (
    <Table.Tr>
      <Table.Td>{where}</Table.Td>
      <Table.Td>
        <Badge color={OUTCOMES[outcome].color}>{OUTCOMES[outcome].label}</Badge>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{text}</Text>
        {confirmation && (
          <Text size="xs" c="dimmed">
            {confirmation.detail}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{confirmation ? <State of={confirmation.state} /> : '–'}</Table.Td>
      <Table.Td>
        <Ago at={at} />
      </Table.Td>
    </Table.Tr>
  );
}
