import type { Column } from './column.ts';
import { EMAIL } from './evidence.ts';

/** What people put between several values of one cell; the commonest first. */
const SEPARATORS = [';', ',', '|', ':::', '\n', '/'] as const;

const isEmail = (text: string) => EMAIL.test(text) && (text.match(/@/g) ?? []).length === 1;
const isPhone = (text: string) => /^[^\p{L}]*$/u.test(text) && text.replaceAll(/\D/g, '').length >= 7;

/** What stands between several e-mails or phones of a cell, and in how many cells; nothing where each cell holds one. */
export function separatorOf(
  emails: readonly Column[],
  phones: readonly Column[],
): { separator: string; cells: number } | undefined {
  const counted = SEPARATORS.map((separator) => ({
    separator,
    cells: countSplit(emails, separator, isEmail) + countSplit(phones, separator, isPhone),
  }));
  const [most] = counted.sort((a, b) => b.cells - a.cells);
  return most && most.cells > 0 ? most : undefined;
}

function countSplit(columns: readonly Column[], separator: string, is: (text: string) => boolean): number {
  const isSplit = (value: string) => {
    const parts = value
      .split(separator)
      .map((part) => part.trim())
      .filter(Boolean);
    return parts.length > 1 && parts.every(is);
  };
  // the values of lists are told apart already
  const texts = columns.filter(({ hasLists }) => !hasLists);
  return texts.reduce((sum, { values }) => sum + values.filter(isSplit).length, 0);
}
