import type { PgColumn } from 'drizzle-orm/pg-core';

const columns: PgColumn[] = [];

/** Declares a column of sealed values, so that a rotation of the encryption key seals them again. */
export function defineSealed(column: PgColumn): void {
  columns.push(column);
}

export const sealedColumns = (): readonly PgColumn[] => columns;
