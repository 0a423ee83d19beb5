import { Group, Table, Text } from '@mantine/core';
import type { ComparedPersona, VersionComparison } from '../../api/types/personas.ts';
import { number } from '../../app/format.ts';
import { Dot } from '../../components/persona-avatar.tsx';

type Place = Pick<ComparedPersona, 'key' | 'name' | 'color'>;
const NOBODY: Place = { key: '', name: 'No persona', color: 'var(--mantine-color-gray-5)' };

/** Contacts by the persona they are in (rows) and would be in (columns); who stays is on the dimmed cells. */
export function MoversMatrix({
  matrix,
  personas,
}: {
  matrix: VersionComparison['movers']['matrix'];
  personas: ComparedPersona[];
}) {
  const count = (from: string, to: string) =>
    matrix.find((move) => (move.from ?? '') === from && (move.to ?? '') === to)?.contacts ?? 0;
  const most = Math.max(1, ...matrix.filter(({ from, to }) => from !== to).map(({ contacts }) => contacts));
  const unassigned = (side: 'from' | 'to') => (matrix.some((move) => move[side] === null) ? [NOBODY] : []);
  const rows = [...personas.filter(({ before }) => before), ...unassigned('from')];
  const columns = [...personas.filter(({ after }) => after), ...unassigned('to')];
  return (
    <Table.ScrollContainer minWidth={200 + columns.length * 110}>
      <Table verticalSpacing={6} highlightOnHover={false}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>From, to</Table.Th>
            {columns.map((persona) => (
              <Table.Th key={persona.key} ta="right">
                <Named place={persona} end />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((persona) => (
            <Table.Tr key={persona.key}>
              <Table.Th scope="row">
                <Named place={persona} />
              </Table.Th>
              {columns.map((to) => (
                <Cell key={to.key} contacts={count(persona.key, to.key)} stays={persona.key === to.key} most={most} />
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Cell({ contacts, stays, most }: { contacts: number; stays: boolean; most: number }) {
  const shade = stays || contacts === 0 ? 0 : 0.12 + 0.5 * (contacts / most);
  return (
    <Table.Td
      ta="right"
      className="figure"
      style={{ background: shade > 0 ? `rgb(247 103 7 / ${shade.toFixed(2)})` : undefined }}
    >
      <Text span size="sm" c={stays || contacts === 0 ? 'dimmed' : undefined} fw={stays ? 400 : 600}>
        {contacts === 0 ? '–' : number(contacts)}
      </Text>
    </Table.Td>
  );
}

function Named({ place, end }: { place: Place; end?: boolean }) {
  return (
    <Group
      gap={6}
      wrap="nowrap"
      justify={end ? 'flex-end' : undefined}
      maw={end ? 120 : 220}
      ml={end ? 'auto' : undefined}
    >
      <Dot color={place.color} />
      <Text size="xs" fw={600} lineClamp={end ? 2 : 1} title={place.name} style={{ whiteSpace: 'normal' }}>
        {place.name}
      </Text>
    </Group>
  );
}
