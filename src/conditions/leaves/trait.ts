import { type Attribute, attributeSql, attributeText, checkAttribute } from '../attribute.ts';
import { checkText } from '../check.ts';
import type { TraitLeaf } from '../condition.ts';
import { at, type Compiler, type LeafKind } from '../leaf.ts';
import { hint } from '../nearest.ts';

/** `{"trait": "tenure", "op": "gte", "value": 12}` */
export const traitLeaf: LeafKind<TraitLeaf> = {
  fields: ['trait', 'op', 'value'],

  check(node, path, checker) {
    if (!checkText(checker, node.trait, at(path, 'trait'))) return;
    const type = checker.context.traits.get(node.trait);
    if (type) checkAttribute(checker, node, path, type);
    else {
      const near = hint(node.trait, checker.context.traits.keys());
      checker.refuse(at(path, 'trait'), 'unknown_trait', `There is no trait "${node.trait}".${near}`);
    }
  },

  sql(leaf, compiler) {
    return attributeSql(traitAttribute(leaf.trait, compiler), leaf, compiler);
  },

  text: (leaf) => `${leaf.trait} ${attributeText(leaf)}`,
};

/** A known trait in SQL over a row of `contacts`. */
export function traitAttribute(name: string, compiler: Compiler): Attribute {
  const { traits, fields } = compiler.context;
  const type = traits.get(name)!;
  const field = fields?.get(name);
  if (field) return { type, ...field };
  const map = type === 'category' ? 'cat' : 'num';
  const key = compiler.bind('String', name);
  return { type, known: `mapContains(${map}, ${key})`, value: `${map}[${key}]` };
}
