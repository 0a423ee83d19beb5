import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/client.ts';
import type { Contact } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { Section } from '../../components/page.tsx';
import { Failure } from '../../components/states.tsx';
import { ContactScores } from './contact-scores.tsx';

/** Why somebody is scored as they are. */
export function OneContact({ outcomeId }: { outcomeId: string }) {
  const [text, setText] = useState('');
  const find = useAction(() => lookUp(text.trim()), { refreshes: [], quiet: true });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    find.mutate();
  };
  return (
    <Section
      title="Ask about one contact"
      about="Their probability by the live version, and the reasons for it. Who looks is recorded."
    >
      <Stack>
        <form onSubmit={submit}>
          <Group align="flex-end" gap="sm">
            <TextInput
              label="E-mail or external id"
              flex="0 1 360px"
              autoComplete="off"
              value={text}
              onChange={({ currentTarget }) => setText(currentTarget.value)}
            />
            <Button type="submit" variant="light" loading={find.isPending} disabled={text.trim() === ''}>
              Explain
            </Button>
          </Group>
        </form>
        {find.error && <Failure error={find.error} />}
        {find.data?.length === 0 && <Text size="sm">Nobody has this identifier.</Text>}
        {find.data?.map(({ id }) => (
          <ContactScores key={id} contactId={id} outcomeId={outcomeId} />
        ))}
      </Stack>
    </Section>
  );
}

async function lookUp(identifier: string): Promise<Contact[]> {
  const query = new URLSearchParams({ [identifier.includes('@') ? 'email' : 'externalId']: identifier });
  return (await api.get<{ items: Contact[] }>(`/v1/contacts?${query}`)).items;
}
