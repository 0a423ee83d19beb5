import type { Json, WirePart } from '../destination.ts';
import { MATCH_KEYS } from './match-keys.ts';
import type { FacebookOptions } from './settings.ts';

/** Keys of which a person has several; the others describe the person and stand in every row. */
export const MULTIPLE = new Set(['EXTERN_ID', 'EMAIL', 'PHONE', 'MADID']);

/**
 * A member as it is kept and replayed. `rows` are as long as `schema`; an unknown value is `""`. `addOnly` are columns
 * that say how Meta may use a row or what it is worth; a removal leaves them out.
 */
export type Wire = { schema: string[]; rows: string[][]; addOnly?: { schema: string[]; cells: Json[] } };

/** Finds the rows in the JSON of a wire: they are what a removal goes by, whatever else was said of them. */
export const ROWS = '"rows":\\[\\[.*?\\]\\]';

/**
 * Rows of one form without the identifiers that another has. What only describes a person stays in them. A row that names
 * nobody by an identifier counts as a whole.
 */
export function remainder(wire: Json, kept: Json): WirePart | null {
  const { schema, rows } = wire as Wire;
  const other = kept as Wire | null;
  const known = new Set(other?.rows.flatMap((row) => [row.join('\n'), ...identifiersIn(other.schema, row)]));
  const left = rows.flatMap((row) => {
    const identifiers = identifiersIn(schema, row);
    if (identifiers.length === 0) return known.has(row.join('\n')) ? [] : [row];
    if (identifiers.every((identifier) => known.has(identifier))) return [];
    return [row.map((cell, column) => (known.has(identifierOf(schema[column], cell)) ? '' : cell))];
  });
  return left.length > 0 ? { wire: { schema, rows: left }, weight: left.length } : null;
}

const identifierOf = (key: string | undefined, cell: string): string => `${key}=${cell}`;

const identifiersIn = (schema: string[], row: string[]): string[] =>
  row.flatMap((cell, column) =>
    cell !== '' && MULTIPLE.has(schema[column]!) ? [identifierOf(schema[column], cell)] : [],
  );

/** Columns of the match keys, in one order whatever order they were named in. */
export const identitySchema = (matchKeys: string[]) => MATCH_KEYS.filter((key) => matchKeys.includes(key));

/** Columns of the options, behind the match keys. */
export function addOnlySchema(options: FacebookOptions): string[] {
  return [
    ...(options.valueAttribute ? ['LOOKALIKE_VALUE'] : []),
    ...(options.limitedDataUse ? ['DATA_PROCESSING_OPTIONS'] : []),
    ...(options.limitedDataUse && options.limitedDataUseCountry !== undefined
      ? ['DATA_PROCESSING_OPTIONS_COUNTRY']
      : []),
    ...(options.limitedDataUse && options.limitedDataUseState !== undefined ? ['DATA_PROCESSING_OPTIONS_STATE'] : []),
  ];
}
