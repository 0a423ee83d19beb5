import { Badge, Group, type MantineColor, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { Check, Standing } from '../../api/types/connections.ts';
import { Section } from '../../components/page.tsx';
import { Answer } from '../../components/states.tsx';
import { Ago } from '../../components/time.tsx';

const STANDINGS: Record<Standing, { label: string; color: MantineColor }> = {
  ok: { label: 'Met', color: 'teal' },
  failing: { label: 'Not met', color: 'red' },
  untried: { label: 'Not tried', color: 'gray' },
};

/** What the checks of a connection found to be otherwise than before. */
export function CheckHistory({ id }: { id: string }) {
  const changes = useQuery(queries.connectionChanges(id));
  return (
    <Section title="History of checks" about="Checked daily and on demand; shown is what had changed.">
      <Answer of={changes}>{({ items }) => <ChangesTable checks={items} />}</Answer>
    </Section>
  );
}

function ChangesTable({ checks }: { checks: Check[] }) {
  if (checks.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No check has been made yet.
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={520} maxHeight={360}>
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>Check</Table.Th>
            <Table.Th>What changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {checks.map(({ id, at, trigger, changes }) => (
            <Table.Tr key={id}>
              <Table.Td style={{ whiteSpace: 'nowrap', verticalAlign: 'top' }}>
                <Ago at={at} />
              </Table.Td>
              <Table.Td style={{ verticalAlign: 'top' }}>{trigger === 'daily' ? 'Daily' : 'On demand'}</Table.Td>
              <Table.Td>
                {changes.map(({ name, title, to }) => (
                  <Group key={name} gap="xs" mb={4}>
                    <Badge color={STANDINGS[to].color} size="sm">
                      {STANDINGS[to].label}
                    </Badge>
                    <Text size="sm">{title}</Text>
                  </Group>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
