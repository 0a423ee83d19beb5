import { ActionIcon, Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type {
  Comparator,
  Comparison,
  ConditionLeaf,
  Duration,
  EventLeaf,
  PropertyFilter,
} from '../api/types/condition.ts';
import { useChoices } from './choices.tsx';
import { COMPARATORS, operandOf, operatorsFor, startingValue } from './operators.ts';
import { DurationField, NumberField, ValueField } from './value-field.tsx';

const MEASURES = [
  { value: 'count', label: 'number' },
  { value: 'sum', label: 'total value' },
  { value: 'average', label: 'average value' },
  { value: 'recency', label: 'days since the last' },
] as const;
type Measure = (typeof MEASURES)[number]['value'];

/** What a contact did: which events, how many or how much, in which time, with which properties. */
export function EventFields({ node, onChange }: { node: EventLeaf; onChange: (node: ConditionLeaf) => void }) {
  const { streams } = useChoices();
  const names = new Set([...streams.map(({ stream }) => stream), node.event]);
  const measure = MEASURES.find(({ value }) => node[value])?.value ?? 'count';
  const change = (next: Measure, comparison: Comparison) => {
    const { count: _c, sum: _s, average: _a, recency: _r, ...rest } = node;
    onChange({ ...rest, [next]: comparison });
  };
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label="Event"
        value={node.event}
        onChange={({ currentTarget }) => onChange({ ...node, event: currentTarget.value })}
        data={[...names]}
      />
      <NativeSelect
        size="xs"
        aria-label="Measure"
        value={measure}
        onChange={({ currentTarget }) => change(currentTarget.value as Measure, node[measure] ?? { gte: 1 })}
        data={[...MEASURES]}
      />
      <ComparisonFields value={node[measure] ?? { gte: 1 }} onChange={(comparison) => change(measure, comparison)} />
      <WindowFields node={node} onChange={onChange} />
      <PropertyFields
        filters={node.where ?? []}
        onChange={(where) => onChange(where.length > 0 ? { ...node, where } : without(node, 'where'))}
      />
    </>
  );
}

export function ComparisonFields({ value, onChange }: { value: Comparison; onChange: (value: Comparison) => void }) {
  const comparator = COMPARATORS.find((each) => value[each.value] !== undefined)?.value ?? 'gte';
  const amount = value[comparator] ?? 0;
  return (
    <Group gap={6} wrap="nowrap">
      <NativeSelect
        size="xs"
        aria-label="Comparison"
        value={comparator}
        onChange={({ currentTarget }) => onChange({ [currentTarget.value as Comparator]: amount })}
        data={COMPARATORS}
      />
      <NumberField label="Amount" value={amount} onChange={(next) => onChange({ [comparator]: next })} />
    </Group>
  );
}

function WindowFields({ node, onChange }: { node: EventLeaf; onChange: (node: ConditionLeaf) => void }) {
  const { within } = node;
  const isLast = within !== undefined && !('from' in within || 'to' in within);
  return (
    <Group gap={6} wrap="nowrap">
      <NativeSelect
        size="xs"
        aria-label="Time"
        value={within === undefined ? 'ever' : isLast ? 'last' : 'between'}
        onChange={({ currentTarget }) =>
          onChange(
            currentTarget.value === 'ever'
              ? without(node, 'within')
              : {
                  ...node,
                  within: currentTarget.value === 'last' ? { days: 90 } : { from: startingValue('eq', 'date') },
                },
          )
        }
        data={[
          { value: 'ever', label: 'at any time' },
          { value: 'last', label: 'in the last' },
          { value: 'between', label: 'since' },
        ]}
      />
      {isLast && <DurationField value={within as Duration} onChange={(next) => onChange({ ...node, within: next })} />}
      {within !== undefined && !isLast && (
        <ValueField
          type="date"
          operand="one"
          value={within.from}
          onChange={(from) => onChange({ ...node, within: { ...within, from } })}
        />
      )}
    </Group>
  );
}

function PropertyFields({
  filters,
  onChange,
}: {
  filters: PropertyFilter[];
  onChange: (filters: PropertyFilter[]) => void;
}) {
  const replace = (index: number, filter: PropertyFilter) =>
    onChange(filters.map((old, i) => (i === index ? filter : old)));
  return (
    <>
      {filters.map((filter, i) => {
        const type = typeof [filter.value].flat()[0] === 'number' ? 'number' : 'category';
        return (
          // filters have no id: their place is what they are known by
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <Group gap={6} key={i} wrap="nowrap">
            <Text size="xs">where</Text>
            <TextInput
              size="xs"
              w={110}
              aria-label="Property"
              value={filter.property}
              onChange={({ currentTarget }) => replace(i, { ...filter, property: currentTarget.value })}
            />
            <NativeSelect
              size="xs"
              aria-label="Operator"
              value={filter.op}
              onChange={({ currentTarget: { value: op } }) =>
                replace(i, { property: filter.property, op, value: startingValue(op, type) })
              }
              data={operatorsFor(type)}
            />
            <ValueField
              type={type}
              operand={operandOf(filter.op)}
              value={filter.value}
              onChange={(value) => replace(i, { ...filter, value })}
            />
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label="Remove property"
              onClick={() => onChange(filters.filter((_, j) => j !== i))}
            >
              <IconX size={14} />
            </ActionIcon>
          </Group>
        );
      })}
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconPlus size={12} />}
        onClick={() => onChange([...filters, { property: '', op: 'eq', value: '' }])}
      >
        property
      </Button>
    </>
  );
}

function without(node: EventLeaf, key: 'where' | 'within'): EventLeaf {
  return Object.fromEntries(Object.entries(node).filter(([name]) => name !== key)) as unknown as EventLeaf;
}
