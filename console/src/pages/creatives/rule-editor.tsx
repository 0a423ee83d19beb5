import type { RuleGroup } from '../../api/types/creatives.ts';
import { useChoices } from '../../condition/choices.tsx';
import { type EditorProps, GroupEditor } from '../../condition/tree-editor.tsx';
import { RuleFields } from './rule-fields.tsx';
import { LEAF_NAMES, type LeafKind, leafKind, newLeaf } from './rules.ts';

const KINDS = Object.entries(LEAF_NAMES).map(([value, label]) => ({ value: value as LeafKind, label }));

/** Rules of which all, or any, must hold. */
export function RuleGroupEditor(props: EditorProps<RuleGroup>) {
  const { traits, personaSets } = useChoices();
  const personas = personaSets.flatMap((set) => set.personas.map(({ name }) => name));
  return (
    <GroupEditor
      {...props}
      leaves={{
        noun: 'rule',
        kinds: KINDS,
        kindOf: leafKind,
        create: (kind) => newLeaf(kind, traits, personas),
        Fields: RuleFields,
      }}
    />
  );
}
