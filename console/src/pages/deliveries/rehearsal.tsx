import { Box, Button, Code, type MantineColor, Stack, Table, Text } from '@mantine/core';
import { IconMessageQuestion } from '@tabler/icons-react';
import type { Destination } from '../../api/types/connections.ts';
import type { Rehearsal } from '../../api/types/deliveries.ts';
import { number } from '../../app/format.ts';
import { CallsTable } from '../../components/calls-table.tsx';
import { Section } from '../../components/page.tsx';
import type { DryRunWithCalls } from './use-dry-run.ts';

interface PlatformCheckProps {
  dryRun: DryRunWithCalls;
  destination: Destination;
  onAsk: () => void;
}

/** What the platform says of a dry run: offered where it can judge members without taking them, then shown. */
export function PlatformCheck({ dryRun, destination: { title, capabilities }, onAsk }: PlatformCheckProps) {
  const asked = dryRun.segments.some(({ rehearsal }) => rehearsal !== null);
  return (
    <Section
      title="What the platform says"
      about={capabilities.rehearsing ? undefined : CANNOT(title)}
      aside={
        capabilities.rehearsing && (
          <Button variant="light" leftSection={<IconMessageQuestion size={16} />} onClick={onAsk}>
            {asked ? 'Ask it again' : 'Let the platform check it too'}
          </Button>
        )
      }
    >
      {capabilities.rehearsing && !asked && <Text size="sm">{OFFER(title)}</Text>}
      {asked && <Answered dryRun={dryRun} title={title} />}
    </Section>
  );
}

const CANNOT = (title: string) =>
  `${title} cannot judge anybody without taking them: whom it refuses is known only after a run.`;

const OFFER = (title: string) =>
  `Of those whom a run would add to each remote audience, up to 500 are shown to ${title}, which is told to take none of them: nothing is kept there. A segment without a remote audience cannot be checked yet; its first run makes one.`;

function Answered({ dryRun: { segments, calls }, title }: { dryRun: DryRunWithCalls; title: string }) {
  const shown = segments.some(({ rehearsal }) => rehearsal?.notRehearsed === null);
  return (
    <Stack>
      <Text size="sm">
        {shown
          ? `Nothing is kept there: ${title} was told to check these people and to take none of them.`
          : `${title} judged nobody, and nothing is kept there.`}
      </Text>
      <Table.ScrollContainer minWidth={720}>
        <Table aria-label="Answers by remote audience">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Remote audience</Table.Th>
              {COUNTS.map(({ label }) => (
                <Table.Th key={label} className="number">
                  {label}
                </Table.Th>
              ))}
              <Table.Th>Answer</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {segments.map(({ key, name, rehearsal }) => rehearsal && <Line key={key} name={name} of={rehearsal} />)}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {calls.length > 0 && (
        <Box>
          <Text size="sm" fw={600}>
            Calls over this connection meanwhile
          </Text>
          <CallsTable calls={calls} />
        </Box>
      )}
    </Stack>
  );
}

const COUNTS: { label: string; color?: MantineColor; of: (rehearsal: Rehearsal) => number }[] = [
  { label: 'Shown', of: ({ sampled }) => sampled },
  { label: 'Accepted', color: 'teal', of: ({ accepted }) => accepted },
  { label: 'Refused', color: 'red', of: ({ sampled, accepted }) => sampled - accepted },
];

function Line({ name, of: rehearsal }: { name: string; of: Rehearsal }) {
  const judged = rehearsal.notRehearsed === null;
  return (
    <Table.Tr>
      <Table.Td maw={360}>
        <Text size="sm" fw={600}>
          {name}
        </Text>
      </Table.Td>
      {COUNTS.map(({ label, color, of }) => (
        <Table.Td key={label} className="number">
          <Text size="sm" fw={600} c={judged && of(rehearsal) > 0 ? color : 'dimmed'}>
            {judged ? number(of(rehearsal)) : '–'}
          </Text>
        </Table.Td>
      ))}
      <Table.Td>
        <Words of={rehearsal} />
      </Table.Td>
    </Table.Tr>
  );
}

function Words({ of: { notRehearsed, rejects, warnings } }: { of: Rehearsal }) {
  if (notRehearsed !== null) {
    return (
      <Text size="sm" c="dimmed">
        Not judged: {notRehearsed}
      </Text>
    );
  }
  return (
    <Stack gap={4}>
      {rejects.length === 0 && <Text size="sm">No objection.</Text>}
      {rejects.map(({ code, text, contacts }) => (
        <Text key={code} size="sm">
          {number(contacts)}: {text} <Code>{code}</Code>
        </Text>
      ))}
      {warnings.map((warning) => (
        <Text key={warning} size="sm" c="orange">
          {warning}
        </Text>
      ))}
    </Stack>
  );
}
