import { keyMatcher } from '../../src/identity/profile.ts';
import type { KeyResult } from '../../src/identity/types.ts';
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
  return ({ contactId, identity, attributes }) => {
    const keys = keysOf(identity);
    const values = new Map(schema.map((key) => [key, valuesOf(key, keys)]));
    const height = Math.max(1, ...[...MULTIPLE].map((key) => values.get(key)?.length ?? 0));
    const rows = Array.from({ length: height }, (_, i) =>
      schema.map((key) => values.get(key)?.[MULTIPLE.has(key) ? i : 0] ?? ''),
    );
    if (!canMatch(values)) return { contactId, wire: null, weight: 0, keys };
    const cells = extra.map((column) => cellOf(column, options, attributes));
    const wire: Wire = { schema, rows, ...(extra.length > 0 ? { addOnly: { schema: extra, cells } } : {}) };
    return { contactId, wire, weight: height, keys };
  };
}

function valuesOf(key: string, results: KeyResult[]): string[] {
  const values = results.filter((result) => result.key === key).map((result) => result.value);
  return [...new Set(values.filter((value) => value !== null && value !== ''))] as string[];
}

/** True when the keys can point to one person: an address of theirs, or a full name with something to tell namesakes apart. */
function canMatch(values: Map<string, string[]>): boolean {
  const has = (key: string) => (values.get(key)?.length ?? 0) > 0;
  if ([...MULTIPLE].some(has)) return true;
  return has('LN') && (has('FN') || has('FI')) && (has('ZIP') || has('CT') || has('DOBY'));
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
