import { Button, Card, Group, NativeSelect, SimpleGrid, Text, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { Dataset, EventMapping, Mapping } from '../../api/types/contacts.ts';
import { newEvent, orderReading } from './mapping-draft.ts';

interface EventFieldsProps {
  dataset: Dataset;
  mapping: Mapping;
  onChange: (events: EventMapping[] | undefined) => void;
}

/** The events that each row holds, such as an order, with their time, value, id and properties. */
export function EventFields({ dataset, mapping, onChange }: EventFieldsProps) {
  const names = dataset.columns.map((column) => column.name);
  const events = mapping.events ?? [];
  const replace = (index: number, event: EventMapping) => onChange(events.map((old, i) => (i === index ? event : old)));
  const remove = (index: number) => {
    const left = events.filter((_, i) => i !== index);
    onChange(left.length > 0 ? left : undefined);
  };
  return (
    <>
      {events.map((event, i) => (
        <EventRow
          // events have no id, so their index is the key
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={i}
          event={event}
          names={names}
          onChange={(changed) => replace(i, changed)}
          onRemove={() => remove(i)}
        />
      ))}
      <Group>
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...events, newEvent(dataset, events)])}
        >
          Add an event
        </Button>
      </Group>
    </>
  );
}

interface EventRowProps {
  event: EventMapping;
  names: string[];
  onChange: (event: EventMapping) => void;
  onRemove: () => void;
}

function EventRow({ event, names, onChange, onRemove }: EventRowProps) {
  const optional = [{ value: '', label: '(none)' }, ...names.map((name) => ({ value: name, label: name }))];
  const properties = Object.values(event.properties ?? {});
  const orders = orderReading(event);
  return (
    <Card padding="sm">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
        <TextInput
          label="Kind of event"
          value={event.stream}
          onChange={({ currentTarget }) => onChange({ ...event, stream: currentTarget.value })}
        />
        <NativeSelect
          label="Time"
          data={names}
          value={event.time}
          onChange={({ currentTarget }) => onChange({ ...event, time: currentTarget.value })}
        />
        <NativeSelect
          label="Value"
          data={optional}
          value={event.value ?? ''}
          onChange={({ currentTarget }) => onChange({ ...event, value: currentTarget.value || undefined })}
        />
        <NativeSelect
          label="ID"
          data={optional}
          value={event.id ?? ''}
          onChange={({ currentTarget }) => onChange({ ...event, id: currentTarget.value || undefined })}
        />
      </SimpleGrid>
      {orders && (
        <Text size="xs" mt="xs">
          {orders}
        </Text>
      )}
      <Group justify="space-between" wrap="nowrap" align="flex-start" mt="xs">
        <Text size="xs" c="dimmed">
          {properties.length > 0 ? `Properties: ${properties.join(', ')}` : 'No properties'}
        </Text>
        <Button size="compact-xs" variant="subtle" color="red" flex="none" onClick={onRemove}>
          Remove event
        </Button>
      </Group>
    </Card>
  );
}
