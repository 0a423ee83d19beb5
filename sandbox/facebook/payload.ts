import { createHash } from 'node:crypto';
import { isObject } from '../http.ts';
import { invalid } from './errors.ts';
import type { FacebookState } from './state.ts';

/** Keys that carry a SHA-256 in lower-case hex. */
const HASHED = new Set(
  'EMAIL PHONE GEN DOBY DOBM DOBD LN FN FI CT ST ZIP COUNTRY EMAIL_SHA256 PHONE_SHA256'.split(' '),
);
/** Keys that carry the value itself. */
const PLAIN = new Set('EXTERN_ID MADID MOBILE_ADVERTISER_ID PAGEUID APPUID UID'.split(' '));
/** Columns that are about the row and identify nobody. */
const ATTRIBUTES = new Set(
  'LOOKALIKE_VALUE DATA_PROCESSING_OPTIONS DATA_PROCESSING_OPTIONS_COUNTRY DATA_PROCESSING_OPTIONS_STATE'.split(' '),
);
const MAX_ROWS = 10_000;

export interface Payload {
  keys: string[];
  /** The schema as sent, to compare batches of a session. */
  schema: string;
  /** `FILE_IMPORTED.MULTI_HASHES` for an array schema. */
  dataSource: string;
  /** Digest of the rows, to recognise a repeated batch. */
  digest: string;
  received: number;
  /** Identifiers of every row that has at least one usable key. */
  rows: string[][];
  invalidEntries: number;
  invalidSamples: Record<string, string>;
}

/** Whether rows may carry LOOKALIKE_VALUE. */
export type ValueColumn = 'required' | 'allowed' | 'refused';

/**
 * Reads and judges a payload. Structure that Meta refuses is thrown; cells it would only count are counted.
 * @see https://developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences
 */
export function readPayload(state: FacebookState, value: unknown, values: ValueColumn): Payload {
  if (!isObject(value)) throw invalid('The parameter payload is required.');
  const { schema, data } = value;
  const many = Array.isArray(schema);
  const keys = readSchema(many ? schema : [schema]);
  assertValues(values, keys.includes('LOOKALIKE_VALUE'));
  if (!Array.isArray(data) || data.length === 0) throw invalid('payload.data must be a non-empty array.');
  if (data.length > MAX_ROWS) throw invalid(`payload.data has ${data.length} rows; the most is ${MAX_ROWS}.`);
  const payload: Payload = {
    keys,
    schema: JSON.stringify(schema),
    dataSource: many ? 'FILE_IMPORTED.MULTI_HASHES' : 'FILE_IMPORTED.HASHES_OR_USER_IDS',
    digest: createHash('sha256').update(JSON.stringify(data)).digest('hex'),
    received: data.length,
    rows: [],
    invalidEntries: 0,
    invalidSamples: {},
  };
  data.forEach((row: unknown, index) => {
    readRow(state, payload, many ? row : Array.isArray(row) ? row : [row], index);
  });
  return payload;
}

function assertValues(values: ValueColumn, present: boolean): void {
  if (values === 'required' && !present)
    throw invalid('Value-Based Custom Audience requires LOOKALIKE_VALUE attribute.');
  if (values === 'refused' && present) throw invalid('LOOKALIKE_VALUE is only for a Value-Based Custom Audience.');
}

function readSchema(schema: unknown[]): string[] {
  const unknown = schema.filter((key) => typeof key !== 'string' || !isKey(key));
  if (unknown.length > 0 || schema.length === 0)
    throw invalid(`payload.schema has unknown keys: ${unknown.map(String).join(', ') || '(empty)'}.`);
  if (new Set(schema).size !== schema.length) throw invalid('payload.schema names a key twice.');
  return schema as string[];
}

function isKey(key: string): boolean {
  return HASHED.has(key) || PLAIN.has(key) || ATTRIBUTES.has(key);
}

function readRow(state: FacebookState, payload: Payload, row: unknown, index: number): void {
  if (!Array.isArray(row) || row.length !== payload.keys.length)
    throw invalid(`payload.data[${index}] must have ${payload.keys.length} values, one for every key of the schema.`);
  const identifiers: string[] = [];
  let bad = false;
  payload.keys.forEach((key, column) => {
    const verdict = judgeCell(state, key, row[column], `payload.data[${index}].${key}`);
    if (verdict === 'invalid') bad = true;
    else if (verdict) identifiers.push(verdict);
  });
  if (identifiers.length > 0) payload.rows.push(identifiers);
  if (!bad && identifiers.length > 0) return;
  payload.invalidEntries += 1;
  if (Object.keys(payload.invalidSamples).length < 100) payload.invalidSamples[index] = JSON.stringify(row);
}

/** `KEY=value` for a usable cell, undefined for a blank one or an attribute. */
function judgeCell(state: FacebookState, key: string, cell: unknown, where: string): string | 'invalid' | undefined {
  if (ATTRIBUTES.has(key)) return judgeAttribute(key, cell) ? undefined : 'invalid';
  if (cell === '') return undefined;
  if (typeof cell !== 'string') return 'invalid';
  if (PLAIN.has(key)) return key.startsWith('M') && cell !== cell.toLowerCase() ? 'invalid' : `${key}=${cell}`;
  if (/^[0-9a-f]{64}$/.test(cell)) return `${key.replace('_SHA256', '')}=${cell}`;
  state.journal.inspectUnhashed('facebook', where, cell);
  return 'invalid';
}

function judgeAttribute(key: string, cell: unknown): boolean {
  if (key === 'LOOKALIKE_VALUE') return Number.isFinite(Number(cell)) && Number(cell) >= 0;
  if (key === 'DATA_PROCESSING_OPTIONS') return Array.isArray(cell) && cell.every((option) => option === 'LDU');
  return Number.isInteger(Number(cell));
}

export interface SessionParameter {
  id: string;
  seq: number;
  last: boolean;
}

/** Reads `session`, or undefined when it is absent. */
export function readSession(value: unknown): SessionParameter | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) throw invalid('session must be a JSON object.');
  const { session_id: id, batch_seq: seq, last_batch_flag: last } = value;
  if (!isPositive(id)) throw invalid('session.session_id must be a positive 64-bit integer.');
  if (!isPositive(seq)) throw invalid('session.batch_seq must be a positive integer that starts at 1.');
  if (!['true', 'false'].includes(String(last))) throw invalid('session.last_batch_flag is required.');
  return { id: String(id), seq: Number(seq), last: String(last) === 'true' };
}

function isPositive(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0;
  return typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value) && BigInt(value) < 2n ** 63n;
}
