import type { ColumnMapping, Dataset, EventMapping, Mapping } from '../../api/types/contacts.ts';

type Suggestion = Pick<Dataset, 'columns' | 'mapping' | 'suggestedMapping'>;

/** The last mapping, the suggested one, or one without a key. Every column has a row. */
export function startingPoint({ mapping, suggestedMapping, columns }: Suggestion): Mapping {
  const known: Mapping = mapping ?? suggestedMapping ?? { kind: 'contacts', key: {}, columns: [] };
  const rows = columns.map(
    ({ name, suggestion }): ColumnMapping =>
      known.columns.find((column) => column.column === name) ??
      (mapping || known.columns.length > 0 ? { column: name, as: 'ignore' } : suggestion),
  );
  return { ...known, columns: rows };
}

/** Whether the mapping says which column tells people apart. */
export const hasKey = ({ key }: Mapping): boolean => key.column !== undefined || key.field !== undefined;

/** The first suggested event that the mapping lacks, with its reading of orders; else an event with the first date. */
export function newEvent({ columns, suggestedMapping }: Suggestion, events: EventMapping[]): EventMapping {
  const streams = new Set(events.map(({ stream }) => stream));
  const suggested = suggestedMapping?.events?.find(({ stream }) => !streams.has(stream));
  const time = columns.find(({ type }) => type === 'date') ?? columns[0];
  return suggested ?? { stream: 'order', time: time?.name ?? '' };
}

/** How orders are read, in one sentence; undefined for events that are no orders. */
export function orderReading({ id, order }: EventMapping): string | undefined {
  if (!order) return undefined;
  const items = Object.values(order.items ?? {});
  const columns = [
    ['status', order.status],
    ['cancelled', order.cancelledAt],
    ['refunded', order.refunded],
    ['test', order.test],
    ['currency', order.currency],
    ['items', items.join(', ')],
  ].filter(([, column]) => column);
  const parts = columns.map(([what, column]) => `${what} from ${column}`);
  const rule = id
    ? `One event an order: rows with the same ${id} are the items of one order.`
    : 'Each row is one order. Choose the ID column if an order has several rows.';
  return parts.length > 0 ? `${rule} Columns: ${parts.join('; ')}.` : rule;
}
