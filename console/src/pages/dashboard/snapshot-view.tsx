import { Group, NativeSelect, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { insights } from '../../api/insights.ts';
import type { SnapshotRow } from '../../api/types/insights.ts';
import type { PersonaSet } from '../../api/types/personas.ts';
import { decimal, number, percent } from '../../app/format.ts';
import { Section } from '../../components/page.tsx';
import { Dot } from '../../components/persona-avatar.tsx';
import { SaveCsv } from '../../components/save-csv.tsx';
import { Answer } from '../../components/states.tsx';
import { AsOf } from '../../components/time.tsx';
import { DayInput } from './day-input.tsx';
import { today, ZONE } from './days.ts';

const DAYS = [1, 7, 30, 90, 365];
const orDash = (value: number | null, shown: (value: number) => string) => (value === null ? '–' : shown(value));

const COLUMNS: { label: string; of: (row: SnapshotRow) => string }[] = [
  { label: 'Contacts', of: ({ size }) => number(size) },
  { label: 'Share', of: ({ share }) => orDash(share, percent) },
  { label: 'Buyers', of: ({ buyers }) => number(buyers) },
  { label: 'Orders', of: ({ orders }) => number(orders) },
  { label: 'Spend', of: ({ revenue }) => decimal(revenue) },
  { label: 'Average order', of: ({ averageOrderValue }) => orDash(averageOrderValue, decimal) },
  { label: 'Spend a contact', of: ({ revenuePerContact }) => orDash(revenuePerContact, decimal) },
];

/** Size and spend of personas at the end of a day. */
export function SnapshotView({ set, stream }: { set: PersonaSet; stream: string }) {
  const [date, setDate] = useState(today());
  const [days, setDays] = useState(30);
  const query = { personaSetId: set.id, stream, date, days, timeZone: ZONE };
  const snapshot = useQuery(insights.snapshot(query));
  const colors = new Map(set.personas.map(({ key, color }) => [key, color]));
  return (
    <Section
      title="Size and spend on a date"
      about="Who was in which persona at the end of that day, and what they spent up to then."
      aside={
        <Group gap="xs">
          <AsOf at={snapshot.data?.asOf ?? null} />
          <SaveCsv name="persona-snapshot" query={query} of="size and spend" />
        </Group>
      }
    >
      <Group mb="sm" align="flex-end">
        <DayInput label="Date" value={date} onChange={setDate} />
        <NativeSelect
          label="Spend of the last"
          value={days}
          onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}
          data={DAYS.map((count) => ({ value: `${count}`, label: count === 1 ? 'day' : `${count} days` }))}
        />
      </Group>
      <Answer of={snapshot} rows={4}>
        {({ rows }) => (
          <Table.ScrollContainer minWidth={720}>
            <Table aria-label="Size and spend">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Persona</Table.Th>
                  {COLUMNS.map(({ label }) => (
                    <Table.Th key={label} className="number">
                      {label}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((row) => (
                  <Table.Tr key={row.persona ?? ''}>
                    <Table.Td>
                      <Group gap={8} wrap="nowrap" miw={170}>
                        <Dot color={colors.get(row.persona ?? '') ?? 'gray.5'} />
                        {row.name}
                      </Group>
                    </Table.Td>
                    {COLUMNS.map(({ label, of }) => (
                      <Table.Td key={label} className="number">
                        {of(row)}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Answer>
    </Section>
  );
}
