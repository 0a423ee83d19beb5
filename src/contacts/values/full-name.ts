/** First and last name; what a name does not say is absent. */
export interface FullName {
  firstName?: string;
  lastName?: string;
}

const TITLE =
  /^(?:mr|mrs|ms|miss|mx|sir|dame|dr|prof|rev|hon|herr|frau|fr|hr|mag|ing|dipl\.?-?\s?\p{L}*|mme|mlle|madame|monsieur|m|sr|sra|srta|señor|señora|señorita|don|doña|sig|sig\.ra|signor|signora|dott|dott\.ssa|dhr|mevr|mevrouw|meneer|senhor|senhora)\.?$/iu;
/** Titles that may also be first names or initials count only with their dot. */
const DOTTED = /^(?:m|fr|hr|don|ing|mag|sr)$/i;
const SUFFIX =
  /^(?:jr|sr|junior|senior|ii|iii|iv|2nd|3rd|md|m\.d|phd|ph\.d|esq|cpa|dds|dvm|mba|msc|m\.sc|bsc|b\.sc|ma|m\.a|ba|b\.a|llm)\.?$/i;
const PARTICLE =
  /^(?:von|vom|zu|zum|zur|van|vander|ver|de|del|della|di|da|das|do|dos|du|des|la|le|las|los|den|der|het|ter|ten|'t|op|bin|ibn|bint|ben|abu|al|el|st\.?|y)$/i;
/** Scripts that write the family name first and often without a blank. */
const UNDIVIDED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const SEVERAL = /\s(?:&|and|und|et|e|y|en)\s.*\s/i;

/**
 * The parts of a name in one cell: `Berg, Anna`, `Anna von Berg`, `Dr. Anna M. Berg Jr.` Titles and suffixes are dropped,
 * further first names belong to the first name. `order` decides names without a comma. A single word and a name in
 * Chinese, Japanese or Korean letters are not split: they are the first name.
 */
export function fullName(text: string, order: 'first-last' | 'last-first' = 'first-last'): FullName {
  if (UNDIVIDED.test(text)) return { firstName: text };
  const [before = '', ...behind] = text.split(',').map((part) => part.trim());
  const after = behind.filter((part) => part !== '' && !part.split(/\s+/).every((word) => SUFFIX.test(word)));
  if (after.length > 0) return named(firstNames(wordsOf(after.join(' '))), withoutTitles(before).join(' '));
  const all = wordsOf(before);
  const words = withoutTitles(before);
  if (words.length === 0) return {};
  // `Frau Müller` names the family, and so does `Berg, Jr.`
  if (words.length === 1) return all.length > 1 || behind.length > 0 ? { lastName: words[0] } : { firstName: words[0] };
  if (SEVERAL.test(` ${text} `)) return { lastName: words.at(-1) };
  return order === 'last-first' ? lastFirst(words) : firstLast(words);
}

function firstLast(words: string[]): FullName {
  const particle = words.findIndex((word, i) => i > 0 && i < words.length - 1 && PARTICLE.test(word));
  const at = particle > 0 ? particle : words.length - 1;
  return named(words.slice(0, at).join(' '), words.slice(at).join(' '));
}

function lastFirst(words: string[]): FullName {
  const end = words.findIndex((word) => !PARTICLE.test(word)) + 1;
  return named(words.slice(end).join(' '), words.slice(0, end).join(' '));
}

const named = (firstName: string, lastName: string): FullName => ({
  ...(firstName ? { firstName } : {}),
  ...(lastName ? { lastName } : {}),
});

const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean);
const firstNames = (words: string[]) => withoutTitles(words.join(' ')).join(' ');

function withoutTitles(text: string): string[] {
  const words = wordsOf(text.replaceAll(/["“”(][^"“”()]*["“”)]/g, ' '));
  while (words.length > 1 && isTitle(words[0]!)) words.shift();
  while (words.length > 1 && SUFFIX.test(words.at(-1)!)) words.pop();
  return words;
}

const isTitle = (word: string) => TITLE.test(word) && !DOTTED.test(word);
