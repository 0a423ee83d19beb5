import type { RawRecord } from './csv.ts';
import type { Notice } from './notice.ts';

/** The cells of a header without those at its end that have neither a name nor values. */
export function namedCells(cells: string[], rows: RawRecord[]): string[] {
  let width = cells.length;
  while (width > 1 && cells[width - 1]!.trim() === '' && rows.every((row) => !row.cells[width - 1]?.trim())) width--;
  return cells.slice(0, width);
}

export function titleNotices(above: RawRecord | undefined, first: RawRecord, header: boolean): Notice[] {
  const { line } = first;
  const choose = 'choose another header line if that is wrong';
  if (above)
    return [
      {
        code: 'header_below_titles',
        message: `The lines above line ${line} are titles or comments and are skipped. The ${header ? 'header' : 'first row'} is on line ${line}; ${choose}.`,
        line,
      },
    ];
  if (header) return [];
  return [
    {
      code: 'no_header',
      message: `Line ${line} holds values and no names, so the columns are called column_1, column_2 and so on. Add a header, or choose it if line ${line} is one.`,
      line,
    },
  ];
}

export const secondHeader = (line: number): Notice => ({
  code: 'second_header',
  message: `Line ${line} is a second header. It is rejected.`,
  line,
});
