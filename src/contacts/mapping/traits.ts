import type { TraitType } from '../values/infer.ts';
import { storedValue } from '../values/trait.ts';
import type { Column } from './column.ts';
import type { TraitMapping } from './mapping.ts';

/** The longest name of a trait. */
const LONGEST_NAME = 100;
/** Share of the values that must fit the type that a trait has already. */
const ENOUGH = 0.95;

/** Gives traits unique names that do not contradict the types in the catalogue. */
export class TraitNames {
  private readonly taken = new Set<string>();
  private readonly catalogue: ReadonlyMap<string, TraitType>;
  private readonly source: string;

  /** @param source what distinguishes traits of one name: the tool's title or the like */
  constructor(catalogue: ReadonlyMap<string, TraitType>, source: string) {
    this.catalogue = catalogue;
    this.source = source;
  }

  /** The trait of a column: under its own name where that is free or of a type that its values fit. */
  traitOf(column: Column, type: TraitType): TraitMapping {
    const plain = cleanName(column.name) || `Column ${column.index + 1}`;
    for (const name of candidates(plain, this.source)) {
      if (this.taken.has(name)) continue;
      const known = this.catalogue.get(name);
      const fitting = known === undefined || known === type || fits(known, column) ? (known ?? type) : undefined;
      if (fitting === undefined) continue;
      this.taken.add(name);
      return { ...(name === column.name ? {} : { name }), type: fitting };
    }
    throw new Error('there is always another number');
  }
}

/** The name, the name with its source, then numbers. */
function* candidates(name: string, source: string): Generator<string> {
  const withEnd = (end: string) => name.slice(0, LONGEST_NAME - end.length).trim() + end;
  yield name;
  const suffix = cleanName(source);
  if (suffix) yield withEnd(` (${suffix.slice(0, 40)})`);
  for (let n = 2; ; n++) yield withEnd(` (${n})`);
}

/** A name as the catalogue takes it: letters, digits, blanks and a few marks; a letter or digit first. */
export function cleanName(name: string): string {
  return name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N} _.:/()%+-]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, LONGEST_NAME)
    .trim();
}

const fits = (type: TraitType, { values }: Column): boolean => {
  const read = values.filter((value) => !isFault(storedValue(type, value)));
  return read.length >= ENOUGH * values.length;
};

const isFault = (stored: ReturnType<typeof storedValue>): boolean => stored !== null && 'code' in stored;
