import { NativeSelect, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queries } from '../../api/queries.ts';
import type { Comparison as Flow, Run, RunHead } from '../../api/types/deliveries.ts';
import { moment, number } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { Answer } from '../../components/states.tsx';

/** Who came, went and moved since an earlier run of the delivery. */
export function Comparison({ run }: { run: Run }) {
  const runs = useQuery(queries.deliveryRuns(run.deliveryId)).data?.items ?? [];
  const earlier = runs.filter((each) => wasCarriedOut(each) && each.createdAt < run.createdAt);
  if (!wasCarriedOut(run) || earlier.length === 0) return null;
  return <Compared run={run} earlier={earlier} />;
}

/** Whether everyone is where the run had planned them; one that only takes people out says nothing of others. */
const wasCarriedOut = ({ verdict, trigger }: RunHead): boolean =>
  trigger !== 'withdrawal' && verdict !== null && CARRIED_OUT.has(verdict);

const CARRIED_OUT: ReadonlySet<string> = new Set(['confirmed', 'confirmed-with-rejects', 'unchanged']);

function Compared({ run, earlier }: { run: Run; earlier: RunHead[] }) {
  const [chosen, choose] = useState(earlier[0]!.id);
  const comparison = useQuery(queries.comparison(run.id, chosen));
  return (
    <Section
      title="Compared with the previous run"
      about="Contacts by the segment they were in then and are in now."
      aside={
        <NativeSelect
          aria-label="Earlier run"
          value={chosen}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
          data={earlier.map(({ id, createdAt }) => ({ value: id, label: moment(createdAt) }))}
        />
      }
    >
      <Answer of={comparison}>{({ flow }) => <FlowTable flow={flow} run={run} />}</Answer>
    </Section>
  );
}

function FlowTable({ flow, run }: { flow: Flow['flow']; run: Run }) {
  const nameOf = (key: string | null) =>
    key === null ? 'Not in the audience' : (run.segments.find((segment) => segment.key === key)?.persona ?? key);
  if (flow.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Neither run had members.
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={520} maxHeight={360}>
      <Table verticalSpacing={6} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Then</Table.Th>
            <Table.Th>Now</Table.Th>
            <Table.Th>What that is</Table.Th>
            <Table.Th className="number">Contacts</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {flow.map(({ from, to, contacts }) => (
            <Table.Tr key={`${from} ${to}`}>
              <Table.Td>{nameOf(from)}</Table.Td>
              <Table.Td>{nameOf(to)}</Table.Td>
              <Table.Td>{kindOf(from, to)}</Table.Td>
              <Table.Td className="number">{number(contacts)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function kindOf(from: string | null, to: string | null): string {
  if (from === to) return 'Stayed';
  if (from === null) return 'Came';
  return to === null ? 'Went' : 'Moved';
}
