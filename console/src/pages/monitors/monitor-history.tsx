import { Anchor, Button, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { api } from '../../api/client.ts';
import type { Monitor, MonitorReading } from '../../api/types/inform.ts';
import { useAction } from '../../api/use-action.ts';
import { moment, number, words } from '../../app/format.ts';

/** What each run found, newest first, and from which of them drift is measured. */
export function MonitorHistory({ monitor, items }: { monitor: Monitor; items: MonitorReading[] }) {
  const rebase = useAction((runId: string) => api.post(`/v1/monitors/${monitor.id}/history/${runId}/baseline`), {
    refreshes: ['monitors'],
    done: 'The next run measures drift from here.',
  });
  return (
    <Table.ScrollContainer minWidth={900}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Run</Table.Th>
            <Table.Th>Verdict</Table.Th>
            <Table.Th className="number">Members</Table.Th>
            <Table.Th className="number">Entered</Table.Th>
            <Table.Th className="number">Moved</Table.Th>
            <Table.Th className="number">Left</Table.Th>
            <Table.Th className="number">Unchanged</Table.Th>
            <Table.Th>Drift</Table.Th>
            <Table.Th aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ runId, at, verdict, members, counts, drift }) => (
            <Table.Tr key={runId}>
              <Table.Td>
                <Anchor component={Link} to={`/runs/${runId}`} size="sm">
                  {moment(at)}
                </Anchor>
              </Table.Td>
              <Table.Td>{words(verdict)}</Table.Td>
              <Table.Td className="number">{number(members)}</Table.Td>
              <Table.Td className="number">{number(counts.entered)}</Table.Td>
              <Table.Td className="number">{number(counts.moved)}</Table.Td>
              <Table.Td className="number">{number(counts.left)}</Table.Td>
              <Table.Td className="number">{number(counts.unchanged)}</Table.Td>
              <Table.Td>{drift ? shownDrift(drift) : 'A baseline'}</Table.Td>
              <Table.Td>
                {isBaseline(monitor, runId, items) ? (
                  <Text size="xs" c="dimmed">
                    Measured from here
                  </Text>
                ) : (
                  <Button
                    size="compact-xs"
                    variant="default"
                    loading={rebase.isPending && rebase.variables === runId}
                    onClick={() => rebase.mutate(runId)}
                  >
                    Measure from here
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** The first run, which has no drift, unless another was chosen. */
const isBaseline = ({ baselineRunId }: Monitor, runId: string, items: MonitorReading[]) =>
  runId === (baselineRunId ?? items.find(({ drift }) => !drift)?.runId);

const shownDrift = (drift: NonNullable<MonitorReading['drift']>) =>
  Object.entries(drift)
    .map(([name, { psi, band }]) => `${words(name)} ${psi.toFixed(3)} (${band})`)
    .join(', ') || '–';
