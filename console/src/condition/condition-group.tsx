import { Text } from '@mantine/core';
import type { ConditionLeaf } from '../api/types/condition.ts';
import type { Group } from '../api/types/tree.ts';
import { newLeaf, useChoices } from './choices.tsx';
import { EventFields } from './event-fields.tsx';
import { isEvent, isOutcome, isTrait, LEAF_NAMES, type LeafKind, leafKind } from './leaves.ts';
import { OutcomeFields } from './outcome-fields.tsx';
import { AudienceField, CohortField, ConsentFields, ContactableField, PersonaFields } from './reference-fields.tsx';
import { TraitFields } from './trait-fields.tsx';
import { type EditorProps, GroupEditor, type LeafProps } from './tree-editor.tsx';

/** A list of conditions of which all, or any, must hold. */
export function ConditionGroup(props: EditorProps<Group<ConditionLeaf>>) {
  const choices = useChoices();
  const kinds = (Object.keys(LEAF_NAMES) as LeafKind[]).filter((kind) => kind !== 'audience' || choices.inAudience);
  return (
    <GroupEditor
      {...props}
      leaves={{
        noun: 'condition',
        kinds: kinds.map((value) => ({ value, label: LEAF_NAMES[value] })),
        kindOf: leafKind,
        create: (kind) => newLeaf(kind, choices),
        Fields,
      }}
    />
  );
}

function Fields({ leaf, onChange }: LeafProps<ConditionLeaf>) {
  if (isTrait(leaf)) return <TraitFields node={leaf} onChange={onChange} />;
  if (isEvent(leaf)) return <EventFields node={leaf} onChange={onChange} />;
  if (isOutcome(leaf)) return <OutcomeFields node={leaf} onChange={onChange} />;
  if ('persona' in leaf) return <PersonaFields node={leaf} onChange={onChange} />;
  if ('cohort' in leaf) return <CohortField node={leaf} onChange={onChange} />;
  if ('audience' in leaf) return <AudienceField node={leaf} onChange={onChange} />;
  if ('contactable' in leaf) return <ContactableField node={leaf} onChange={onChange} />;
  if ('consent' in leaf) return <ConsentFields node={leaf} onChange={onChange} />;
  return <Text size="sm">every contact</Text>;
}
