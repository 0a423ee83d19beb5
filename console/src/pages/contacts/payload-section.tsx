import { Alert, Button, Code, Group, NativeSelect, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { ContactPayload, SentKey } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { Section } from '../../components/page.tsx';
import { Failure } from '../../components/states.tsx';
import { VerdictBadge } from '../../components/status.tsx';

/** Exactly what a delivery sends of a contact, before anything is sent. */
export function PayloadSection({ contactId }: { contactId: string }) {
  const deliveries = useQuery(queries.deliveries()).data?.items ?? [];
  const [chosen, choose] = useState<string>();
  const deliveryId = chosen ?? deliveries[0]?.id;
  const show = useAction(
    (id: string) => api.get<ContactPayload>(`/v1/deliveries/${id}/payload?contactId=${encodeURIComponent(contactId)}`),
    { refreshes: [], quiet: true },
  );
  if (!deliveryId) return null;
  return (
    <Section title="What is sent" about="Each identifier as given, normalised and as sent. Who looks is recorded.">
      <Stack>
        <Group align="flex-end" gap="sm">
          <NativeSelect
            label="Delivery"
            value={deliveryId}
            onChange={({ currentTarget }) => {
              choose(currentTarget.value);
              show.reset();
            }}
            data={deliveries.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <Button variant="light" loading={show.isPending} onClick={() => show.mutate(deliveryId)}>
            Show payload
          </Button>
        </Group>
        {show.error && <Failure error={show.error} />}
        {show.data && <Payload payload={show.data} />}
      </Stack>
    </Section>
  );
}

function Payload({ payload: { segment, keys, wire } }: { payload: ContactPayload }) {
  return (
    <Stack>
      <Text size="sm">
        {segment ? (
          <>
            For the remote audience <b>{segment.name}</b>.
          </>
        ) : (
          'In none of the segments of this delivery.'
        )}
      </Text>
      <KeysTable keys={keys} />
      {wire === null ? (
        <Alert color="orange">Nothing here can be used, so this person would not be sent.</Alert>
      ) : (
        <Code block aria-label="As it is sent" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {JSON.stringify(wire, null, 2)}
        </Code>
      )}
    </Stack>
  );
}

function KeysTable({ keys }: { keys: SentKey[] }) {
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Key</Table.Th>
            <Table.Th>As given</Table.Th>
            <Table.Th>Normalised</Table.Th>
            <Table.Th>As sent</Table.Th>
            <Table.Th>Verdict</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map(({ key, input, normalized, value, verdict, reason }) => (
            <Table.Tr key={`${key} ${input}`}>
              <Table.Td>{key}</Table.Td>
              <Table.Td>{input}</Table.Td>
              <Table.Td>{normalized ?? '–'}</Table.Td>
              <Table.Td maw={280} style={{ overflowWrap: 'anywhere' }}>
                {value ? <Code>{value}</Code> : '–'}
              </Table.Td>
              <Table.Td>
                <VerdictBadge of={verdict} />
                {reason && (
                  <Text size="xs" c="dimmed">
                    {reason}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
