import { storedValue } from '../contacts/values/trait.ts';
import type { FieldProblem } from '../http/problem.ts';
import type { Traits, TraitType } from '../models/table.ts';

/** Traits as posted, by type, with what could not be used. */
export interface PostedTraits {
  traits: Traits;
  /** Posted as "not known": whatever is stored does not count. */
  cleared: string[];
  warnings: FieldProblem[];
}

const MOST_NAMED = 200;

/** Reads posted values by the types of the catalogue. @param path of the traits in the request */
export function readTraits(
  given: Record<string, unknown> | undefined,
  types: ReadonlyMap<string, TraitType>,
  path: string,
): PostedTraits {
  // without a prototype, so that any name is a trait's, `__proto__` too
  const traits: Traits = { num: Object.create(null), cat: Object.create(null) };
  const posted: PostedTraits = { traits, cleared: [], warnings: [] };
  for (const name in given) {
    if (!Object.hasOwn(given, name)) continue;
    const type = types.get(name);
    const at = `${path}.${name.slice(0, MOST_NAMED)}`;
    if (!type) {
      posted.warnings.push({ path: at, code: 'unknown_trait', message: 'The catalogue has no such trait; left out.' });
      continue;
    }
    const value = storedValue(type, given[name]);
    if (value === null) posted.cleared.push(name);
    else if ('num' in value) traits.num[name] = value.num;
    else if ('cat' in value) traits.cat[name] = value.cat;
    else posted.warnings.push({ path: at, code: value.code, message: `${value.message} The trait is a ${type}.` });
  }
  return posted;
}

/** Posted traits over those that are contact fields of the request. */
export const withFields = (posted: PostedTraits, { num, cat }: Traits): PostedTraits => ({
  ...posted,
  traits: { num: { ...num, ...posted.traits.num }, cat: { ...cat, ...posted.traits.cat } },
});

/** Stored traits under posted ones. */
export function mergedTraits(stored: Traits | undefined, { traits, cleared }: PostedTraits): Traits {
  if (!stored) return traits;
  const merged = { num: { ...stored.num, ...traits.num }, cat: { ...stored.cat, ...traits.cat } };
  for (const name of cleared) {
    delete merged.num[name];
    delete merged.cat[name];
  }
  return merged;
}
