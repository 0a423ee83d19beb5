import { Table } from '@mantine/core';
import { IconShieldLock } from '@tabler/icons-react';
import type { SuppressionList } from '../../api/types/privacy.ts';
import { number } from '../../app/format.ts';
import { Empty } from '../../components/states.tsx';
import { Ago } from '../../components/time.tsx';

export function SuppressionLists({ items }: { items: SuppressionList[] }) {
  if (items.length === 0) {
    return (
      <Empty icon={IconShieldLock} title="Nobody is suppressed">
        Add identifiers of people who asked not to be reached.
      </Empty>
    );
  }
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>List</Table.Th>
            <Table.Th className="number">Identifiers</Table.Th>
            <Table.Th>Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ list, identifiers, updatedAt }) => (
            <Table.Tr key={list}>
              <Table.Td>{list}</Table.Td>
              <Table.Td className="number">{number(identifiers)}</Table.Td>
              <Table.Td>
                <Ago at={updatedAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
