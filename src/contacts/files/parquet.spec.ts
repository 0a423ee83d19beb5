import type { FileMetaData } from 'hyparquet';
import { boundedCompressors, checkSizes, leavesOf } from './parquet-check.ts';

function footer(change: { rows?: bigint; groupRows?: bigint; size?: bigint; offset?: bigint }): FileMetaData {
  const { rows = 10n, groupRows = rows, size = 50n, offset = 4n } = change;
  const column = {
    meta_data: { path_in_schema: ['email'], num_values: rows, data_page_offset: offset, total_compressed_size: size },
  };
  return { num_rows: rows, row_groups: [{ num_rows: groupRows, columns: [column] }] } as unknown as FileMetaData;
}

describe('the Parquet reader', () => {
  it.each([
    ['more rows than its bytes can hold', { rows: 10n ** 15n }, /claims 1000000000000000 rows in 280 bytes/],
    ['row groups that contradict the total', { groupRows: 3n }, /contradict/],
    ['negative numbers of rows', { rows: -1n }, /contradict/],
    ['a column beyond the end of the file', { size: 400n }, /"email" lies outside/],
    ['a column before the start of the file', { offset: 0n }, /"email" lies outside/],
  ])('refuses a file with %s', (_, change, reason) => {
    expect(() => checkSizes(footer(change), 280)).toThrow(reason);
  });

  it('accepts a file whose footer fits its bytes', () => {
    expect(() => checkSizes(footer({}), 280)).not.toThrow();
  });

  it('refuses a page that claims gigabytes without allocating memory for it', () => {
    for (const unpack of Object.values(boundedCompressors))
      expect(() => unpack!(new Uint8Array(8), 2 ** 31)).toThrow(/claims a page/);
  });

  it('shows times of day as text', () => {
    const [column] = leavesOf({
      element: { name: 'at', type: 'INT64', converted_type: 'TIME_MICROS' },
      children: [],
    } as unknown as Parameters<typeof leavesOf>[0]);
    expect(column!.show!(36_000_000_000n)).toBe('10:00:00');
    expect(column!.show!(36_000_500_000n)).toBe('10:00:00.500');
    expect(column!.show!(null)).toBeNull();
  });
});
