/** Countries whose postal codes have five digits, some of them beginning with zeros. */
const FIVE_DIGITS = new Set('US PR DE FR ES IT FI EE LT MX TR UA HR RS ME BA KR SA MY TH PK ID'.split(' '));
/** As much as spreadsheets take off: a third zero would leave two digits, and those are no codes. */
const SHORTENED = /^[1-9]\d{2,3}(-\d{4})?$/;
const FLOAT = /^(\d{3,9})\.0$/;

/** A postal code as it is stored, and whether it got its leading zeros back. */
export interface PostalCode {
  code: string;
  isRepaired: boolean;
}

/**
 * A postal code with the zeros that a spreadsheet took off, where the country has codes of five digits and the length
 * proves it: `2138` in the US is `02138`. Any other text stays as it is.
 */
export function readPostalCode(text: string, country: string | undefined): PostalCode {
  const code = text.replace(FLOAT, '$1');
  if (!country || !FIVE_DIGITS.has(country) || !SHORTENED.test(code)) return { code, isRepaired: false };
  const [digits, extension] = code.split('-');
  return { code: digits!.padStart(5, '0') + (extension ? `-${extension}` : ''), isRepaired: true };
}
