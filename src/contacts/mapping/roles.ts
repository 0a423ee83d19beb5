import type { Column } from './column.ts';
import type { ColumnRole } from './mapping.ts';

/** Why a column with a meaning gets no role. */
export type LeftOut = 'other_address' | 'said_by_another';

/** The roles of the columns that say who the person of a row is. */
export interface Person {
  roles: Map<Column, ColumnRole>;
  leftOut: Map<Column, LeftOut>;
}

/** The column with the better name, unless another one is far better filled. */
export function best(candidates: readonly Column[]): Column | undefined {
  const most = candidates.reduce((filled, column) => Math.max(filled, column.filled), 0);
  return candidates
    .filter((column) => column.filled >= most / 2)
    .reduce<Column | undefined>((first, next) => (first && first.rank <= next.rank ? first : next), undefined);
}

/** Gives a role to the best candidate; the others are left out. */
export function giveOne(
  { roles, leftOut }: Person,
  role: ColumnRole,
  candidates: readonly Column[],
): Column | undefined {
  const chosen = best(candidates);
  for (const column of candidates) if (column !== chosen) leftOut.set(column, 'said_by_another');
  if (chosen) roles.set(chosen, role);
  return chosen;
}
