import { OPERATORS } from '../conditions/attribute.ts';

/** Fields of definitions and models whose text is the name of a trait, and those that list such names. */
const NAMES = new Set(['trait', 'duplicateOf', 'valueAttribute']);
const LISTS = new Set(['traits', 'attributes']);

type Node = Readonly<Record<string, unknown>>;

/** The objects in a value that name a trait, in their own fields. */
function nodesNaming(value: unknown, name: string): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  const parts = Object.values(value).flatMap((part) => nodesNaming(part, name));
  const names = Object.entries(value).some(
    ([key, part]) =>
      (NAMES.has(key) && part === name) || (LISTS.has(key) && Array.isArray(part) && part.includes(name)),
  );
  return names ? [value as Node, ...parts] : parts;
}

/** Whether a definition or a model names a trait anywhere. */
export const namesTrait = (value: unknown, name: string): boolean => nodesNaming(value, name).length > 0;

/** Whether all that is said of a trait also fits another type: being known, and standing in a list. */
export const fitsAnyType = (value: unknown, name: string): boolean =>
  nodesNaming(value, name).every((node) => node.trait !== name || OPERATORS[String(node.op)]?.operand === 'none');

/** The value with another name for a trait; the same value when it does not name it. */
export function renamedTrait<T>(value: T, from: string, to: string): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part: unknown) => renamedTrait(part, from, to)) as T;
  const rename = (part: unknown) => (part === from ? to : part);
  return Object.fromEntries(
    Object.entries(value).map(([key, part]: [string, unknown]) => {
      if (NAMES.has(key)) return [key, rename(part)];
      if (LISTS.has(key) && Array.isArray(part) && part.every((each) => typeof each === 'string'))
        return [key, part.map(rename)];
      return [key, renamedTrait(part, from, to)];
    }),
  ) as T;
}
