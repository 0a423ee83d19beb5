import { Alert, Stack, Table, Text } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import type { Destination } from '../../api/types/connections.ts';
import type { DryRun } from '../../api/types/deliveries.ts';
import { number } from '../../app/format.ts';
import { HoldReasons } from '../../components/hold-reasons.tsx';
import { Section } from '../../components/page.tsx';
import { Failure, Loading } from '../../components/states.tsx';
import { PLANNED } from '../../components/status.tsx';
import { AsOf } from '../../components/time.tsx';
import { PlatformCheck } from './rehearsal.tsx';
import type { DryRunAction } from './use-dry-run.ts';

interface DryRunViewProps {
  dryRun: DryRunAction;
  destination: Destination | undefined;
  /** What is true of it before anything is sent. */
  about: string;
  /** Runs it once more, with the platform's judgement. */
  onRehearse: () => void;
}

/** What a run would do now, and what the platform says of it. Nothing has been written anywhere. */
export function DryRunView({ dryRun: { data, error, isPending }, destination, about, onRehearse }: DryRunViewProps) {
  return (
    <Stack gap="lg">
      <Section title="What a run would do" about={about} aside={<AsOf at={data?.asOf ?? null} />}>
        {error && <Failure title="The dry run failed" error={error} />}
        {isPending && <Loading rows={4} />}
        {data && <DryRunTable dryRun={data} />}
      </Section>
      {data && destination && <PlatformCheck dryRun={data} destination={destination} onAsk={onRehearse} />}
    </Stack>
  );
}

/** By segment what a run would do, and what would hold it. */
function DryRunTable({ dryRun: { holds, segments } }: { dryRun: DryRun }) {
  return (
    <Stack>
      {holds.length > 0 && (
        <Alert color="orange" icon={<IconHandStop />} title="A run would be held for a person to look at">
          <HoldReasons reasons={holds} />
        </Alert>
      )}
      <PlanTable segments={segments} />
    </Stack>
  );
}

function PlanTable({ segments }: Pick<DryRun, 'segments'>) {
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Remote audience</Table.Th>
            {PLANNED.map(({ key, label }) => (
              <Table.Th key={key} className="number">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {segments.map((segment) => (
            <Table.Tr key={segment.key}>
              <Table.Td maw={460}>
                <Text size="sm" fw={600}>
                  {segment.name}
                </Text>
                <Text size="xs" c="dimmed" lineClamp={2}>
                  {segment.description}
                </Text>
              </Table.Td>
              {PLANNED.map(({ key, color }) => (
                <Table.Td key={key} className="number">
                  <Text size="sm" fw={600} c={segment.counts[key] > 0 ? color : 'dimmed'}>
                    {number(segment.counts[key])}
                  </Text>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th>Together</Table.Th>
            {PLANNED.map(({ key }) => (
              <Table.Th key={key} className="number">
                {number(segments.reduce((sum, segment) => sum + segment.counts[key], 0))}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </Table.ScrollContainer>
  );
}
