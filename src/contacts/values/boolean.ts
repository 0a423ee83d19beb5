/** Yes and no by language, and as forms mark them. */
const WORDS: Record<string, { yes: string; no: string }> = {
  marks: { yes: '1 x ✓ ✔ ☑ ✅ ☒ 🗸', no: '0 ✗ ✘ ✖ ❌ ☐' },
  en: { yes: 'yes y true t on checked', no: 'no n false f off unchecked' },
  de: { yes: 'ja j wahr w', no: 'nein n falsch f' },
  fr: { yes: 'oui o vrai v', no: 'non n faux f' },
  es: { yes: 'sí si s verdadero v', no: 'no n falso f' },
  it: { yes: 'sì si s vero v', no: 'no n falso f' },
  nl: { yes: 'ja j waar w', no: 'nee neen n onwaar' },
  pt: { yes: 'sim s verdadeiro v', no: 'não nao n falso f' },
};

const split = (answer: 'yes' | 'no') => new Set(Object.values(WORDS).flatMap((words) => words[answer].split(' ')));
const YES = split('yes');
const NO = split('no');

/** The words, in small letters. */
export const BOOLEAN_WORDS = { yes: YES, no: NO };

/** Yes or no as people write it in a column of yes and no; nothing for anything else. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase().replace(/\ufe0f$/, '');
  if (YES.has(word)) return true;
  return NO.has(word) ? false : undefined;
}

/** True for a word that says yes or no in any column: no letter or digit that could stand for something else. */
export const isPlainAnswer = (text: string): boolean =>
  parseBoolean(text) !== undefined && (text.length > 1 || /[x\P{ASCII}]/iu.test(text));
