import { NativeSelect, Select } from '@mantine/core';
import type { ConditionLeaf, TraitLeaf } from '../api/types/condition.ts';
import { traitOptions } from '../components/trait-options.ts';
import { useChoices } from './choices.tsx';
import { operandOf, operatorsFor, startingValue } from './operators.ts';
import { ValueField } from './value-field.tsx';

export function TraitFields({ node, onChange }: { node: TraitLeaf; onChange: (node: ConditionLeaf) => void }) {
  const { traits } = useChoices();
  const type = traits.find((trait) => trait.name === node.trait)?.type ?? 'category';
  const choose = (trait: string) => {
    const next = traits.find((each) => each.name === trait)?.type ?? 'category';
    const op = operatorsFor(next)[0]!.value;
    onChange(withValue({ trait, op }, startingValue(op, next)));
  };
  const operate = (op: string) => {
    const keep = operandOf(op) === operandOf(node.op) && node.value !== undefined;
    onChange(withValue({ trait: node.trait, op }, keep ? node.value : startingValue(op, type)));
  };
  return (
    <>
      <Select
        size="xs"
        w={168}
        searchable
        allowDeselect={false}
        aria-label="Trait"
        placeholder={traits.length === 0 ? 'No traits yet' : 'Choose a trait'}
        value={node.trait || null}
        onChange={(trait) => trait && choose(trait)}
        data={traitOptions(traits)}
      />
      <NativeSelect
        size="xs"
        aria-label="Operator"
        value={node.op}
        onChange={({ currentTarget }) => operate(currentTarget.value)}
        data={operatorsFor(type)}
      />
      <ValueField
        type={type}
        operand={operandOf(node.op)}
        value={node.value}
        onChange={(value) => onChange({ ...node, value })}
      />
    </>
  );
}

/** Operators without a value have no such field at all. */
const withValue = (leaf: TraitLeaf, value: unknown): TraitLeaf => (value === undefined ? leaf : { ...leaf, value });
