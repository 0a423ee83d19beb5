import { isMissing } from './missing.ts';

export type DecimalMark = '.' | ',';

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const CURRENCY = /^(?:[$€£¥₹]|[A-Z]{3}\s)?\s*|\s*(?:[$€£¥₹%]|\s[A-Z]{3})?$/g;
/** Thousands in groups of three, one kind of mark throughout. */
const GROUPED: Record<DecimalMark, RegExp> = {
  '.': /^[+-]?\d{1,3}(?:([,'’ \u00A0\u202F])\d{3})(?:\1\d{3})*(?:\.\d*)?$/,
  ',': /^[+-]?\d{1,3}(?:([.'’ \u00A0\u202F])\d{3})(?:\1\d{3})*(?:,\d*)?$/,
};

/**
 * A number as people write it: signs, thousands marks, a currency or per cent sign, accountants' brackets. `decimal`
 * decides what `1.234` and `1,234` mean. Nothing for what is no number: never a guess from its first digits.
 */
export function parseNumber(text: string, decimal: DecimalMark = '.'): number | undefined {
  if (decimal === '.' && PLAIN.test(text)) return finite(Number(text));
  let bare = text.trim();
  const negative = /^\((.+)\)$/.exec(bare)?.[1];
  bare = (negative ?? bare).replaceAll(CURRENCY, '');
  if (GROUPED[decimal].test(bare)) bare = bare.replaceAll(decimal === '.' ? /[,'’\s]/g : /[.'’\s]/g, '');
  if (decimal === ',') {
    if (bare.includes('.')) return undefined;
    bare = bare.replace(',', '.');
  }
  if (!PLAIN.test(bare)) return undefined;
  const value = finite(Number(bare));
  return negative !== undefined && value !== undefined ? -value : value;
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** The decimal mark of a column, from a sample: a comma only where some value can be read in no other way. */
export function inferDecimal(values: string[]): DecimalMark {
  let comma = 0;
  for (const value of values) {
    if (parseNumber(value, '.') !== undefined) continue;
    if (parseNumber(value, ',') !== undefined) comma++;
  }
  return comma > 0 && values.every((v) => isMissing(v) || parseNumber(v, ',') !== undefined) ? ',' : '.';
}
