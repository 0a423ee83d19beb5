import type { RawRecord } from '../files/csv.ts';
import type { FileFormat } from '../files/format.ts';
import { LIST_SEPARATOR } from '../files/json.ts';
import { columnOf } from '../files/sample.ts';
import type { ExpectedDate } from '../values/date-reading.ts';
import { type InferredType, inferTypes } from '../values/infer.ts';
import { isMissing } from '../values/missing.ts';
import { formOf, judge } from './evidence.ts';
import { type IdOf, type PossibleMeaning, readHeader } from './header.ts';
import type { AddressKind, Meaning } from './languages/language.ts';
import { toolColumnOf } from './tools/index.ts';
import type { Tool } from './tools/tool.ts';
import { wordsOf } from './words.ts';

/** A column of the sample and what its name and its values say. */
export interface Column {
  name: string;
  index: number;
  /** One a row, empty where missing. */
  cells: string[];
  /** The cells that hold something. */
  values: string[];
  /** Share of the rows with a value, 0 to 1. */
  filled: number;
  /** Number of different values. */
  distinct: number;
  inferred: InferredType;
  /** Some cells came as lists of a JSON or Parquet file. */
  hasLists: boolean;
  meaning?: Meaning;
  /** Place of the name among those of the meaning, from 0. */
  rank: number;
  /** Which of several addresses it belongs to; empty where nothing says so. */
  address: string;
  /** The kind of person that the column belongs to. */
  person?: string;
  id?: IdOf;
  /** With `id: person`: where the id comes from. */
  namespace?: string;
  isOfOrder: boolean;
  isOfOther: boolean;
  /** Every word of the name is known. */
  isKnown: boolean;
  /** What the tool's table says of a value without a role. */
  fixed?: 'plain' | 'ignore';
  /** What the values are by themselves. */
  form?: 'email' | 'phone' | 'hash';
}

/** The columns of a sample with what their names, the tool that wrote them and their values say. */
export function readColumns(format: FileFormat, sample: RawRecord[], tool: Tool | undefined): Column[] {
  const sampled = format.columns.map((name, index) => ({
    cells: columnOf(sample, index).map((cell) => (isMissing(cell) ? '' : cell)),
    expects: expectedIn(name, tool),
  }));
  const inferred = inferTypes(sampled, format.format !== 'csv');
  const columns = format.columns.map((name, index) => {
    const { cells } = sampled[index]!;
    const values = cells.filter((cell) => cell !== '');
    const column: Column = {
      name,
      index,
      cells,
      values,
      filled: cells.length === 0 ? 0 : values.length / cells.length,
      distinct: new Set(values).size,
      inferred: inferred[index]!,
      hasLists: sample.some((record) => record.cells[index]?.includes(LIST_SEPARATOR)),
      rank: 0,
      address: '',
      isOfOrder: false,
      isOfOther: false,
      isKnown: false,
      form: formOf(values),
    };
    return { ...column, ...readName(column, tool) };
  });
  return columns.map((column) => (column.meaning === 'name' ? settledName(column, columns) : column));
}

/** Words of names that hold days or times, besides the meanings of whole names. */
const DATE_WORDS = new Set('date datetime timestamp datum fecha erstellt'.split(' '));
/** `Signed up at`, `Joined on`. */
const LAST_WORDS = new Set(['at', 'on', 'am']);

/** The dates that a name speaks of: bare numbers are then serials of spreadsheets or Unix times. */
function expectedIn(name: string, tool: Tool | undefined): ExpectedDate | undefined {
  const known = tool && toolColumnOf(tool, name);
  const meanings = [known, ...readHeader(name).meanings.map(({ meaning }) => meaning)];
  if (meanings.includes('birthDate')) return 'birthDate';
  const words = wordsOf(name);
  const isDate = meanings.includes('time') || words.some((word) => DATE_WORDS.has(word));
  return isDate || LAST_WORDS.has(words.at(-1) ?? '') ? 'date' : undefined;
}

type NameReading = Pick<
  Column,
  'meaning' | 'rank' | 'address' | 'person' | 'id' | 'namespace' | 'isOfOrder' | 'isOfOther' | 'isKnown' | 'fixed'
>;

function readName(column: Column, tool: Tool | undefined): NameReading {
  const { meanings, id, ...header } = readHeader(column.name);
  const base = { ...header, rank: 0 };
  const known = tool && toolColumnOf(tool, column.name);
  if (known === 'plain' || known === 'ignore') return { ...base, fixed: known };
  if (known === 'other') return { ...base, id: 'other' };
  if (known === 'orderId') return { ...base, id: 'order' };
  if (known === 'id')
    return { ...base, id: 'person', ...(tool!.ownIds ? {} : { namespace: tool!.slug }), isOfOther: false };
  if (known !== undefined) {
    const { meaning, address }: { meaning: Meaning; address?: AddressKind } =
      typeof known === 'string' ? { meaning: known } : known;
    return { ...base, isOfOther: false, meaning, address: address ?? base.address };
  }
  if (id) return { ...base, id, ...(id === 'person' && header.person ? { namespace: header.person } : {}) };
  const meaning = header.isOfOther ? undefined : settle(meanings, column);
  if (!meaning) return base;
  return { ...base, meaning: meaning.meaning, rank: meaning.rank };
}

/** The meaning that the values allow: those that they agree with before those that they say nothing about. */
function settle(meanings: readonly PossibleMeaning[], { values, inferred }: Column): PossibleMeaning | undefined {
  const judged = meanings.map((possible) => ({ possible, verdict: judge(possible.meaning, values, inferred) }));
  const agreeing = judged.find(({ verdict }) => verdict === 'agree');
  const silent = judged.find(({ possible, verdict }) => verdict === 'silent' && !possible.isWeak);
  return (agreeing ?? silent)?.possible;
}

/** `Name` is the last name beside a first name, the first name beside a last name, and else the whole. */
function settledName(column: Column, columns: readonly Column[]): Column {
  const beside = (meaning: Meaning) =>
    columns.find((other) => other.meaning === meaning && other.address === column.address);
  const [first, last] = [beside('firstName'), beside('lastName')];
  const part = first ?? last;
  if ((first && last) || !part || holds(column, part)) return { ...column, meaning: 'fullName' };
  return { ...column, meaning: first ? 'lastName' : 'firstName' };
}

/** True where most cells of a column hold the other's cell and more. */
export function holds(whole: Column, part: Column): boolean {
  const rows = whole.cells.flatMap((cell, row) =>
    cell !== '' && part.cells[row] ? [[cell, part.cells[row]!] as const] : [],
  );
  const held = rows.filter(
    ([cell, some]) => cell.length > some.length && cell.toLowerCase().includes(some.toLowerCase()),
  );
  return rows.length > 0 && held.length >= rows.length / 2;
}

export const withMeaning = (columns: readonly Column[], ...meanings: Meaning[]): Column[] =>
  columns.filter((column) => column.meaning !== undefined && meanings.includes(column.meaning));
