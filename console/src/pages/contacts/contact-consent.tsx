import { Anchor, Badge, Group, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { PurposeConsent } from '../../api/types/contacts.ts';
import { words } from '../../app/format.ts';
import { Answer } from '../../components/states.tsx';
import { Ago } from '../../components/time.tsx';

/** The consent of a contact by purpose, with the statements behind it. */
export function ContactConsent({ contactId }: { contactId: string }) {
  const consent = useQuery(queries.contactConsent(contactId));
  return (
    <Answer of={consent}>
      {({ items }) =>
        items.length === 0 ? (
          <Text size="sm" c="dimmed">
            No file states consent for this contact.
          </Text>
        ) : (
          <Stack>
            {items.map((item) => (
              <Purpose key={item.purpose} of={item} />
            ))}
          </Stack>
        )
      }
    </Answer>
  );
}

function State({ of }: { of: PurposeConsent['state'] }) {
  return (
    <Badge color={of === 'granted' ? 'teal' : 'red'} variant="light">
      {of === 'granted' ? 'Subscribed' : 'Unsubscribed'}
    </Badge>
  );
}

function Purpose({ of: { purpose, state, at, history } }: { of: PurposeConsent }) {
  return (
    <section aria-label={`Consent to ${words(purpose)}`}>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {words(purpose)}
        </Text>
        <State of={state} />
        <Text size="sm" c="dimmed">
          since <Ago at={at} />
        </Text>
      </Group>
      <Table.ScrollContainer minWidth={520}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Statement</Table.Th>
              <Table.Th>Time</Table.Th>
              <Table.Th>File</Table.Th>
              <Table.Th>Column</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {history.map((each) => (
              <Statement key={JSON.stringify(each)} of={each} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function Statement({
  of: { state, statedAt, uploadedAt, dataset, column, sharedAddress },
}: {
  of: PurposeConsent['history'][number];
}) {
  return (
    <Table.Tr>
      <Table.Td>
        <State of={state} />
      </Table.Td>
      <Table.Td>
        <Ago at={statedAt ?? uploadedAt} />
        {statedAt === null && (
          <Text size="xs" c="dimmed">
            upload time
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {dataset.name === null ? (
          'Deleted dataset'
        ) : (
          <Anchor component={Link} to={`/datasets/${dataset.id}`} size="sm">
            {dataset.name}
          </Anchor>
        )}
      </Table.Td>
      <Table.Td>
        {column ?? 'Every row of the file'}
        {sharedAddress && (
          <Text size="xs" c="dimmed">
            by an address that several contacts share
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
