import { CsvTokenizer, type Dialect, FileFault, type RawRecord } from './csv.ts';
import type { FormatOptions, Quote } from './format.ts';

/** Text that is looked at, and records of it. */
const LOOK_CHARS = 200_000;
const LOOK_RECORDS = 200;

/** Delimiters, and how much each is trusted: a tab is hardly ever part of a value, a comma often is. */
const DELIMITERS = new Map([
  ['\t', 1.5],
  ['|', 1.3],
  [';', 1.2],
  [',', 1],
]);
/** These separate cells only where they do so in every line. */
const RARE_DELIMITERS = ['^', '~', ':'];
/** A delimiter that fits fewer lines than this is part of the text. */
const LEAST_SHARE = 0.35;

export interface FoundDialect extends Dialect {
  /** Cells of most records. */
  width: number;
  records: RawRecord[];
}

/** Delimiter and quotes of a text whose lines end in \n. @throws FileFault for columns of fixed width */
export function detectDialect(text: string, whole: boolean, options: FormatOptions): FoundDialect {
  // a first line may be longer than what is looked at
  const head = text.slice(0, text.indexOf('\n') + 1 + LOOK_CHARS);
  const ended = whole && head.length === text.length;
  const quote = options.quote ?? quoteOf(head);
  const read = (delimiter: string | undefined) => look(head, ended, { delimiter, quote });
  const found = options.delimiter
    ? read(options.delimiter)
    : (best([...DELIMITERS.keys()].map(read)) ?? RARE_DELIMITERS.map(read).find(fitsEveryLine));
  if (!found && hasFixedWidth(head)) throw fixedWidth();
  const dialect = found ?? read(undefined);
  const escaped = escapesByBackslash(head, dialect) ? look(head, ended, { ...dialect, escape: 'backslash' }) : dialect;
  // the width shows where a quote swallowed rows
  return look(head, ended, escaped);
}

function look(text: string, ended: boolean, dialect: Dialect): FoundDialect {
  const { delimiter, quote, escape: escaping, width } = dialect;
  const tokenizer = new CsvTokenizer({ delimiter, quote, escape: escaping, width });
  const records = tokenizer.push(text, ended).slice(0, LOOK_RECORDS);
  return { delimiter, quote, escape: escaping, records, width: usualWidth(records) };
}

/** The number of cells that most sound records have; the larger among equals. */
function usualWidth(records: RawRecord[]): number {
  const counts = new Map<number, number>();
  for (const { cells, fault } of records) if (!fault) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [width] = [...counts].sort(([a, m], [b, n]) => n - m || b - a)[0] ?? [1];
  return width;
}

/** Short rows may lack their last cells, so that a width fits the lines that have at most as many. */
function best(found: FoundDialect[]): FoundDialect | undefined {
  const scored = found.map((dialect) => {
    const { delimiter, records, width } = dialect;
    const share = records.filter(({ cells }) => cells.length === width).length / Math.max(1, records.length);
    const split = records.filter(({ cells }) => cells.length > 1).length / Math.max(1, records.length);
    const fits = split >= LEAST_SHARE;
    return { dialect, score: fits ? (0.3 + share) * Math.log2(width + 1) * DELIMITERS.get(delimiter!)! : 0 };
  });
  const top = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return top.score > 0 && top.dialect.width > 1 ? top.dialect : undefined;
}

function fitsEveryLine({ records, width, delimiter }: FoundDialect): boolean {
  const isTimeOrLink = ({ cells }: RawRecord) =>
    delimiter === ':' && cells.some((cell, i) => cell.startsWith('//') || (i > 0 && /^\d\d\b/.test(cell)));
  return (
    width > 1 && records.length > 1 && records.every((r) => r.cells.length === width) && !records.every(isTimeOrLink)
  );
}

/** Single quotes enclose cells where they do so often and double quotes never do. */
function quoteOf(text: string): Quote {
  const count = (form: RegExp) => text.match(form)?.length ?? 0;
  if (!text.includes("'") || count(/(?:^|[,;\t|])[ ]*"/gm) > 0) return 'double';
  const single = count(/(?<=^|[,;\t|])[ ]*'[^'\n]*'[ ]*(?=$|[,;\t|])/gm);
  return single >= 2 && single >= count(/\n/g) / 2 ? 'single' : 'double';
}

const escapesByBackslash = (text: string, dialect: FoundDialect): boolean =>
  /\\["']/.test(text) &&
  faults(look(text, false, { ...dialect, escape: 'backslash' })) < faults(look(text, false, dialect));

const faults = ({ records, width }: FoundDialect): number =>
  records.filter(({ fault, cells }) => fault || cells.length !== width).length;

/** Whether blanks stand in every line where columns begin. */
function hasFixedWidth(text: string): boolean {
  const lines = text
    .split('\n')
    .slice(0, 30)
    .filter((line) => line.trim() !== '');
  if (lines.length < 2 || !lines.every((line) => /\S {2,}\S/.test(line))) return false;
  const starts = [...lines[0]!.matchAll(/(?<= {2})\S/g)].map((match) => match.index);
  return starts.some((at) => lines.every((line) => line[at - 1] === ' ' && /\S/.test(line[at] ?? '')));
}

const fixedWidth = () =>
  new FileFault(
    'fixed_width',
    'Line 1: the columns stand at fixed places, with blanks and no delimiter between them. Save the file as CSV, with a comma, semicolon or tab between the columns.',
  );

/** The delimiter that a first line such as `sep=;` names, as Excel reads it. */
export function separatorLine(line: string): string | undefined {
  const named = /^["']?sep=(\\t|.)["']?[,;\t| ]*$/i.exec(line)?.[1];
  return named === '\\t' ? '\t' : named;
}
