import { Badge, Code, Table, Text } from '@mantine/core';
import type { VendorCall } from '../api/types/connections.ts';
import { number } from '../app/format.ts';
import { Ago } from './time.tsx';

/** Calls to a vendor: what was asked of whom, how it went, and the vendor's own id of it. */
export function CallsTable({ calls }: { calls: VendorCall[] }) {
  if (calls.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No calls yet.
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={720} maxHeight={420}>
      <Table verticalSpacing={6} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>Call</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th className="number">Took</Table.Th>
            <Table.Th>Vendor request id</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {calls.map((call) => (
            <Table.Tr key={call.id}>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <Ago at={call.at} />
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Text size="xs">
                  <b>{call.method}</b> {call.target}
                </Text>
              </Table.Td>
              <Table.Td>
                <Badge color={call.code || /^([45]|error)/i.test(call.status) ? 'red' : 'teal'}>
                  {[call.status, call.code].filter(Boolean).join(' · ')}
                </Badge>
              </Table.Td>
              <Table.Td className="number">{number(call.milliseconds)} ms</Table.Td>
              <Table.Td>{call.vendorRequestId ? <Code>{call.vendorRequestId}</Code> : '–'}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
