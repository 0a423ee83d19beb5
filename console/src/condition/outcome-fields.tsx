import { NativeSelect, Select } from '@mantine/core';
import type { Comparison, ConditionLeaf, OutcomeLeaf } from '../api/types/condition.ts';
import { useChoices } from './choices.tsx';
import { ComparisonFields } from './event-fields.tsx';

const MEASURES = [
  { value: 'percentile', label: 'percentile (0 to 100)' },
  { value: 'probability', label: 'probability (0 to 1)' },
] as const;
type Measure = (typeof MEASURES)[number]['value'];

const STARTS: Record<Measure, Comparison> = { percentile: { gte: 90 }, probability: { gte: 0.5 } };

/** How a contact is scored by an outcome. */
export function OutcomeFields({ node, onChange }: { node: OutcomeLeaf; onChange: (node: ConditionLeaf) => void }) {
  const { outcomes } = useChoices();
  const measure: Measure = node.percentile || !node.probability ? 'percentile' : 'probability';
  const value = node[measure] ?? STARTS[measure];
  const measureBy = (next: Measure) => {
    const { percentile: _p, probability: _q, ...rest } = node;
    onChange({ ...rest, [next]: STARTS[next] });
  };
  return (
    <>
      <Select
        size="xs"
        searchable
        allowDeselect={false}
        aria-label="Outcome"
        placeholder={outcomes.length === 0 ? 'No published outcome yet' : 'Choose an outcome'}
        value={node.outcome || null}
        onChange={(outcome) => outcome && onChange({ ...node, outcome })}
        data={outcomes.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <NativeSelect
        size="xs"
        aria-label="Score"
        value={measure}
        onChange={({ currentTarget }) => measureBy(currentTarget.value as Measure)}
        data={[...MEASURES]}
      />
      <ComparisonFields value={value} onChange={(comparison) => onChange({ ...node, [measure]: comparison })} />
    </>
  );
}
