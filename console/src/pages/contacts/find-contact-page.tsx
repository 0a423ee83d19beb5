import { Button, Group, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/client.ts';
import type { Contact } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { Page, Section } from '../../components/page.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { Failure } from '../../components/states.tsx';
import { Ago } from '../../components/time.tsx';
import { nameOf } from './contact-facts.tsx';

const KINDS = [
  { value: 'email', label: 'E-mail' },
  { value: 'phone', label: 'Phone' },
  { value: 'externalId', label: 'External id' },
];

/** Looks a person up, such as one who asks what is held of them. */
export default function FindContactPage() {
  const [kind, setKind] = useState('email');
  const [text, setText] = useState('');
  const [country, setCountry] = useState('');
  const find = useAction(
    () => {
      const query = new URLSearchParams({ [kind]: text.trim(), ...(kind === 'phone' && country ? { country } : {}) });
      return api.get<{ items: Contact[] }>(`/v1/contacts?${query}`);
    },
    { refreshes: [], quiet: true },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    find.mutate();
  };
  return (
    <Page title="Contacts" about="One person: what is known, where they were delivered, and what is sent of them.">
      <Section title="Look up" about="Plain, or as a SHA-256 digest. Who looks is recorded.">
        <form onSubmit={submit}>
          <Group align="flex-end" gap="sm">
            <NativeSelect
              label="By"
              value={kind}
              onChange={({ currentTarget }) => setKind(currentTarget.value)}
              data={KINDS}
            />
            <TextInput
              label="Identifier"
              flex="1 1 260px"
              autoComplete="off"
              value={text}
              onChange={({ currentTarget }) => setText(currentTarget.value)}
            />
            {kind === 'phone' && (
              <TextInput
                label="Country"
                placeholder="US"
                w={90}
                maxLength={2}
                value={country}
                onChange={({ currentTarget }) => setCountry(currentTarget.value.toUpperCase())}
              />
            )}
            <Button
              type="submit"
              leftSection={<IconSearch size={16} />}
              loading={find.isPending}
              disabled={text.trim() === ''}
            >
              Look up
            </Button>
          </Group>
        </form>
      </Section>
      {find.error && <Failure error={find.error} />}
      {find.data && (
        <Section title="Found">
          <Found contacts={find.data.items} />
        </Section>
      )}
    </Page>
  );
}

function Found({ contacts }: { contacts: Contact[] }) {
  if (contacts.length === 0) return <Text size="sm">Nobody has this identifier.</Text>;
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Contact</Table.Th>
            <Table.Th>Identifiers</Table.Th>
            <Table.Th>Country</Table.Th>
            <Table.Th>Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {contacts.map((contact) => (
            <RowLink key={contact.id} to={`/contacts/${encodeURIComponent(contact.id)}`} label={nameOf(contact)}>
              <Table.Td>
                <Stack gap={0}>
                  {[...contact.emails, ...contact.phones, ...contact.externalIds].map((identifier) => (
                    <Text key={identifier} size="xs" style={{ overflowWrap: 'anywhere' }}>
                      {identifier}
                    </Text>
                  ))}
                </Stack>
              </Table.Td>
              <Table.Td>{contact.country || '–'}</Table.Td>
              <Table.Td>
                <Ago at={contact.updatedAt} />
              </Table.Td>
            </RowLink>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
