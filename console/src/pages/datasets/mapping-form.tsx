import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { ColumnMapping, Dataset, Mapping } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { Section } from '../../components/page.tsx';
import { Failure } from '../../components/states.tsx';
import { columnNotices } from './column-notices.ts';
import { ColumnsTable } from './columns-table.tsx';
import { unconfirmedColumns } from './consent-reading.ts';
import { ConsentStep } from './consent-step.tsx';
import { deletedFile } from './deleted-file.ts';
import { EventFields } from './event-fields.tsx';
import { hasKey, startingPoint } from './mapping-draft.ts';
import { labelled } from './mapping-problems.ts';
import { Notices } from './notices.tsx';
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
  const obstacle = obstacleOf(dataset, mapping);
  return (
    <>
      <Section
        title={again ? 'Mapping' : 'Map the columns'}
        about={again ? undefined : 'Suggested from the names and values of the columns. Personal values are masked.'}
      >
        <Stack>
          {!hasKey(mapping) && (
            <Alert color="orange" icon={<IconAlertTriangle />} title="This file may not hold contacts">
              Reach found no column that tells people apart. Choose the key, or upload a file of contacts or orders.
            </Alert>
          )}
          <RowFields dataset={dataset} mapping={mapping} onChange={change} />
          <EventFields dataset={dataset} mapping={mapping} onChange={(events) => change({ events })} />
          <Notices title="Check these columns" notices={columnNotices(dataset.columns)} />
          <ColumnsTable
            columns={dataset.columns}
            mapping={mapping}
            error={start.error}
            onChange={(columns: ColumnMapping[]) => change({ columns })}
          />
        </Stack>
      </Section>
      <ConsentStep dataset={dataset} mapping={mapping} onChange={setMapping} />
      {start.error && <Failure title="The import could not start" error={labelled(start.error, mapping)} />}
      <Group justify="flex-end">
        {obstacle && (
          <Text size="sm" c="dimmed">
            {obstacle}
          </Text>
        )}
        <Button loading={start.isPending} disabled={obstacle !== undefined} onClick={() => start.mutate(mapping)}>
          {again ? 'Import again' : 'Start import'}
        </Button>
      </Group>
    </>
  );
}

/** Why the import cannot start yet. */
function obstacleOf(dataset: Dataset, mapping: Mapping): string | undefined {
  if (dataset.fileDeletedAt !== null) return deletedFile(dataset);
  if (!hasKey(mapping)) return 'Choose the key.';
  const unconfirmed = unconfirmedColumns(mapping);
  return unconfirmed.length > 0 ? `Confirm how consent is read in ${unconfirmed.join(', ')}.` : undefined;
}
