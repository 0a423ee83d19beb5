import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useParams } from 'react-router';
import { download } from '../../api/client.ts';
import { queries, refresh } from '../../api/queries.ts';
import type { Dataset } from '../../api/types/contacts.ts';
import { useAction } from '../../api/use-action.ts';
import { bytes, number } from '../../app/format.ts';
import { Page, Section } from '../../components/page.tsx';
import { Answer, Failure } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { Ago } from '../../components/time.tsx';
import { CancelImport } from './cancel-import.tsx';
import { DatasetMenu } from './dataset-menu.tsx';
import { FileFormatSection } from './file-format.tsx';
import { FunnelView } from './funnel-view.tsx';
import { MappingForm } from './mapping-form.tsx';
import { SendAgain } from './send-again.tsx';

export default function DatasetPage() {
  const { id = '' } = useParams();
  const dataset = useQuery(queries.dataset(id));
  const client = useQueryClient();
  const output = dataset.data?.lastUpdatedOutputAt;
  // new contacts change the counts of every other page
  useEffect(() => {
    if (output) void refresh(client, 'contacts', 'cohorts', 'audiences');
  }, [output, client]);
  return <Answer of={dataset}>{(data) => <DatasetView key={data.id} dataset={data} />}</Answer>;
}

function DatasetView({ dataset }: { dataset: Dataset }) {
  const running = dataset.status === 'starting' || dataset.status === 'running';
  const { format } = dataset;
  const facts = [
    format.format.toUpperCase(),
    format.encoding,
    `${number(dataset.columns.length)} columns`,
    bytes(dataset.bytes),
    dataset.expectEveryHours !== null && `a new file every ${number(dataset.expectEveryHours)} hours`,
  ];
  return (
    <Page
      title={dataset.name}
      badge={<State of={dataset.status} />}
      trail={[{ label: 'Datasets', to: '/datasets' }]}
      about={
        <>
          {facts.filter(Boolean).join(' · ')} · uploaded <Ago at={dataset.createdAt} />
        </>
      }
      actions={
        <>
          {dataset.result && dataset.result.rejects > 0 && <Rejects dataset={dataset} />}
          <DatasetMenu dataset={dataset} />
        </>
      }
    >
      {dataset.statusError && <Failure title="The import failed" error={new Error(dataset.statusError.message)} />}
      {running && <ImportProgress dataset={dataset} />}
      {dataset.funnel && !running && <FunnelView dataset={dataset} />}
      {!running && dataset.fileDeletedAt !== null && <SendAgain dataset={dataset} />}
      {!running && <FileFormatSection dataset={dataset} canChange={dataset.fileDeletedAt === null} />}
      {!running && <MappingForm key={dataset.format.columns.join()} dataset={dataset} />}
    </Page>
  );
}

function ImportProgress({ dataset }: { dataset: Dataset }) {
  const { rowsRead, bytesRead, bytesTotal } = dataset.progress;
  const share = bytesTotal > 0 ? bytesRead / bytesTotal : 0;
  return (
    <Section title="Importing" aside={<CancelImport dataset={dataset} />}>
      <Stack gap="xs" aria-live="polite">
        <Progress value={share * 100} size="lg" animated aria-label="Import progress" />
        <Group justify="space-between">
          <Text size="sm">{number(rowsRead)} rows read</Text>
          <Text size="sm" c="dimmed">
            {bytes(bytesRead)} of {bytes(bytesTotal)}
          </Text>
        </Group>
      </Stack>
    </Section>
  );
}

function Rejects({ dataset }: { dataset: Dataset }) {
  const save = useAction(() => download(`/v1/datasets/${dataset.id}/rejects.csv`, `${dataset.id}-rejects.csv`), {
    refreshes: [],
  });
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} />}
      loading={save.isPending}
      onClick={() => save.mutate()}
    >
      Rejects ({number(dataset.result!.rejects)})
    </Button>
  );
}
