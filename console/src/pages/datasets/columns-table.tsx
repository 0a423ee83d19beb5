import { Code, Group, NativeSelect, Table, Text } from '@mantine/core';
import type { ColumnMapping, ColumnRole, DetectedColumn, Mapping } from '../../api/types/contacts.ts';
import { percent } from '../../app/format.ts';
import { ColumnDetails } from './column-details.tsx';
import { columnProblems } from './mapping-problems.ts';
import { ROLES } from './roles.ts';

interface ColumnsTableProps {
  columns: DetectedColumn[];
  mapping: Mapping;
  error: Error | null;
  onChange: (columns: ColumnMapping[]) => void;
}

/** Every column of the file with a few values, and what it means. */
export function ColumnsTable({ columns, mapping, error, onChange }: ColumnsTableProps) {
  const replace = (index: number, column: ColumnMapping) =>
    onChange(mapping.columns.map((old, i) => (i === index ? column : old)));
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Column</Table.Th>
            <Table.Th>Sample</Table.Th>
            <Table.Th className="number">Filled</Table.Th>
            <Table.Th w={200}>Meaning</Table.Th>
            <Table.Th w={320}>Details</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map((column, i) => (
            <ColumnRow
              key={column.name}
              column={column}
              mapping={mapping.columns[i]!}
              problems={columnProblems(error, i, mapping)}
              onChange={(changed) => replace(i, changed)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface ColumnRowProps {
  column: DetectedColumn;
  mapping: ColumnMapping;
  problems: string[];
  onChange: (mapping: ColumnMapping) => void;
}

function ColumnRow({ column, mapping, problems, onChange }: ColumnRowProps) {
  const mean = (as: ColumnRole) =>
    onChange({
      column: column.name,
      as,
      ...(as === 'trait' ? { trait: column.suggestion.trait ?? { type: column.type } } : {}),
      ...(as === 'consent' ? { consent: column.consent?.mapping ?? {} } : {}),
      ...(as === 'externalId' ? { namespace: column.suggestion.namespace } : {}),
      ...(column.suggestion.dateOrder ? { dateOrder: column.suggestion.dateOrder } : {}),
    });
  return (
    <Table.Tr opacity={mapping.as === 'ignore' ? 0.6 : 1}>
      <Table.Td>
        <Text size="sm" fw={600}>
          {column.name}
        </Text>
        {column.notices?.map(({ code, message }) => (
          <Text key={code} size="xs" c="orange" maw={260}>
            {message}
          </Text>
        ))}
      </Table.Td>
      <Table.Td maw={280}>
        <Group gap={4}>
          {column.samples.map((sample) => (
            <Code key={sample}>{sample}</Code>
          ))}
        </Group>
      </Table.Td>
      <Table.Td className="number">{percent(column.filled)}</Table.Td>
      <Table.Td>
        <NativeSelect
          aria-label={`Meaning of ${column.name}`}
          data={ROLES}
          value={mapping.as}
          onChange={({ currentTarget }) => mean(currentTarget.value as ColumnRole)}
          error={problems.join(' ') || undefined}
        />
      </Table.Td>
      <Table.Td>
        <ColumnDetails mapping={mapping} onChange={onChange} />
      </Table.Td>
    </Table.Tr>
  );
}
