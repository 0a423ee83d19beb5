import type { FieldProblem } from '../../http/problem.ts';
import type { FileFormat } from '../files/format.ts';
import { senseOfName } from './consent-names.ts';
import {
  type ColumnMapping,
  type ColumnRole,
  canClear,
  type EventMapping,
  isCompound,
  isMulti,
  isSingle,
  type KeyMapping,
  keysOf,
  type Mapping,
  traitName,
} from './mapping.ts';

type File = Pick<FileFormat, 'columns' | 'format'>;

/**
 * What a mapping of the right shape still contradicts: columns that the file does not have, one field fed twice, a key
 * that nothing can give. Each problem has the path of the place to change.
 */
export function checkMapping(mapping: Mapping, file: File): FieldProblem[] {
  const claims = new Claims();
  return [
    ...keysOf(mapping).flatMap((key, i) =>
      checkKey(key, i === 0 ? 'key' : `fallbackKeys[${i - 1}]`, mapping.columns, file),
    ),
    ...mapping.columns.flatMap((column, i) => [
      ...unknownColumn(`columns[${i}].column`, column.column, file),
      ...claimsOf(column).flatMap((claim) => claims.make(claim, `columns[${i}]`, i)),
      ...checkSettings(column, `columns[${i}]`, file),
      ...checkEventsOnly(column, `columns[${i}]`, mapping),
    ]),
    ...checkEvents(mapping, file),
  ];
}

const problem = (path: string, code: string, message: string): FieldProblem => ({
  path: `mapping.${path}`,
  code,
  message,
});

function unknownColumn(path: string, column: string, file: File): FieldProblem[] {
  // a JSON key may first turn up beyond the sample
  if (file.format === 'jsonl' || file.format === 'json' || file.columns.includes(column)) return [];
  const shown = file.columns.slice(0, 30).join(', ') + (file.columns.length > 30 ? ', …' : '');
  return [problem(path, 'unknown_column', `the file has no column "${column}"; it has ${shown}`)];
}

function checkKey({ column, field }: KeyMapping, path: string, columns: ColumnMapping[], file: File): FieldProblem[] {
  if ((column === undefined) === (field === undefined))
    return [problem(path, 'key_needs_one', 'give exactly one of column and field')];
  if (field !== undefined) {
    if (columns.some((c) => c.as === field)) return [];
    return [problem(`${path}.field`, 'key_not_mapped', `no column is mapped as ${field}`)];
  }
  const roles = columns.filter((c) => c.column === column).map((c) => c.as);
  if (roles.includes('ignore')) return [problem(`${path}.column`, 'key_ignored', 'the key column is mapped as ignore')];
  const shared = roles.find(isOfOneValue);
  if (shared) return [problem(`${path}.column`, 'key_not_unique', `a ${shared} does not tell people apart`)];
  return unknownColumn(`${path}.column`, column!, file);
}

/** Something that one column alone may give. */
interface Claim {
  thing: string;
  code: string;
  message: (first: number) => string;
}

class Claims {
  private readonly taken = new Map<string, number>();

  /** @returns the problem when another column already claimed the same thing */
  make({ thing, code, message }: Claim, path: string, index: number): FieldProblem[] {
    const first = this.taken.get(thing);
    if (first !== undefined) return [problem(path, code, message(first))];
    this.taken.set(thing, index);
    return [];
  }
}

const isOfOneValue = (role: ColumnRole): boolean => isSingle(role) || isCompound(role);

function claimsOf(column: ColumnMapping): Claim[] {
  const { as } = column;
  const claims: Claim[] = [];
  if (isMulti(as) || isOfOneValue(as) || as === 'ignore')
    claims.push({
      thing: `column ${column.column}`,
      code: 'column_mapped_twice',
      message: (n) => `"${column.column}" is already mapped by columns[${n}]`,
    });
  // a house number and a second line are joined to the street
  if (isOfOneValue(as) && as !== 'street')
    claims.push({
      thing: `field ${as}`,
      code: 'field_mapped_twice',
      message: (n) => `${as} holds one value and columns[${n}] gives it`,
    });
  if (as === 'trait')
    claims.push({
      thing: `trait ${traitName(column)}`,
      code: 'trait_mapped_twice',
      message: (n) => `columns[${n}] gives the trait "${traitName(column)}"`,
    });
  return claims;
}

