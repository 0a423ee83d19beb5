import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Column, Table, Traits } from '../../src/models/table.ts';

const FILE = new URL('./telco-churn.csv', import.meta.url);

/** How the file writes a value that it does not have. */
const MISSING = /^\s*(NA)?\s*$/;

/** The telco customers with whether they left: a table of their traits, and labels. */
export function readTelco(): { table: Table; labels: Uint8Array } {
  const rows = parse(readFileSync(FILE), { columns: true }) as Record<string, string>[];
  const traits = Object.keys(rows[0]!).filter((name) => name !== 'churn');
  const columns = traits.map((trait): Column => {
    const values = rows.map((row) => row[trait]!.replace(MISSING, ''));
    if (values.some((value) => Number.isNaN(Number(value)))) return { trait, type: 'category', values };
    const type = values.every((value) => value === '0' || value === '1') ? 'boolean' : 'number';
    return { trait, type, values: Float64Array.from(values, (value) => (value === '' ? Number.NaN : Number(value))) };
  });
  return {
    table: { size: rows.length, columns },
    labels: Uint8Array.from(rows, ({ churn }) => (churn === 'Yes' ? 1 : 0)),
  };
}

/** Some rows of a table. */
export function rowsOf(table: Table, rows: number[]): Table {
  const columns = table.columns.map(
    (column): Column =>
      column.type === 'category'
        ? { ...column, values: rows.map((row) => column.values[row]!) }
        : { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) },
  );
  return { size: rows.length, columns };
}

/** One row as a contact's maps. */
export function traitsOf(table: Table, row: number): Traits {
  const traits: Traits = { num: {}, cat: {} };
  for (const column of table.columns) {
    const value = column.values[row]!;
    if (typeof value === 'string') {
      if (value !== '') traits.cat[column.trait] = value;
    } else if (!Number.isNaN(value)) traits.num[column.trait] = value;
  }
  return traits;
}
