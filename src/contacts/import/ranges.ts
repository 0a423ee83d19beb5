/** Rows that one statement joins: bounds what it holds in memory. */
const ROWS_A_STATEMENT = 250_000;

export interface HexRange {
  from: string;
  to: string;
}

/** Ids and hashes are hex digests, spread evenly: ranges of them that hold about `ROWS_A_STATEMENT` of `rows` each. */
export function hexRanges(rows: number): HexRange[] {
  const parts = Math.max(1, Math.ceil(rows / ROWS_A_STATEMENT));
  const digits = Math.max(1, Math.ceil(Math.log(parts) / Math.log(16)));
  const steps = Math.min(parts, 16 ** digits);
  const bound = (i: number) =>
    Math.round((i / steps) * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return Array.from({ length: steps }, (_, i) => ({
    from: i === 0 ? '' : bound(i),
    to: i === steps - 1 ? 'g' : bound(i + 1),
  }));
}
