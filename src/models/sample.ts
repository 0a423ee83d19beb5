import { type Encoding, encodeTable } from './encoding.ts';
import type { Table } from './table.ts';

/** A sample and its points, both in the order of the points: the same contacts give the same personas in any order. */
export interface Sample {
  table: Table;
  points: number[][];
}

export function sampleOf(encoding: Encoding, table: Table): Sample {
  const points = encodeTable(encoding, table);
  const order = points.map((_, row) => row).sort((a, b) => compare(points[a]!, points[b]!) || a - b);
  return { table: inOrder(table, order), points: order.map((row) => points[row]!) };
}

/** Which of two points comes first: by the first coordinate that differs. */
export function compare(a: number[], b: number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function inOrder({ size, columns }: Table, order: number[]): Table {
  return {
    size,
    columns: columns.map((column) =>
      column.type === 'category'
        ? { ...column, values: order.map((row) => column.values[row]!) }
        : { ...column, values: Float64Array.from(order, (row) => column.values[row]!) },
    ),
  };
}
