import { Button, Progress, Stack, Table, Text } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../../api/queries.ts';
import type { Dataset } from '../../api/types/contacts.ts';
import { bytes, number } from '../../app/format.ts';
import { Page, Section } from '../../components/page.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { Answer, Empty } from '../../components/states.tsx';
import { State } from '../../components/status.tsx';
import { Ago } from '../../components/time.tsx';
import { UploadBox } from './upload-box.tsx';

export default function DatasetsPage() {
  const datasets = useQuery(queries.datasets());
  return (
    <Page
      title="Datasets"
      about="Files with your contacts and their events. Later files update the contacts of earlier ones."
      actions={
        <Button component={Link} to="/traits" variant="default">
          Traits
        </Button>
      }
    >
      <UploadBox />
      <Section title="Files">
        <Answer of={datasets}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={IconDatabase} title="No files yet">
                Drop the export of your shop, CRM or e-mail tool above. Reach suggests a mapping of the columns, and you
                confirm it.
              </Empty>
            ) : (
              <Files items={items} />
            )
          }
        </Answer>
      </Section>
    </Page>
  );
}

function Files({ items }: { items: Dataset[] }) {
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th className="number">Size</Table.Th>
            <Table.Th className="number">Contacts</Table.Th>
            <Table.Th className="number">Events</Table.Th>
            <Table.Th className="number">Rejects</Table.Th>
            <Table.Th>Imported</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((dataset) => (
            <RowLink key={dataset.id} to={`/datasets/${dataset.id}`} label={dataset.name}>
              <Table.Td>
                <ImportState dataset={dataset} />
              </Table.Td>
              <Table.Td className="number">{bytes(dataset.bytes)}</Table.Td>
              <Table.Td className="number">{dataset.result ? number(dataset.result.contacts) : '–'}</Table.Td>
              <Table.Td className="number">{dataset.result ? number(dataset.result.events) : '–'}</Table.Td>
              <Table.Td className="number">{dataset.result ? number(dataset.result.rejects) : '–'}</Table.Td>
              <Table.Td>
                <Ago at={dataset.lastUpdatedOutputAt} />
              </Table.Td>
            </RowLink>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function ImportState({ dataset }: { dataset: Dataset }) {
  const { bytesRead, bytesTotal } = dataset.progress;
  return (
    <Stack gap={4}>
      <State of={dataset.status} />
      {dataset.status === 'running' && (
        <Progress size="xs" value={bytesTotal ? (bytesRead / bytesTotal) * 100 : 0} aria-label="Import progress" />
      )}
      {dataset.statusError && (
        <Text size="xs" c="red" lineClamp={2} maw={320}>
          {dataset.statusError.message}
        </Text>
      )}
    </Stack>
  );
}
