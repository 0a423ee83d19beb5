import { keyMatcher } from '../../src/identity/profile.ts';
import type { KeyResult } from '../../src/identity/types.ts';
import type { EncodeContext, Encoded, Member, Segment } from '../destination.ts';
import { asDigest, PROFILES } from '../match-keys.ts';
import { type Column, layoutOf } from './columns.ts';
import { SEGMENT_FIELDS } from './fields.ts';
import { cellText, dateText } from './file.ts';
import type { FileOptions } from './options.ts';
import type { FileProfile } from './profile.ts';

type IdentifierColumn = Extract<Column, { kind: 'identifier' }>;

/**
 * Makes rows of members: one cell a column, as text. A member without a usable identifier, or without a required one,
 * has no row. @throws DestinationError `config` when the columns cannot be written as asked
 */
export function encoder(context: EncodeContext<FileOptions>): (member: Member) => Encoded {
  const { profile, columns } = layoutOf(context);
  const identifiers = columns.filter((column) => column.kind === 'identifier');
  const wanted = new Map(identifiers.map((column) => [column.key, column] as const).reverse());
  const keysOf = keyMatcher(PROFILES[profile.representation], {
    defaultCountry: context.defaultCountry,
    keys: [...wanted.keys()],
  });
  const places = placesOf(identifiers);
  const asReported = (column: IdentifierColumn) => column.hash === wanted.get(column.key)!.hash;
  const cells = columns.map((column): Cell => {
    if (column.kind !== 'identifier') return cellOf(column, context, profile);
    const readable = column.key === 'DOB' && column.hash === 'none';
    const as = readable ? (text: string) => dateText(text, column.dateFormat) : (text: string) => text;
    if (asReported(column)) return (_found, keys) => as(nthValue(keys, column));
    const inDigest = (found: KeyResult[]) => found.map((one) => asSent(one, column, profile.upperCaseDigests));
    return (found) => as(nthValue(inDigest(found), column));
  });
  return (member) => {
    const { contactId, identity } = member;
    const found = keysOf(identity);
    // What is reported of a value is what its first column makes of it.
    const sent = found.map((result) => asSent(result, wanted.get(result.key)!, profile.upperCaseDigests));
    const keys = withoutColumnless(sent, places);
    const has = (key: string) => keys.some((result) => result.key === key && result.value !== null);
    const usable = keys.some(({ value }) => value !== null) && profile.required.every(has);
    const wire = usable ? cells.map((cell) => cell(found, keys, member)) : null;
    return { contactId, wire, weight: 1, keys };
  };
}

/** How many values of each identifier the columns hold. */
function placesOf(identifiers: IdentifierColumn[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const { key, nth } of identifiers) places.set(key, Math.max(nth, places.get(key) ?? 0));
  return places;
}

/** Values beyond the last column of their identifier are not in the file, and the report says so. */
function withoutColumnless(keys: KeyResult[], places: Map<string, number>): KeyResult[] {
  const used = new Map<string, number>();
  return keys.map((result) => {
    if (result.value === null) return result;
    const nth = (used.get(result.key) ?? 0) + 1;
    used.set(result.key, nth);
    if (nth <= places.get(result.key)!) return result;
    return { ...result, value: null, hashed: false, verdict: 'invalid', reason: 'no_column' };
  });
}

/** From the values as found, the values as reported, and the member. */
type Cell = (found: KeyResult[], keys: KeyResult[], member: Member) => string;

function cellOf(
  column: Exclude<Column, IdentifierColumn>,
  { segment }: EncodeContext<FileOptions>,
  { decimalMark }: FileProfile,
): Cell {
  switch (column.kind) {
    case 'attribute':
      return (_found, _keys, { attributes }) =>
        dateText(cellText(attributes[column.name], decimalMark), column.dateFormat);
    case 'segment':
      return personaCell(SEGMENT_FIELDS[column.field]!, segment);
    case 'constant':
      return always(column.value);
  }
}

/** What a field says of the segment, or of the member's own persona where several share the file. */
function personaCell(field: (segment: Segment) => string, segment: Segment): Cell {
  if (!segment.personas) return always(field(segment));
  const texts = new Map(
    segment.personas.map(({ brief, creatives }) => [brief.personaKey, field({ ...segment, brief, creatives })]),
  );
  const otherwise = field(segment);
  return (_found, _keys, { persona }) => (persona === undefined ? otherwise : (texts.get(persona) ?? otherwise));
}

function always(text: string): Cell {
  return () => text;
}

function nthValue(keys: KeyResult[], { key, nth }: IdentifierColumn): string {
  let left = nth;
  for (const result of keys) if (result.key === key && result.value !== null && --left === 0) return result.value;
  return '';
}

/** A value in a column's digest; values of other keys as they are. */
function asSent(result: KeyResult, { key, hash }: IdentifierColumn, upperCase: boolean): KeyResult {
  return result.key === key ? asDigest(result, hash, upperCase) : result;
}
