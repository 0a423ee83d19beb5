import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { ColumnMapping, Dataset, Mapping } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { Section } from '../../components/page.tsx';
import { Failure } from '../../components/states.tsx';
import { ColumnsTable } from './columns-table.tsx';
import { unconfirmedColumns } from './consent-reading.ts';
import { ConsentStep } from './consent-step.tsx';
import { EventFields } from './event-fields.tsx';
import { unplacedProblems } from './mapping-problems.ts';
import { RowFields } from './row-fields.tsx';

/** The mapping of a file: suggested by Reach, edited here, then imported. */
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

  const unconfirmed = unconfirmedColumns(mapping);
  return (
    <>
      <Section
        title={again ? 'Mapping' : 'Map the columns'}
        about={again ? undefined : 'Suggested from the names and values of the columns. Personal values are masked.'}
      >
        <Stack>
          {left && <Failure title="The import could not start" error={left} />}
          <RowFields dataset={dataset} mapping={mapping} onChange={change} />
          <EventFields dataset={dataset} mapping={mapping} onChange={(events) => change({ events })} />
          <ColumnsTable
            columns={dataset.columns}
            mapping={mapping}
            error={start.error}
            onChange={(columns: ColumnMapping[]) => change({ columns })}
          />
        </Stack>
      </Section>
      <ConsentStep dataset={dataset} mapping={mapping} onChange={setMapping} />
      <Group justify="flex-end">
        {unconfirmed.length > 0 && (
          <Text size="sm" c="dimmed">
            Confirm how consent is read in {unconfirmed.join(', ')}.
          </Text>
        )}
        <Button loading={start.isPending} disabled={unconfirmed.length > 0} onClick={() => start.mutate(mapping)}>
          {again ? 'Import again' : 'Start import'}
        </Button>
      </Group>
    </>
  );
}

/** The last mapping, the suggested one, or one without a key. Every column has a row. */
function startingPoint({ mapping, suggestedMapping, columns }: Dataset): Mapping {
  const known = mapping ?? suggestedMapping ?? { kind: 'contacts', key: { column: columns[0]?.name }, columns: [] };
  const rows = columns.map(
    ({ name, suggestion }): ColumnMapping =>
      known.columns.find((column) => column.column === name) ??
      (mapping || known.columns.length > 0 ? { column: name, as: 'ignore' } : suggestion),
  );
  return { ...known, columns: rows };
}
