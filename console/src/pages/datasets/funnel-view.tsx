import { Divider, Group, List, Progress, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import type { Dataset, FunnelStage } from '../../api/types/contacts.ts';
import { number, percent } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { AsOf } from '../../components/time.tsx';

const STAGES: Record<FunnelStage['name'], string> = {
  received: 'Received',
  parsed: 'Parsed',
  'usable-identifiers': 'Usable identifiers',
  consented: 'Rows that do not deny advertising',
  merged: 'Contacts that do not deny advertising',
  'enough-traits': 'Enough traits for personas',
};
/** A file of events states no consent. */
const EVENT_STAGES = { ...STAGES, consented: 'Rows of people who were not erased', merged: 'Rows of valid events' };

/** How many rows reached each stage, how many were lost there, and why. */
export function FunnelView({ dataset }: { dataset: Dataset }) {
  const { stages, rejectedValues, asOf } = dataset.funnel!;
  const received = stages[0]?.count ?? 0;
  const labels = dataset.mapping?.kind === 'events' ? EVENT_STAGES : STAGES;
  return (
    <Section title="Import results" aside={<AsOf at={asOf} />}>
      <Stack gap="md">
        {stages.map((stage) => (
          <Stage key={stage.name} stage={stage} label={labels[stage.name]} received={received} />
        ))}
        {dataset.result && <Result result={dataset.result} />}
        {rejectedValues.length > 0 && (
          <>
            <Divider label="Values skipped (row still imported)" labelPosition="left" />
            <Table.ScrollContainer minWidth={360}>
              <Table verticalSpacing={6} highlightOnHover={false}>
                <Table.Tbody>
                  {rejectedValues.map(({ code, text, count }) => (
                    <Table.Tr key={code}>
                      <Table.Td className="number" w={100}>
                        {number(count)}
                      </Table.Td>
                      <Table.Td>{text}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </>
        )}
      </Stack>
    </Section>
  );
}

interface StageProps {
  stage: FunnelStage;
  label: string;
  received: number;
}

function Stage({ stage: { count, lost }, label, received }: StageProps) {
  const share = received > 0 ? count / received : 0;
  return (
    <div>
      <Group justify="space-between" align="baseline" gap="xs">
        <Text size="sm" fw={500}>
          {label}
        </Text>
        <Text size="sm" className="figure">
          {number(count)}{' '}
          <Text span size="xs" c="dimmed">
            {percent(share)}
          </Text>
        </Text>
      </Group>
      <Progress value={share * 100} size={8} mt={4} aria-label={`${label}: ${number(count)}`} />
      {lost.length > 0 && (
        <List size="xs" c="dimmed" mt={4} withPadding={false}>
          {lost.map(({ code, text, count: lostCount }) => (
            <List.Item key={code}>
              −{number(lostCount)}: {text}
            </List.Item>
          ))}
        </List>
      )}
    </div>
  );
}

type Figure = readonly [label: string, value: number];
type Figures = readonly Figure[];

function Result({ result }: { result: NonNullable<Dataset['result']> }) {
  const { orders } = result;
  return (
    <>
      <FigureRow
        figures={[
          ['Contacts', result.contacts],
          ['Created', result.created],
          ['Updated', result.updated],
          ['Unchanged', result.unchanged],
          ['Repeated keys', result.repeatedKeys],
          ['Events', result.events],
          ...(result.eventsWithoutValue > 0 ? [['Events without a value', result.eventsWithoutValue] as Figure] : []),
          ['Rejects', result.rejects],
        ]}
      />
      {orders && (
        <>
          <Divider label="Orders" labelPosition="left" />
          <FigureRow
            figures={[
              ['Imported', orders.imported],
              ['Partially refunded', orders.partiallyRefunded],
              ['Fully refunded', orders.refunded],
              ['Cancelled', orders.cancelled],
              ['Test, skipped', orders.test],
            ]}
          />
          <Text size="xs" c="dimmed">
            Imported orders include partially refunded ones. Cancelled and fully refunded orders are stored as events of
            the kind order_cancelled.
          </Text>
        </>
      )}
    </>
  );
}

function FigureRow({ figures }: { figures: Figures }) {
  return (
    <SimpleGrid cols={{ base: 3, sm: 7 }} mt="xs">
      {figures.map(([label, value]) => (
        <div key={label}>
          <Text size="xs" c="dimmed">
            {label}
          </Text>
          <Text fw={600} className="figure">
            {number(value)}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  );
}
