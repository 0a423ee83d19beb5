import { Code, Table, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { Batch, Run } from '../../api/types/deliveries.ts';
import { number } from '../../app/format.ts';
import { CallsTable } from '../../components/calls-table.tsx';
import { Section } from '../../components/page.tsx';
import { Answer } from '../../components/states.tsx';
import { Ago } from '../../components/time.tsx';

const MOST_BATCHES = 200;

/** For support cases: every batch and call with the vendor's own ids. */
export function Evidence({ run }: { run: Run }) {
  const every = run.finishedAt ? (false as const) : 2_000;
  const batches = useQuery({ ...queries.batches(run.id, run.finishedAt), refetchInterval: every });
  const calls = useQuery({ ...queries.runCalls(run.id, run.finishedAt), refetchInterval: every });
  return (
    <Section title="Batches and calls">
      <Tabs defaultValue="batches" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="batches">Batches {batches.data ? `(${number(batches.data.items.length)})` : ''}</Tabs.Tab>
          <Tabs.Tab value="calls">Vendor calls</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="batches">
          <Answer of={batches}>{({ items }) => <Batches items={items} run={run} />}</Answer>
        </Tabs.Panel>
        <Tabs.Panel value="calls">
          <Answer of={calls}>{({ items }) => <CallsTable calls={items} />}</Answer>
        </Tabs.Panel>
      </Tabs>
    </Section>
  );
}

function Batches({ items, run }: { items: Batch[]; run: Run }) {
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {run.finishedAt ? 'Nothing was sent.' : 'Nothing was sent yet.'}
      </Text>
    );
  }
  const personaOf = (key: string) => run.segments.find((segment) => segment.key === key)?.persona ?? key;
  return (
    <Table.ScrollContainer minWidth={820} maxHeight={420}>
      <Table verticalSpacing={6} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Persona</Table.Th>
            <Table.Th>Direction</Table.Th>
            <Table.Th className="number">Batch</Table.Th>
            <Table.Th className="number">Members</Table.Th>
            <Table.Th className="number">Accepted</Table.Th>
            <Table.Th className="number">Refused</Table.Th>
            <Table.Th className="number">Tries</Table.Th>
            <Table.Th>Vendor request id</Table.Th>
            <Table.Th>Sent</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.slice(0, MOST_BATCHES).map((batch) => (
            <Table.Tr key={`${batch.uploadId} ${batch.attempt} ${batch.seq}`}>
              <Table.Td>{personaOf(batch.segment)}</Table.Td>
              <Table.Td>{batch.direction}</Table.Td>
              <Table.Td className="number">{batch.seq}</Table.Td>
              <Table.Td className="number">{number(batch.members)}</Table.Td>
              <Table.Td className="number">{number(batch.accepted)}</Table.Td>
              <Table.Td className="number">{number(batch.rejected + batch.unattributed)}</Table.Td>
              <Table.Td className="number">{batch.tries}</Table.Td>
              <Table.Td>{batch.vendorRequestId ? <Code>{batch.vendorRequestId}</Code> : '–'}</Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <Ago at={batch.sentAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
