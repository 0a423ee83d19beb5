import { type Amount, withoutCurrency } from './currency.ts';
import { isMissing } from './missing.ts';

export type DecimalMark = '.' | ',';

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const WHOLE = /^[+-]?\d+$/;
/** Thousands in groups of three, one kind of mark throughout, or as India has them: the last three, then twos. */
const GROUPED: Record<DecimalMark, RegExp> = {
  '.': /^(?:[1-9]\d{0,2}(?:([,'’ ])\d{3})(?:\1\d{3})*|[1-9]\d?(?:,\d\d)+,\d{3})(?:\.\d*)?$/,
  ',': /^[1-9]\d{0,2}(?:([.'’ ])\d{3})(?:\1\d{3})*(?:,\d*)?$/,
};
const GROUP_MARKS: Record<DecimalMark, RegExp> = { '.': /[,'’ ]/g, ',': /[.'’ ]/g };
/** One mark with three digits behind it: thousands or a fraction. */
const TWO_WAYS = /^[^\d.,]*[1-9]\d{0,2}[.,]\d{3}[^\d.,]*$/;

/**
 * A number as people write it: signs before and behind, thousands marks, currencies, per cent, accountants' brackets.
 * `decimal` decides what `1.234` and `1,234` mean; without it they are none, and only what reads in one way is one.
 * Nothing for what is no number: never a guess from its first digits.
 */
export function parseNumber(text: string, decimal?: DecimalMark): number | undefined {
  if (decimal !== ',' && PLAIN.test(text) && (decimal || !TWO_WAYS.test(text))) return finite(Number(text));
  const amount = withoutCurrency(text);
  if (!amount) return undefined;
  if (decimal) return numberWith(amount, decimal);
  return TWO_WAYS.test(text) ? undefined : (numberWith(amount, '.') ?? numberWith(amount, ','));
}

/** True where only the decimal mark of the column can tell what a number is: `1.234`. */
export function isTwoWays(text: string): boolean {
  const amount = TWO_WAYS.test(text) ? withoutCurrency(text) : undefined;
  return amount !== undefined && numberWith(amount, '.') !== undefined && numberWith(amount, ',') !== undefined;
}

function numberWith({ digits, negative }: Amount, decimal: DecimalMark): number | undefined {
  const bare = GROUPED[decimal].test(digits) ? digits.replaceAll(GROUP_MARKS[decimal], '') : digits;
  if (decimal === ',' && bare.includes('.')) return undefined;
  const point = decimal === ',' ? bare.replace(',', '.') : bare;
  if (!PLAIN.test(point)) return undefined;
  return finite(negative ? -Number(point) : Number(point));
}

/** 0 has no sign: the warehouse would tell -0 from 0 in lists. */
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value + 0 : undefined);

/** How the numbers of a column are written, as far as its values prove it. */
export interface NumberReading {
  /** Share of the values that are numbers, 0 to 1. */
  share: number;
  /** Absent where no value proves it, or values contradict each other. */
  decimal?: DecimalMark;
  /** Some values have decimal points, others decimal commas. */
  mixed: boolean;
  /** A value that reads in two ways with different results, where nothing proves which: `1.234`. */
  twoWays?: string;
}

/** Above this share the marks of one kind are what the column has, and the others are slips. */
const CLEAR = 0.98;

/** Reads the marks of a column of values, by the evidence of all of them. Words for no value do not count. */
export function readNumbers(values: readonly string[]): NumberReading {
  let filled = 0;
  let numbers = 0;
  const proofs: Record<DecimalMark, number> = { '.': 0, ',': 0 };
  let twoWays: string | undefined;
  for (const value of values) {
    if (isMissing(value)) continue;
    filled++;
    if (WHOLE.test(value)) {
      numbers++;
      continue;
    }
    const amount = withoutCurrency(value);
    if (!amount) continue;
    const [point, comma] = [numberWith(amount, '.'), numberWith(amount, ',')];
    if (point === undefined && comma === undefined) continue;
    numbers++;
    if (comma === undefined) proofs['.']++;
    else if (point === undefined) proofs[',']++;
    else if (point !== comma) twoWays ??= value;
  }
  const share = filled === 0 ? 0 : numbers / filled;
  const proven = proofs['.'] + proofs[','];
  const mixed = proofs['.'] > 0 && proofs[','] > 0;
  const decimal = (['.', ','] as const).find((mark) => proven > 0 && proofs[mark] / proven >= CLEAR);
  return { share, decimal, mixed, twoWays: decimal ? undefined : twoWays };
}

/** The decimal mark that all columns of a file have whose values prove one. */
export function decimalOfFile(readings: readonly NumberReading[]): DecimalMark | undefined {
  const marks = new Set(readings.filter(({ mixed }) => !mixed).flatMap(({ decimal }) => decimal ?? []));
  return marks.size === 1 ? [...marks][0] : undefined;
}
