import { keyMatcher } from '../../src/identity/profile.ts';
import type { EncodeContext, Encoded, Json, Member } from '../destination.ts';
import { facebookKeys } from './match-keys.ts';
import { addOnlySchema, identitySchema, MULTIPLE, type Wire } from './schema.ts';
import type { FacebookOptions } from './settings.ts';

/**
 * Turns members into rows of Meta's multi-key schema. A contact with several e-mails, phones, ad ids or external ids
 * takes several rows, each with the next of every kind, and that many units of a batch.
 */
export function encoder(context: EncodeContext<FacebookOptions>): (member: Member) => Encoded {
  const { options, matchKeys, defaultCountry } = context;
  const schema = identitySchema(matchKeys);
  const extra = addOnlySchema(options);
  const keysOf = keyMatcher(facebookKeys, { defaultCountry, keys: schema });
  const columnOf = new Map(schema.map((key, column) => [key, column]));
  const repeats = schema.map((key) => MULTIPLE.has(key));
  const canMatch = matchTest(columnOf);
  return ({ contactId, identity, attributes }) => {
    const keys = keysOf(identity);
    const values: string[][] = schema.map(() => []);
    for (const { key, value } of keys) if (value) values[columnOf.get(key)!]!.push(value);
    if (!canMatch(values)) return { contactId, wire: null, weight: 0, keys };
    const rows: string[][] = [];
    do rows.push(values.map((list, column) => list[repeats[column] ? rows.length : 0] ?? ''));
    while (values.some((list, column) => repeats[column] && list.length > rows.length));
    const wire: Wire = { schema, rows };
    if (extra.length > 0) {
      wire.addOnly = { schema: extra, cells: extra.map((column) => cellOf(column, options, attributes)) };
    }
    return { contactId, wire, weight: rows.length, keys };
  };
}

/** Tells whether the values can point to one person: an address of theirs, or a full name and what tells namesakes apart. */
function matchTest(columnOf: Map<string, number>): (values: string[][]) => boolean {
  const columns = (names: Iterable<string>) =>
    [...names].map((name) => columnOf.get(name)).filter((c) => c !== undefined);
  const [address, first, last, apart] = [MULTIPLE, ['FN', 'FI'], ['LN'], ['ZIP', 'CT', 'DOBY']].map(columns);
  return (values) => {
    const has = (group: number[] | undefined) => group!.some((column) => values[column]!.length > 0);
    return has(address) || (has(first) && has(last) && has(apart));
  };
}

function cellOf(column: string, options: FacebookOptions, attributes: Member['attributes']): Json {
  const cells: Record<string, Json> = {
    LOOKALIKE_VALUE: worth(attributes[options.valueAttribute ?? '']),
    DATA_PROCESSING_OPTIONS: ['LDU'],
    DATA_PROCESSING_OPTIONS_COUNTRY: options.limitedDataUseCountry ?? 0,
    DATA_PROCESSING_OPTIONS_STATE: options.limitedDataUseState ?? 0,
  };
  return cells[column] ?? '';
}

/** Meta takes a number of 0 or more; anything else counts as no value. */
export function worth(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) && number > 0 ? number : 0;
}
