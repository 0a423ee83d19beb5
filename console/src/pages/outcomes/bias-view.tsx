import { Badge, Stack, Table, Text } from '@mantine/core';
import type { BiasReadOut } from '../../api/types/outcomes.ts';
import { number, percent, words } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';

/** How age bands and genders fare by the model. */
export function BiasView({ readOuts }: { readOuts: BiasReadOut[] }) {
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed" maw={820}>
        Who would be selected if the best scored fifth of everyone were. A group that is selected less than four fifths
        as often as the group selected most is marked. Age and gender are read for this table only, unless they are
        listed among the traits it goes by.
      </Text>
      {readOuts.length === 0 && (
        <Text size="sm">Neither birth dates nor genders are known, so nothing can be said.</Text>
      )}
      {readOuts.map((readOut) => (
        <Groups key={readOut.by} of={readOut} />
      ))}
    </Stack>
  );
}

function Groups({ of: { by, source, groups } }: { of: BiasReadOut }) {
  return (
    <Section title={`By ${by}`} about={`From ${words(source).toLowerCase()}.`}>
      <Table.ScrollContainer minWidth={680}>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Group</Table.Th>
              <Table.Th className="number">Contacts</Table.Th>
              <Table.Th className="number">Attained</Table.Th>
              <Table.Th className="number">Mean prediction</Table.Th>
              <Table.Th className="number">AUC</Table.Th>
              <Table.Th className="number">Selected</Table.Th>
              <Table.Th className="number">Ratio</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {groups.map(({ group, contacts, rate, meanProbability, auc, selected, ratio, flagged }) => (
              <Table.Tr key={group}>
                <Table.Td>{group}</Table.Td>
                <Table.Td className="number">{number(contacts)}</Table.Td>
                <Table.Td className="number">{percent(rate)}</Table.Td>
                <Table.Td className="number">{percent(meanProbability)}</Table.Td>
                <Table.Td className="number">{auc?.toFixed(3) ?? '–'}</Table.Td>
                <Table.Td className="number">{percent(selected)}</Table.Td>
                <Table.Td className="number">{ratio.toFixed(2)}</Table.Td>
                <Table.Td>{flagged && <Badge color="orange">under four fifths</Badge>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}
