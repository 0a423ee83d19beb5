import { Badge, Table, Text } from '@mantine/core';
import type { OutcomeTrait } from '../../api/types/outcomes.ts';
import { plural, words } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { LEAKS } from './warnings.ts';

/** Traits that are not learnt from, leaks first, each with its reason. */
export function SelectionView({ selection }: { selection: OutcomeTrait[] }) {
  const leaks = ({ reason }: OutcomeTrait) => Number(reason !== undefined && LEAKS.includes(reason));
  const dropped = selection.filter(({ used }) => !used).sort((a, b) => leaks(b) - leaks(a));
  return (
    <Section title="Traits left out" about={`${plural(selection.length - dropped.length, 'trait')} learnt from.`}>
      {dropped.length === 0 ? (
        <Text size="sm" c="dimmed">
          None.
        </Text>
      ) : (
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Trait</Table.Th>
              <Table.Th>Reason</Table.Th>
              <Table.Th>Why</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {dropped.map((each) => (
              <Table.Tr key={each.trait}>
                <Table.Td>{each.trait}</Table.Td>
                <Table.Td>
                  <Badge color={leaks(each) ? 'orange' : 'gray'}>{words(each.reason ?? 'not chosen')}</Badge>
                </Table.Td>
                <Table.Td>
                  <Text size="sm" c="dimmed">
                    {each.detail}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  );
}
