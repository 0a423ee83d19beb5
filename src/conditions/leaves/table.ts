import type { LeafKind } from '../leaf.ts';
import { consentLeaf, contactableLeaf, everyoneLeaf } from './contact.ts';
import { eventLeaf } from './event.ts';
import { outcomeLeaf } from './outcome.ts';
import { audienceLeaf, cohortLeaf, personaLeaf } from './reference.ts';
import { traitLeaf } from './trait.ts';

/** Every kind of leaf, by the field that marks it. A new kind is one more entry here and in `Condition`. */
export const LEAVES: ReadonlyMap<string, LeafKind<object>> = new Map(
  [
    traitLeaf,
    eventLeaf,
    personaLeaf,
    outcomeLeaf,
    cohortLeaf,
    audienceLeaf,
    contactableLeaf,
    consentLeaf,
    everyoneLeaf,
  ].map((kind) => [kind.fields[0], kind as unknown as LeafKind<object>]),
);

/** The kind of a leaf that passed validation. */
export function kindOf(leaf: object): LeafKind<object> {
  for (const [mark, kind] of LEAVES) if (Object.hasOwn(leaf, mark)) return kind;
  throw new Error('a condition was compiled without being validated');
}
