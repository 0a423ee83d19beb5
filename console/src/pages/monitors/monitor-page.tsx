import { Button, Table, Text } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { api } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import type { MonitorReading } from '../../api/types/inform.ts';
import { useAction } from '../../api/use-action.ts';
import { moment, number, words } from '../../app/format.ts';
import { Page, Section } from '../../components/page.tsx';
import { Answer, Empty } from '../../components/states.tsx';

/** One monitor: what each of its runs found. */
export default function MonitorPage() {
  const { id = '' } = useParams();
  const monitor = useQuery(queries.monitor(id));
  const history = useQuery(queries.monitorHistory(id));
  const run = useAction(() => api.post<{ id: string }>(`/v1/monitors/${id}/runs`), {
    refreshes: ['monitors', 'runs'],
    done: 'The run has begun; its reading comes when it has ended.',
  });
  return (
    <Page
      title={monitor.data?.name ?? 'Monitor'}
      trail={[{ label: 'Monitors', to: '/monitors' }]}
      actions={
        <Button loading={run.isPending} onClick={() => run.mutate()}>
          Run now
        </Button>
      }
    >
      <Answer of={monitor}>
        {({ deliveryId, nextRunAt, driftLimit }) => (
          <Text>
            Its runs are those of <Link to={`/deliveries/${deliveryId}`}>its delivery</Link>.{' '}
            {nextRunAt ? `The next one is on ${moment(nextRunAt)}. ` : 'It runs when asked. '}
            {driftLimit === null ? 'Drift raises no alert.' : `Drift above ${driftLimit} raises an alert.`}
          </Text>
        )}
      </Answer>
      <Section
        title="History"
        about="What changed from one run to the next, and how far the shares are from the baseline's."
      >
        <Answer of={history}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconActivity} title="No run yet">
                The first run tells everyone in the cohort as entered.
              </Empty>
            ) : (
              <History items={items} />
            )
          }
        </Answer>
      </Section>
    </Page>
  );
}

function History({ items }: { items: MonitorReading[] }) {
  return (
    <Table.ScrollContainer minWidth={820}>
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
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ runId, at, verdict, members, counts, drift }) => (
            <Table.Tr key={runId}>
              <Table.Td>
                <Link to={`/runs/${runId}`}>{moment(at)}</Link>
              </Table.Td>
              <Table.Td>{words(verdict)}</Table.Td>
              <Table.Td className="number">{number(members)}</Table.Td>
              <Table.Td className="number">{number(counts.entered)}</Table.Td>
              <Table.Td className="number">{number(counts.moved)}</Table.Td>
              <Table.Td className="number">{number(counts.left)}</Table.Td>
              <Table.Td className="number">{number(counts.unchanged)}</Table.Td>
              <Table.Td>{drift ? shownDrift(drift) : 'The baseline'}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const shownDrift = (drift: NonNullable<MonitorReading['drift']>) =>
  Object.entries(drift)
    .map(([name, { psi, band }]) => `${words(name)} ${psi.toFixed(3)} (${band})`)
    .join(', ') || '–';
