import { Button, Group, List, Loader, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { Dataset, ImportPreview, Mapping } from '../../api/types/contacts.ts';
import { number } from '../../app/format.ts';
import { withoutConfirmations } from './consent-reading.ts';
import { hasKey } from './mapping-draft.ts';
import { labelled } from './mapping-problems.ts';

/** Files up to this size are counted without a click. */
const SMALL_BYTES = 20_000_000;

/** What an import of the whole file would do to the consent of its contacts. */
export function ConsentPreview({ dataset, mapping }: { dataset: Dataset; mapping: Mapping }) {
  const [settled] = useDebouncedValue(mapping, 500);
  const isSmall = dataset.bytes <= SMALL_BYTES;
  const preview = useQuery({
    ...queries.importPreview(dataset.id, withoutConfirmations(settled)),
    enabled: isSmall && hasKey(settled),
  });
  if (preview.isFetching)
    return (
      <Group gap="xs" role="status">
        <Loader size="xs" />
        <Text size="sm">Counting the whole file…</Text>
      </Group>
    );
  if (preview.data) return <Counts of={preview.data} />;
  return (
    <Group gap="sm">
      {!isSmall && (
        <Button size="xs" variant="light" onClick={() => void preview.refetch()}>
          Count the whole file
        </Button>
      )}
      {preview.error && (
        <Text size="sm" c="dimmed">
          The whole file cannot be counted yet: {labelled(preview.error, settled).message}
        </Text>
      )}
    </Group>
  );
}

function Counts({ of: { rows, events, consents, columns } }: { of: ImportPreview }) {
  const unknown = columns.filter((column) => column.unknown > 0);
  return (
    <div role="status">
      <Text size="sm" fw={600}>
        The whole file: {number(rows)} rows
      </Text>
      <List size="sm">
        {consents.map((consent) => (
          <List.Item key={consent.purposes.join()}>{outcome(consent)}</List.Item>
        ))}
        {events.withoutValue > 0 && (
          <List.Item>
            {number(events.withoutValue)} of {number(events.rows)} events have no value: sums and averages leave them
            out
          </List.Item>
        )}
        {unknown.map(({ column, unknownWords }) => (
          <List.Item key={column}>
            {column} (rows): words without a meaning:{' '}
            {unknownWords.map(({ word, count }) => `"${word}" (${number(count)})`).join(', ')}
          </List.Item>
        ))}
      </List>
    </div>
  );
}

function outcome({ purposes, rows, contacts }: ImportPreview['consents'][number]): string {
  const { granted, denied, unset } = contacts ?? rows;
  const what = `${purposes.join(', ')} (${contacts ? 'contacts' : 'rows'})`;
  return `${what}: ${number(granted)} would be subscribed, ${number(denied)} unsubscribed, ${number(unset)} left unchanged`;
}
