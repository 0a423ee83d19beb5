import { Code, Table, Text } from '@mantine/core';
import type { Run } from '../../api/types/deliveries.ts';
import { number } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { VerdictBadge } from '../../components/status.tsx';

/** Everyone who did not simply arrive, by reason. */
export function Refusals({ run: { refusals, segments } }: { run: Run }) {
  if (refusals.length === 0) return null;
  const personaOf = (key: string) => segments.find((segment) => segment.key === key)?.persona ?? key;
  return (
    <Section title="Who did not simply arrive, and why" about="Contacts by reason; every single one is in rejects.csv.">
      <Table.ScrollContainer minWidth={720} maxHeight={440}>
        <Table stickyHeader verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Verdict</Table.Th>
              <Table.Th>Persona</Table.Th>
              <Table.Th>Field</Table.Th>
              <Table.Th>Reason</Table.Th>
              <Table.Th className="number">Contacts</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {refusals.map((refusal) => (
              <Table.Tr
                key={[refusal.segmentKey, refusal.direction, refusal.field, refusal.verdict, refusal.code].join(' ')}
              >
                <Table.Td>
                  <VerdictBadge of={refusal.verdict} />
                </Table.Td>
                <Table.Td>{personaOf(refusal.segmentKey)}</Table.Td>
                <Table.Td>{refusal.field || '–'}</Table.Td>
                <Table.Td>
                  <Text size="sm">{refusal.text}</Text>
                  <Code>{refusal.code}</Code>
                </Table.Td>
                <Table.Td className="number">{number(refusal.contacts)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}
