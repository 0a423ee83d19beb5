import { Button, Group, NativeSelect, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { ColumnMapping, Dataset, Mapping } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { Section } from '../../components/page.tsx';
import { Failure } from '../../components/states.tsx';
import { ColumnsTable } from './columns-table.tsx';
import { EventFields } from './event-fields.tsx';
import { unplacedProblems } from './mapping-problems.ts';

/** What the columns mean: suggested, edited here, then imported. */
export function MappingForm({ dataset }: { dataset: Dataset }) {
  const [mapping, setMapping] = useState<Mapping>(() => startingPoint(dataset));
  const start = useAction(
    (wanted: Mapping) => api.post<Dataset>(`/v1/datasets/${dataset.id}/import`, { mapping: wanted }),
    {
      refreshes: ['datasets'],
      quiet: true,
    },
  );
  const change = (part: Partial<Mapping>) => setMapping({ ...mapping, ...part });
  const again = dataset.result !== null;
  const left = start.error && unplacedProblems(start.error, mapping);

  return (
    <Section
      title={again ? 'Mapping' : 'What the columns mean'}
      about={again ? undefined : 'Suggested from names and values. Personal values are masked.'}
      aside={
        <Button loading={start.isPending} onClick={() => start.mutate(mapping)}>
          {again ? 'Import again' : 'Start import'}
        </Button>
      }
    >
      <Stack>
        {left && <Failure title="This mapping was refused" error={left} />}
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
          <div>
            <Text size="sm" fw={500} mb={4} id="kind">
              Each row is
            </Text>
            <SegmentedControl
              fullWidth
              aria-labelledby="kind"
              value={mapping.kind}
              onChange={(kind) => change({ kind: kind as Mapping['kind'] })}
              data={[
                { value: 'contacts', label: 'A contact' },
                { value: 'events', label: 'An event' },
              ]}
            />
          </div>
          <NativeSelect
            label="Key"
            description="Rows with the same value are the same person."
            value={mapping.key.column ?? ''}
            onChange={({ currentTarget }) => change({ key: { column: currentTarget.value } })}
            data={dataset.columns.map((column) => column.name)}
          />
          <TextInput
            label="Country of rows that name none"
            description="Two letters; reads their phones, and decides their consent policy."
            placeholder="US"
            maxLength={2}
            value={mapping.defaultCountry ?? ''}
            onChange={({ currentTarget }) => change({ defaultCountry: currentTarget.value.toUpperCase() || undefined })}
          />
          <NativeSelect
            label="Source of the traits"
            description="Bought data is third-party."
            value={mapping.source ?? 'first-party'}
            onChange={({ currentTarget }) => change({ source: currentTarget.value as Mapping['source'] })}
            data={[
              { value: 'first-party', label: 'First-party' },
              { value: 'third-party', label: 'Third-party' },
            ]}
          />
        </SimpleGrid>
        <EventFields dataset={dataset} mapping={mapping} onChange={(events) => change({ events })} />
        <ColumnsTable
          columns={dataset.columns}
          mapping={mapping}
          error={start.error}
          onChange={(columns: ColumnMapping[]) => change({ columns })}
        />
        <Group justify="flex-end">
          <Button loading={start.isPending} onClick={() => start.mutate(mapping)}>
            {again ? 'Import again' : 'Start import'}
          </Button>
        </Group>
      </Stack>
    </Section>
  );
}

/** The last mapping, the suggested one, or all that can be said without a key. Every column has a row. */
function startingPoint({ mapping, suggestedMapping, columns }: Dataset): Mapping {
  const known = mapping ?? suggestedMapping ?? { kind: 'contacts', key: { column: columns[0]?.name }, columns: [] };
  const rows = columns.map(
    ({ name, suggestion }): ColumnMapping =>
      known.columns.find((column) => column.column === name) ??
      (mapping || known.columns.length > 0 ? { column: name, as: 'ignore' } : suggestion),
  );
  return { ...known, columns: rows };
}
