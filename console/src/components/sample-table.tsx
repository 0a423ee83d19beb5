import { Group, Table, Text } from '@mantine/core';
import type { MaskedContact } from '../api/types/groups.ts';
import { decimal, words } from '../app/format.ts';

/** A few members with their identifiers masked. */
export function SampleTable({ contacts }: { contacts: MaskedContact[] }) {
  return (
    <Table.ScrollContainer minWidth={400}>
      <Table verticalSpacing={6} horizontalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Contact</Table.Th>
            <Table.Th>E-mail</Table.Th>
            <Table.Th>Phone</Table.Th>
            <Table.Th>Traits</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {contacts.map((contact) => (
            <Table.Tr key={contact.contactId}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                {contact.initials || '–'}{' '}
                <Text span size="xs" c="dimmed">
                  {contact.country}
                </Text>
              </Table.Td>
              <Table.Td>{contact.emails[0] ?? '–'}</Table.Td>
              <Table.Td>{contact.phones[0] ?? '–'}</Table.Td>
              <Table.Td>
                <Group gap="xs" style={{ rowGap: 0 }}>
                  {Object.entries(contact.traits)
                    .slice(0, 3)
                    .map(([name, value]) => (
                      <Text key={name} size="xs">
                        <Text span size="xs" c="dimmed">
                          {words(name)}
                        </Text>{' '}
                        {typeof value === 'number' ? decimal(value) : String(value)}
                      </Text>
                    ))}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