/** An opt-out cannot be read as an opt-in. */
const optOutGrants = (column: string, path: string): FieldProblem =>
  problem(
    path,
    'opt_out_grants',
    `"${column}" is the name of an opt-out: a true value denies. Use the sense denies, or give each word a meaning`,
  );

const notCleared = (as: ColumnRole, path: string): FieldProblem =>
  problem(
    path,
    'never_cleared',
    `an empty cell clears traits and fields with one value; the column is mapped as ${as}`,
  );

function checkSettings(
  { column, as, trait, consent, namespace, whenEmpty }: ColumnMapping,
  path: string,
  file: File,
): FieldProblem[] {
  const misplaced = (setting: string, code: string) =>
    problem(`${path}.${setting}`, code, `the column is mapped as ${as}`);
  return [
    ...(trait && as !== 'trait' ? [misplaced('trait', 'not_a_trait')] : []),
    ...(consent && as !== 'consent' ? [misplaced('consent', 'not_a_consent')] : []),
    ...(namespace && as !== 'externalId' ? [misplaced('namespace', 'not_an_external_id')] : []),
    ...(whenEmpty === 'clear' && !canClear(as) ? [notCleared(as, `${path}.whenEmpty`)] : []),
    ...(consent?.time ? unknownColumn(`${path}.consent.time`, consent.time, file) : []),
    ...(as === 'consent' && consent?.sense === 'grants' && senseOfName(column) === 'denies'
      ? [optOutGrants(column, `${path}.consent.sense`)]
      : []),
  ];
}

function checkEventsOnly({ column, as }: ColumnMapping, path: string, mapping: Mapping): FieldProblem[] {
  if (mapping.kind !== 'events' || as === 'ignore') return [];
  if (keysOf(mapping).some((key) => key.column === column || key.field === as)) return [];
  return [
    problem(
      `${path}.as`,
      'events_only',
      'a file of events changes no contact: map only the keys, or use kind contacts',
    ),
  ];
}

function checkEvents(mapping: Mapping, file: File): FieldProblem[] {
  const events = mapping.events ?? [];
  if (mapping.kind === 'events' && events.length === 0)
    return [problem('events', 'events_missing', 'say which columns hold the stream, time and value of the events')];
  if (mapping.kind === 'events' && mapping.everyone)
    return [problem('everyone', 'events_only', 'a file of events changes no contact: use kind contacts')];
  const streams = events.map((event) => event.stream);
  return events.flatMap((event, i) => {
    const twice = streams.indexOf(event.stream) < i;
    return [
      ...(twice
        ? [problem(`events[${i}]`, 'stream_mapped_twice', `a row has one time in the stream "${event.stream}"`)]
        : []),
      ...eventCells(event, `events[${i}]`).flatMap(([path, column]) =>
        typeof column === 'string'
          ? unknownColumn(path, column, file)
          : [problem(path, 'not_a_column', 'must be the name of a column')],
      ),
    ];
  });
}

/** The columns of an event with the paths that name them. */
function eventCells({ time, value, id, properties, order }: EventMapping, path: string): [string, unknown][] {
  const { items, ...own } = order ?? {};
  const named = (at: string, columns: Record<string, unknown> = {}): [string, unknown][] =>
    Object.entries(columns)
      .filter(([, column]) => column !== undefined)
      .map(([name, column]) => [`${at}.${name}`, column]);
  return [
    ...named(path, { time, value, id }),
    ...named(`${path}.properties`, properties),
    ...named(`${path}.order`, own),
    ...named(`${path}.order.items`, items),
  ];
}
