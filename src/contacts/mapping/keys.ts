import type { Column } from './column.ts';
import type { ColumnRole, KeyMapping, MultiField } from './mapping.ts';

/** Ids whose kind comes first where a row has several: the shop's customer before the newsletter's subscriber. */
const PREFERRED = ['customer', 'contact', 'user', 'member', 'person', 'profile', 'lead', 'subscriber', 'record'];
/** Share of different values from which an id tells rows apart. */
const UNIQUE = 0.95;
/** Below this share of different e-mails a row is no person but something that people have several of. */
const ONE_ROW_A_PERSON = 0.8;

/** The ids among the columns that are the person's own, best first. Those of somebody else repeat from person to person. */
export function ownIds(
  columns: readonly Column[],
  roles: ReadonlyMap<Column, ColumnRole>,
  rowsAreOrders: boolean,
): Column[] {
  const claimed = columns.filter((column) => column.id === 'person' && !roles.has(column) && looksLikeId(column));
  const emails = columns.filter((column) => roles.get(column) === 'email' && column.values.length > 0);
  const own = claimed.filter((column) => isOwn(column, emails[0], rowsAreOrders));
  const kept = own.length === 0 && emails.length === 0 ? claimed : own;
  return kept.sort((a, b) => Math.round(10 * (b.filled - a.filled)) || placeOf(a) - placeOf(b) || a.index - b.index);
}

const placeOf = ({ person }: Column): number => {
  const place = PREFERRED.indexOf(person ?? '');
  return place < 0 ? PREFERRED.length : place;
};

const looksLikeId = ({ values, inferred }: Column): boolean =>
  inferred.type !== 'boolean' && (inferred.type !== 'date' || !values.some((value) => /\d[-/.:]\d/.test(value)));

function isOwn(column: Column, email: Column | undefined, rowsAreOrders: boolean): boolean {
  if (column.values.length === 0) return true;
  const isUnique = column.distinct >= UNIQUE * column.values.length;
  if (!email) return isUnique || rowsAreOrders;
  // an id of the row, of a subscription or a ticket, where people have several
  if (isUnique && !column.person && !column.namespace && email.distinct < ONE_ROW_A_PERSON * email.values.length)
    return false;
  return isUnique || goesWith(column, email);
}

/** True where each id that repeats stands beside one and the same e-mail. */
function goesWith(id: Column, email: Column): boolean {
  const emails = new Map<string, Set<string>>();
  for (const [row, cell] of id.cells.entries()) {
    const other = email.cells[row];
    if (cell === '' || !other) continue;
    const known = emails.get(cell) ?? new Set();
    emails.set(cell, known.add(other.toLowerCase()));
  }
  const single = [...emails.values()].filter((known) => known.size === 1).length;
  return emails.size > 0 && single >= UNIQUE * emails.size;
}

/** What tells people apart, in order: their own id, their e-mail, and a phone only where nothing better is. */
export function keysOf(
  columns: readonly Column[],
  roles: ReadonlyMap<Column, ColumnRole>,
  ids: readonly Column[],
): KeyMapping[] {
  const of = (role: MultiField) => columns.filter((column) => roles.get(column) === role);
  const keys: KeyMapping[] = ids.filter((column) => column.filled > 0).map((column) => ({ column: column.name }));
  const emails = of('email');
  keys.push(...fieldKey('email', emails));
  if (keys.length === 0 || needsPhone(columns, [...ids, ...emails], of('phone')))
    keys.push(...fieldKey('phone', of('phone')));
  if (keys.length === 0) keys.push(...fieldKey('mobileAdId', of('mobileAdId')));
  return keys.slice(0, MOST_KEYS + 1);
}

/** The most fallback keys that a mapping may have. */
const MOST_KEYS = 10;

function fieldKey(field: MultiField, columns: readonly Column[]): KeyMapping[] {
  const filled = columns.filter((column) => column.filled > 0);
  const usable = filled.length > 0 ? filled : columns;
  if (usable.length === 0) return [];
  return columns.length === 1 ? [{ column: usable[0]!.name }] : [{ field }];
}

/** Rows that only a phone tells apart, in a file where nobody shares one: households do. */
function needsPhone(columns: readonly Column[], better: readonly Column[], phones: readonly Column[]): boolean {
  const rows = columns[0]?.cells.length ?? 0;
  const [phone] = phones;
  if (!phone || phone.distinct < phone.values.length) return false;
  return Array.from({ length: rows }, (_, row) => row).some(
    (row) => phone.cells[row] && better.every((column) => !column.cells[row]),
  );
}
