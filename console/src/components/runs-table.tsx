import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries.ts';
import type { RunHead } from '../api/types/deliveries.ts';
import { duration, words } from '../app/format.ts';
import { RowLink } from './row-link.tsx';
import { State, stateOf } from './status.tsx';
import { Ago } from './time.tsx';

/** Runs with their verdict; `named` when they belong to several deliveries. */
export function RunsTable({ runs, named = false }: { runs: RunHead[]; named?: boolean }) {
  const deliveries = useQuery({ ...queries.deliveries(), enabled: named });
  const nameOf = (run: RunHead) =>
    named ? (deliveries.data?.items.find(({ id }) => id === run.deliveryId)?.name ?? 'Archived delivery') : run.id;
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{named ? 'Delivery' : 'Run'}</Table.Th>
          <Table.Th>Verdict</Table.Th>
          <Table.Th>Started by</Table.Th>
          <Table.Th>Started</Table.Th>
          <Table.Th className="number">Took</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {runs.map((run) => (
          <RowLink key={run.id} to={`/runs/${run.id}`} label={nameOf(run)}>
            <Table.Td>
              <State of={stateOf(run)} />
              {run.reason && (
                <Text size="xs" c="dimmed" lineClamp={1} maw={420}>
                  {run.reason}
                </Text>
              )}
            </Table.Td>
            <Table.Td>{words(run.trigger)}</Table.Td>
            <Table.Td>
              <Ago at={run.createdAt} />
            </Table.Td>
            <Table.Td className="number">{run.finishedAt ? duration(run.createdAt, run.finishedAt) : '…'}</Table.Td>
          </RowLink>
        ))}
      </Table.Tbody>
    </Table>
  );
}
