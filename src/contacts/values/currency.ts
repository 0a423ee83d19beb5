/** Words and abbreviations for money besides the codes of ISO 4217, which the runtime knows. */
const WORDS =
  'kr kr. zł zl kč kc ft lei leu ron. лв лв. руб руб. р. грн грн. tl rs rs. rm rp rp. fr fr. sfr sfr. eur. euro euros dollar dollars pound pounds 元 円 원';
const NAMES = new Set([...Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()), ...WORDS.split(' ')]);
/** A sign with the letters that tell whose it is: `US$`, `R$`, `NT$`, `$US`. */
const SIGN = /^(?:\p{Lu}{0,3}\p{Sc}|\p{Sc}\p{Lu}{1,3})$/u;
const AMOUNT = /^(\D*?)([.,]?\d(?:[\d.,'’ ]*\d)?(?:[eE][+-]?\d+)?[.,]?)(\D*)$/;
const BRACKETS = /^([^()]*)\(([^()]+)\)([^()]*)$/;
const DASHES = /[\u2010-\u2015\u2212\ufe63\uff0d]/g;
const NARROW_BLANKS = /[\u00a0\u2009\u202f]/g;

/** The digits of an amount with their marks, and whether a sign or brackets make it negative. */
export interface Amount {
  digits: string;
  negative: boolean;
}

/**
 * An amount without currency, per cent sign and sign: `-$5.00`, `5,00 €`, `US$ 12`, `(5.00)`, `5.00-`, `5,-`. Nothing
 * where anything else stands around the digits.
 */
export function withoutCurrency(text: string): Amount | undefined {
  const dashed = text.trim().replace(DASHES, '-').replace(NARROW_BLANKS, ' ');
  const brackets = BRACKETS.exec(dashed);
  const parts = AMOUNT.exec(brackets ? `${brackets[1]}${brackets[2]}${brackets[3]}` : dashed);
  if (!parts) return undefined;
  let [, before = '', digits = '', behind = ''] = parts;
  // Rs.500
  if (/\p{L}$/u.test(before) && digits.startsWith('.')) [before, digits] = [`${before}.`, digits.slice(1)];
  // 5,- and 5.-- are even amounts
  if (/[.,]$/.test(digits) && /^--?/.test(behind)) behind = behind.replace(/^--?/, '');
  const left = unsigned(before);
  const right = unsigned(behind);
  const signs = left.signs + right.signs + (brackets ? '-' : '');
  if (signs.length > 1 || !isCurrency(left.word) || !(right.word === '%' || isCurrency(right.word))) return undefined;
  return { digits, negative: signs === '-' };
}

function unsigned(affix: string): { word: string; signs: string } {
  return { word: affix.replace(/[+-]/g, '').trim(), signs: affix.replace(/[^+-]/g, '') };
}

const isCurrency = (word: string) => word === '' || SIGN.test(word) || NAMES.has(word.toLowerCase());
