/** How values of events are stored: exact, with six decimals. */
export const AMOUNT = 'Nullable(Decimal(38, 6))';

const DECIMALS = 6;
/** Below this, a double times a million is off by less than half, so rounding finds the right whole number. */
const EXACT = 1e9;
const rounded = new Intl.NumberFormat('en', { maximumFractionDigits: DECIMALS, useGrouping: false });

/** A number beyond ±(2^53 − 1), whose last digits a double does not hold. */
export const isTooLarge = (value: number): boolean => Math.abs(value) > Number.MAX_SAFE_INTEGER;

/** Millionths of a value up to 2^53, rounded half away from zero. */
export function millionths(value: number): bigint {
  const size = Math.abs(value);
  if (size < EXACT) return BigInt(Math.sign(value) * Math.round(size * 10 ** DECIMALS));
  // as text, because the double has more digits than the number that was written
  const [whole = '', fraction = ''] = rounded.format(`${value}` as Intl.StringNumericLiteral).split('.');
  return BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}

/** The value with six decimals. */
export function roundAmount(value: number): number {
  const digits = millionths(value)
    .toString()
    .replace('-', '')
    .padStart(DECIMALS + 1, '0');
  const text = `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
  return value < 0 ? 0 - Number(text) : Number(text);
}
