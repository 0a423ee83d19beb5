import { MultiSelect, NativeSelect, NumberInput, Select, Text, TextInput } from '@mantine/core';
import type { Comparison, Measure, RuleLeaf, TraitRule } from '../../api/types/creatives.ts';
import { traitOptions } from '../../components/trait-options.ts';
import { useChoices } from '../../condition/choices.tsx';
import { isTrait, MEASURES, measureOf, measuresOf, OPERATORS, type Operator, withMeasure } from './rules.ts';

interface FieldsProps<T> {
  leaf: T;
  onChange: (leaf: RuleLeaf) => void;
}

/** The inputs of one rule. */
export function RuleFields({ leaf, onChange }: FieldsProps<RuleLeaf>) {
  if (isTrait(leaf)) return <TraitFields leaf={leaf} onChange={onChange} />;
  if ('persona' in leaf) return <PersonaField leaf={leaf} onChange={onChange} />;
  if ('personaSize' in leaf)
    return <ComparisonFields value={leaf.personaSize} onChange={(personaSize) => onChange({ personaSize })} />;
  if ('personaShare' in leaf)
    return (
      <ComparisonFields percent value={leaf.personaShare} onChange={(personaShare) => onChange({ personaShare })} />
    );
  const what = 'tone' in leaf ? 'tone' : 'offer';
  return (
    <TextInput
      size="xs"
      miw={220}
      aria-label={what === 'tone' ? 'Tone' : 'Offer'}
      placeholder="As it is written in the persona's brief"
      value={'tone' in leaf ? leaf.tone : leaf.offer}
      onChange={({ currentTarget: { value } }) => onChange(what === 'tone' ? { tone: value } : { offer: value })}
    />
  );
}

function PersonaField({ leaf, onChange }: FieldsProps<{ persona: { in: string[]; set?: string } }>) {
  const { personaSets } = useChoices();
  const names = personaSets.flatMap(({ personas }) => personas.map(({ name }) => name));
  return (
    <MultiSelect
      size="xs"
      miw={240}
      searchable
      aria-label="Personas"
      value={leaf.persona.in}
      // keys and the names of personas that are no more stay as they were written
      data={[...new Set([...names, ...leaf.persona.in])]}
      onChange={(chosen) => onChange({ persona: { ...leaf.persona, in: chosen } })}
    />
  );
}

function TraitFields({ leaf, onChange }: FieldsProps<TraitRule>) {
  const { traits } = useChoices();
  const typeOf = (name: string) => traits.find((trait) => trait.name === name)?.type;
  const type = typeOf(leaf.trait);
  const measure = measureOf(leaf);
  const choose = (trait: string) => {
    const keeps = measuresOf(typeOf(trait)).includes(measure) && typeOf(trait) === type;
    onChange(keeps ? { ...leaf, trait } : withMeasure({ trait }, 'salient', typeOf(trait)));
  };
  const comparison = leaf[measure];
  return (
    <>
      <Select
        size="xs"
        w={168}
        searchable
        allowDeselect={false}
        aria-label="Trait"
        placeholder={traits.length === 0 ? 'No traits yet' : 'Choose a trait'}
        value={leaf.trait || null}
        onChange={(trait) => trait && choose(trait)}
        data={traitOptions(traits)}
      />
      <NativeSelect
        size="xs"
        aria-label="Measure"
        value={measure}
        onChange={({ currentTarget }) => onChange(withMeasure(leaf, currentTarget.value as Measure, type))}
        data={[...new Set([...measuresOf(type), measure])].map((each) => ({ value: each, label: MEASURES[each] }))}
      />
      {leaf.value !== undefined && <ValueField value={leaf.value} onChange={(value) => onChange({ ...leaf, value })} />}
      {typeof comparison === 'object' && (
        <ComparisonFields
          percent={measure === 'share'}
          value={comparison}
          onChange={(next) => onChange({ ...leaf, [measure]: next })}
        />
      )}
    </>
  );
}

function ValueField({ value, onChange }: { value: string | boolean; onChange: (value: string | boolean) => void }) {
  if (typeof value === 'boolean') {
    return (
      <NativeSelect
        size="xs"
        aria-label="Value"
        value={String(value)}
        onChange={({ currentTarget }) => onChange(currentTarget.value === 'true')}
        data={[
          { value: 'true', label: 'yes' },
          { value: 'false', label: 'no' },
        ]}
      />
    );
  }
  return (
    <TextInput
      size="xs"
      w={150}
      aria-label="Value"
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

interface ComparisonProps {
  value: Comparison;
  /** Shown as percentages of 1. */
  percent?: boolean;
  onChange: (value: Comparison) => void;
}

/** A comparison with one number. What has more, written through the API, is shown and kept. */
function ComparisonFields({ value, percent = false, onChange }: ComparisonProps) {
  const [[operator, operand] = ['gte', undefined], ...more] = Object.entries(value);
  if (more.length > 0 || !(operator in OPERATORS)) return <Text size="xs">{JSON.stringify(value)}</Text>;
  const factor = percent ? 100 : 1;
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label="Operator"
        value={operator}
        onChange={({ currentTarget }) => onChange({ [currentTarget.value as Operator]: operand })}
        data={Object.entries(OPERATORS).map(([name, label]) => ({ value: name, label }))}
      />
      <NumberInput
        size="xs"
        w={104}
        aria-label="Number"
        thousandSeparator=","
        suffix={percent ? ' %' : undefined}
        value={typeof operand === 'number' ? Number((operand * factor).toPrecision(12)) : ''}
        onChange={(next) => typeof next === 'number' && onChange({ [operator]: next / factor })}
      />
    </>
  );
}
