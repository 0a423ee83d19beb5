import type { Column } from './column.ts';
import { EMAIL } from './evidence.ts';
import type { ColumnRole } from './mapping.ts';

/** What people put between several values of one cell; the commonest first. */
const SEPARATORS = [';', ',', '|', ':::', '\n', '/'] as const;

const PARTS: Partial<Record<ColumnRole, (text: string) => boolean>> = {
  email: (text) => EMAIL.test(text) && (text.match(/@/g) ?? []).length === 1,
  phone: (text) => /^[^\p{L}]*$/u.test(text) && text.replaceAll(/\D/g, '').length >= 7,
};

/** In how many cells of a column of identifiers each mark stands between several values. */
export function separatorsIn({ values, hasLists }: Column, role: ColumnRole | undefined): Map<string, number> {
  const is = role && PARTS[role];
  // the values of lists are separated already
  if (!is || hasLists) return new Map();
  const isSplitBy = (separator: string) => (value: string) => {
    const parts = value.split(separator).map((part) => part.trim());
    return parts.length > 1 && parts.filter(Boolean).length > 1 && parts.filter(Boolean).every(is);
  };
  const counted = SEPARATORS.map((separator) => [separator, values.filter(isSplitBy(separator)).length] as const);
  return new Map(counted.filter(([, cells]) => cells > 0));
}

/** The mark that stands most often between several values; nothing where each cell holds one. */
export function separatorOf(roles: ReadonlyMap<Column, ColumnRole>): string | undefined {
  const cells = new Map<string, number>();
  for (const [column, role] of roles)
    for (const [separator, count] of separatorsIn(column, role))
      cells.set(separator, (cells.get(separator) ?? 0) + count);
  const [most] = [...cells].sort((a, b) => b[1] - a[1]);
  return most?.[0];
}
