import type { Column } from './column.ts';
import type { Meaning } from './languages/language.ts';
import type { EventMapping, OrderMapping } from './mapping.ts';
import type { Tool } from './tools/tool.ts';

/** The columns of an export of orders. */
export interface OrderColumns {
  id?: Column;
  time: Column;
  amount: Column;
  order: Partial<Record<Exclude<keyof OrderMapping, 'items'>, Column>>;
  items: Record<string, Column>;
}

const ITEMS: Partial<Record<Meaning, string>> = {
  itemName: 'name',
  itemSku: 'sku',
  itemQuantity: 'quantity',
  itemPrice: 'price',
};
const ORDER: Record<Exclude<keyof OrderMapping, 'items'>, Meaning> = {
  currency: 'currency',
  status: 'status',
  cancelledAt: 'cancelledAt',
  refunded: 'refunded',
  test: 'test',
};
/** Amounts by these places of their names are of one order; those behind may be a person's: `Revenue`, `Value`. */
const PLAIN_AMOUNTS = 7;

/**
 * Finds orders by their id, time and amount, whether or not their customers repeat. A file of people has times and
 * amounts too; it has no order ids.
 */
export function findOrders(columns: readonly Column[], isTool: boolean): OrderColumns | undefined {
  const usable = columns.filter((column) => !column.fixed && (column.address === '' || column.isOfOrder));
  const one = (meaning: Meaning) => pick(usable.filter((column) => column.meaning === meaning));
  const time = one('time');
  const amount = one('amount');
  if (!time || !amount || time.values.length === 0) return undefined;
  const order: OrderColumns['order'] = {};
  for (const [name, meaning] of Object.entries(ORDER) as [keyof typeof ORDER, Meaning][]) {
    const found = one(meaning);
    if (found) order[name] = found;
  }
  const items: OrderColumns['items'] = {};
  for (const [meaning, name] of Object.entries(ITEMS) as [Meaning, string][]) {
    const found = one(meaning);
    if (found) items[name] = found;
  }
  const found = { time, amount, order, items };
  const id = orderIdOf(columns, found);
  if (id) return { id, ...found };
  return isTool || peopleRepeat(columns) ? found : undefined;
}

/** Best first: said to be an order's, then by its name, then by its place. */
function pick(candidates: readonly Column[]): Column | undefined {
  return [...candidates].sort(
    (a, b) =>
      Number(b.filled > 0) - Number(a.filled > 0) ||
      Number(b.isOfOrder) - Number(a.isOfOrder) ||
      a.rank - b.rank ||
      a.index - b.index,
  )[0];
}

function orderIdOf(columns: readonly Column[], found: Omit<OrderColumns, 'id'>): Column | undefined {
  const named = columns.filter((column) => column.id === 'order' && !column.fixed && column.filled > 0.5);
  const [first] = [...named].sort((a, b) => b.filled - a.filled || a.index - b.index);
  if (first) return first;
  // a bare id is the order's where the people have names of their own, or the rows are plainly sales
  const bare = columns.find((column) => column.id === 'person' && !column.person && !column.namespace && !column.fixed);
  if (!bare || bare.filled < 1) return undefined;
  const identifiers = columns.filter(
    (column) => column.meaning === 'email' || (column.id === 'person' && column !== bare),
  );
  if (identifiers.length === 0) return undefined;
  const isSale =
    identifiers.every((column) => column.person !== undefined) ||
    identifiers.some(repeats) ||
    found.time.isOfOrder ||
    found.amount.rank < PLAIN_AMOUNTS ||
    found.order.currency !== undefined ||
    Object.keys(found.items).length > 1;
  return isSale ? bare : undefined;
}

const repeats = (column: Column): boolean => column.distinct < 0.95 * column.values.length;

const peopleRepeat = (columns: readonly Column[]): boolean => {
  const identifiers = columns.filter(
    (column) => column.meaning === 'email' || column.meaning === 'phone' || column.id === 'person',
  );
  const filled = identifiers.filter((column) => column.values.length > 0);
  return filled.length > 0 && filled.every(repeats);
};

/** Every column that the orders use up. A way to pay marks test orders and describes the others, too. */
export const columnsOfOrders = ({ id, time, amount, order: { test, ...order }, items }: OrderColumns): Set<Column> => {
  const mark = test?.inferred.type === 'boolean' ? [test] : [];
  return new Set([...(id ? [id] : []), time, amount, ...Object.values(order), ...mark, ...Object.values(items)]);
};

/** The orders as the events of a mapping, with the further columns that describe them. */
export function eventOf(orders: OrderColumns, properties: readonly Column[]): EventMapping {
  const { id, time, amount, order, items } = orders;
  const named = (columns: Record<string, Column>) =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.name]));
  const described = Object.fromEntries(properties.map((column) => [column.name, column.name]));
  const ordered: OrderMapping = {
    ...named(order as Record<string, Column>),
    ...(Object.keys(items).length > 0 ? { items: named(items) } : {}),
  };
  return {
    stream: 'order',
    time: time.name,
    value: amount.name,
    ...(id ? { id: id.name } : {}),
    ...(Object.keys(described).length > 0 ? { properties: described } : {}),
    ...(time.inferred.dateOrder ? { dateOrder: time.inferred.dateOrder } : {}),
    ...(amount.inferred.decimal === ',' ? { decimal: ',' } : {}),
    ...(Object.keys(ordered).length > 0 ? { order: ordered } : {}),
  };
}

/** Whether the tool writes orders. */
export const writesOrders = (tool: Tool | undefined): boolean =>
  tool !== undefined && Object.values(tool.columns).includes('orderId');
