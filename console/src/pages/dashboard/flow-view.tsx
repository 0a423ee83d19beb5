import { Group, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { insights } from '../../api/insights.ts';
import type { PersonaFlow } from '../../api/types/insights.ts';
import type { PersonaSet } from '../../api/types/personas.ts';
import { number } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { SaveCsv } from '../../components/save-csv.tsx';
import { Answer } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';
import { ZONE } from './days.ts';

/** Who went from which persona to which between the ends of two days. */
export function FlowView({ set, from, to }: { set: PersonaSet; from: string; to: string }) {
  const query = { personaSetId: set.id, from, to, timeZone: ZONE };
  const flow = useQuery(insights.flow(query));
  return (
    <Section
      title="Flow between personas"
      about={`From the end of ${from} to the end of ${to}: rows are where contacts were, columns where they are.`}
      aside={
        <Group gap="xs">
          <AsOf at={flow.data?.asOf ?? null} />
          <SaveCsv name="persona-flow" query={query} of="flow" />
        </Group>
      }
    >
      <Answer of={flow} rows={4}>
        {(data) =>
          data.rows.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nobody was in a persona on either day.
            </Text>
          ) : (
            <Matrix flow={data} />
          )
        }
      </Answer>
    </Section>
  );
}

function Matrix({ flow: { personas, rows } }: { flow: PersonaFlow }) {
  const places = [...personas, { persona: null, name: 'No persona' }];
  const contacts = new Map(rows.map((row) => [`${row.from} ${row.to}`, row.contacts]));
  const most = Math.max(1, ...rows.filter((row) => row.from !== row.to).map((row) => row.contacts));
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table aria-label="Flow">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>From</Table.Th>
            {places.map(({ persona, name }) => (
              <Table.Th key={persona} className="number" style={{ whiteSpace: 'normal' }} maw={130} lh={1.3}>
                {name}
              </Table.Th>
            ))}
            <Table.Th className="number">Left</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {places.map((from) => (
            <Table.Tr key={from.persona}>
              <Table.Td fw={600} miw={180}>
                {from.name}
              </Table.Td>
              {places.map((to) => (
                <Cell
                  key={to.persona}
                  contacts={contacts.get(`${from.persona} ${to.persona}`) ?? 0}
                  most={most}
                  stayed={from.persona === to.persona}
                />
              ))}
              <Table.Td className="number">{'left' in from ? number(from.left) : ''}</Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr>
            <Table.Td c="dimmed">Entered</Table.Td>
            {personas.map(({ persona, entered }) => (
              <Table.Td key={persona} className="number">
                {number(entered)}
              </Table.Td>
            ))}
            <Table.Td colSpan={2} />
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** The more contacts moved, the stronger its colour; those who stayed are grey. */
function Cell({ contacts, most, stayed }: { contacts: number; most: number; stayed: boolean }) {
  const strength = Math.round(6 + 34 * Math.sqrt(contacts / most));
  const moved = `color-mix(in srgb, var(--mantine-color-ink-5) ${strength}%, transparent)`;
  return (
    <Table.Td className="number" bg={contacts === 0 ? undefined : stayed ? 'var(--reach-line)' : moved}>
      {contacts === 0 ? (
        <Text span c="dimmed">
          –
        </Text>
      ) : (
        number(contacts)
      )}
    </Table.Td>
  );
}
