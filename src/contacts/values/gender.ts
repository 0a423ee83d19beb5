import { gender } from '../../identity/gender.ts';

/** Words for women and men besides those that platforms' match keys are read from. */
const WORDS = {
  f: 'w fem femenino feminino femenina feminina feminin féminin féminine femminile femmina donna mulher vrouw vrouwelijk weibl fräulein mme madame mlle mademoiselle sra señora srta señorita signora sig.ra signorina senhora mevrouw mevr mw',
  m: 'masc masculino masculin maschile maschio uomo homem mannelijk männl monsieur sr señor signore sig senhor meneer dhr',
};
const GENDERS = new Map(Object.entries(WORDS).flatMap(([code, words]) => words.split(' ').map((word) => [word, code])));

/** Pairs of letters that a column without f and w proves: hombre and mujer, man and vrouw, kobieta and mężczyzna. */
const PAIRS = [
  { f: 'm', m: 'h' },
  { f: 'v', m: 'm' },
  { f: 'k', m: 'm' },
];

/** What single letters mean in a column: an M beside an H is a mujer. Empty where they mean what they mean in English. */
export function genderLetters(cells: readonly string[]): Readonly<Record<string, string>> {
  const letters = new Set(cells.filter((cell) => cell.length === 1).map((cell) => cell.toLowerCase()));
  const pair = PAIRS.find(({ f, m }) => letters.has(f) && letters.has(m));
  return pair && !letters.has('f') && !letters.has('w') ? { [pair.f]: 'f', [pair.m]: 'm' } : {};
}

/** `f` or `m` where a word or a form of address says it for certain; the text as it is otherwise. */
export function readGender(text: string, letters: Readonly<Record<string, string>> = {}): string {
  const word = text.toLowerCase();
  // `Frau Dr.` says it too
  const [first = word] = word.split(/\s+/);
  return letters[word] ?? wordOf(word) ?? wordOf(first) ?? text;
}

function wordOf(word: string): string | undefined {
  const known = gender(word);
  return typeof known === 'string' ? known : GENDERS.get(word.replace(/\.$/, ''));
}
