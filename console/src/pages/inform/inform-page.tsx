import { Badge, Button, Group, JsonInput, List, Stack, Table, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../../api/client.ts';
import type { OutcomeResult, PersonaResult, ScoreAnswer, ScoreResult } from '../../api/types/inform.ts';
import { useAction } from '../../api/use-action.ts';
import { percent } from '../../app/format.ts';
import { Page, Section } from '../../components/page.tsx';
import { Failure } from '../../components/states.tsx';

/** Tries what a program would ask: who is it, and what may it do next. Nothing is stored. */
export default function InformPage() {
  const [email, setEmail] = useState('');
  const [key, setKey] = useState('');
  const [traits, setTraits] = useState('{}');
  const given = parsed(traits);
  const score = useAction(
    () =>
      api.post<ScoreAnswer>('/v1/inform/score', {
        contact: { ...(email && { emails: [email] }), ...(key && { key }), traits: given },
      }),
    { refreshes: [], quiet: true },
  );
  const result = score.data?.results[0];
  return (
    <Page
      title="Inform"
      about="What POST /v1/inform/score answers of a contact, known or never seen. Nothing is stored."
    >
      <Section title="Contact" about="An identifier, traits, or both. Posted traits win over stored ones.">
        <Stack maw={860}>
          <Group grow align="flex-start">
            <TextInput
              label="E-mail or its digest"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <TextInput label="Key or external id" value={key} onChange={(event) => setKey(event.currentTarget.value)} />
          </Group>
          <JsonInput
            label="Traits"
            description="By name, as JSON; null for what is not known."
            placeholder='{"tenure": 12, "plan": "gold"}'
            minRows={4}
            autosize
            formatOnBlur
            value={traits}
            onChange={setTraits}
            error={given ? undefined : 'This is not a JSON object.'}
          />
          <Group>
            <Button loading={score.isPending} disabled={!given} onClick={() => score.mutate()}>
              Score
            </Button>
          </Group>
          {score.error && <Failure error={score.error} />}
        </Stack>
      </Section>
      {result && <Result of={result} />}
    </Page>
  );
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function Result({ of: { contactId, personas, outcomes, warnings } }: { of: ScoreResult }) {
  return (
    <>
      <Section title="Answer">
        <Stack>
          {contactId ? (
            <Text>
              A known contact: <Link to={`/contacts/${contactId}`}>{contactId}</Link>
            </Text>
          ) : (
            <Text>Nobody that is known.</Text>
          )}
          <Personas items={personas} />
          <Outcomes items={outcomes} />
        </Stack>
      </Section>
      {warnings.length > 0 && (
        <Section title="Warnings">
          <List>
            {warnings.map(({ path, code, message }) => (
              <List.Item key={`${path} ${code}`}>
                <b>{path}</b>: {message}
              </List.Item>
            ))}
          </List>
        </Section>
      )}
    </>
  );
}

function Personas({ items }: { items: PersonaResult[] }) {
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Persona set</Table.Th>
          <Table.Th>Persona</Table.Th>
          <Table.Th className="number">Margin</Table.Th>
          <Table.Th>Second best</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map(({ setId, setName, name, margin, second }) => (
          <Table.Tr key={setId}>
            <Table.Td>{setName}</Table.Td>
            <Table.Td>{name ? <Badge variant="light">{name}</Badge> : 'Too little is known'}</Table.Td>
            <Table.Td className="number">{margin === null ? '–' : margin.toFixed(2)}</Table.Td>
            <Table.Td>{second?.name ?? '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Outcomes({ items }: { items: OutcomeResult[] }) {
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Outcome</Table.Th>
          <Table.Th className="number">Probability</Table.Th>
          <Table.Th className="number">Percentile</Table.Th>
          <Table.Th>Because</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map(({ outcomeId, outcomeName, probability, percentile, reasons }) => (
          <Table.Tr key={outcomeId}>
            <Table.Td>{outcomeName}</Table.Td>
            <Table.Td className="number">{probability === null ? '–' : percent(probability)}</Table.Td>
            <Table.Td className="number">{percentile === null ? '–' : percentile.toFixed(0)}</Table.Td>
            <Table.Td>
              {reasons.map(({ trait, value, direction }) => `${trait} ${value} ${direction} it`).join('; ') || '–'}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
