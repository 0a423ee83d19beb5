import {
  CHANNEL_PHRASES,
  consentWords,
  DENIAL_FILE_PHRASES,
  EVERY_CHANNEL_WORDS,
  IMPLIED_CHANNELS,
  QUESTION_PHRASES,
} from './consent-words.ts';
import type { ConsentSense } from './mapping.ts';

/** What the name of a column says about consent. */
export interface ConsentName {
  /** Absent where the name speaks of consent but does not say what a true value means: `Opt-in/opt-out`. */
  sense?: ConsentSense;
  /** True where the name alone says it; a weak name needs values that fit. */
  sure: boolean;
  /** Channels and purposes that the name speaks about: email, sms, advertising, … */
  channels: string[];
  everyChannel: boolean;
  /** The name says that the cells are times. */
  timed: boolean;
  /** The name speaks about something beside the statement: its source, its campaign, a count. */
  other: boolean;
  /** The name speaks about why somebody left. */
  reason: boolean;
  /** What is left of the name without fillers and words of time: equal for a statement and its time. */
  stem: string;
}

const FILLERS = consentWords('filler');
const TIMES = consentWords('time');
const OTHERS = consentWords('other');
const REASONS = consentWords('reason');
const STATUS = consentWords('status');
/** A negation anywhere in the name of a consent turns it around: `Consent not given`, `No desea publicidad`. */
const NEGATIONS = new Set([
  'not',
  'never',
  'no',
  'non',
  'nicht',
  'kein',
  'keine',
  'nie',
  'pas',
  'sin',
  'niet',
  'nao',
  'false',
]);
/** Beside these a negation is the other answer: `Newsletter (yes/no)`. */
const ANSWERS = new Set(['yes', 'ja', 'oui', 'si', 'sim', 'true', 'y']);
/** Turn a denial around; a mere no before it confirms it: `No, do not contact me`. */
const NOT = new Set(['not', 'never', 'nicht', 'nie', 'niet', 'nao']);
/** Turn a consent that stands before or behind them into a denial: `SMS consent revoked`. */
const TAKEN_BACK = new Set([
  ...consentWords('denied'),
  ...consentWords('undone'),
  'revocation',
  'withdrawal',
  'widerruf',
  'retrait',
  'revoca',
]);
const UNCLEAR = consentWords('unclear');
/** Statements that have an opposite of their own: beside it nothing says what a true value means. */
const EITHER = new Set(['opt in', 'opted in', 'opts in', 'double opt in', 'subscribed']);

/** A name or a cell in words: lower case, without accents, `hasOptedOutOfEmail` in five, `E-Mail` as `email`. */
export function wordsOf(text: string): string[] {
  const parted = text
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Cf}]|(?<=n)['’](?=t\b)/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{So}]+/gu, ' ')
    .trim();
  return parted === '' ? [] : parted.replaceAll(/\be mail/g, 'email').split(' ');
}

const withoutFillers = (words: string[]): string[] => words.filter((word) => !FILLERS.has(word));

/** Phrases by their words without fillers, to be found in the words of a name. */
export class Phrases {
  private readonly phrases: Set<string>;
  private readonly longest: number;

  constructor(phrases: Iterable<string>) {
    this.phrases = new Set([...phrases].map((phrase) => withoutFillers(phrase.split(' ')).join(' ')));
    this.longest = Math.max(1, ...[...this.phrases].map((phrase) => phrase.split(' ').length));
  }

  /** The longest phrase among the words, without fillers, and the word before it. */
  find(words: string[]): { phrase: string; before?: string } | undefined {
    for (let length = Math.min(this.longest, words.length); length > 0; length--) {
      for (let from = 0; from + length <= words.length; from++) {
        const phrase = words.slice(from, from + length).join(' ');
        if (this.phrases.has(phrase)) return { phrase, before: words[from - 1] };
      }
    }
    return undefined;
  }

  has(phrase: string): boolean {
    return this.phrases.has(phrase);
  }

  words(): string[] {
    return [...this.phrases].flatMap((phrase) => phrase.split(' '));
  }
}

const DENIALS = new Phrases(consentWords('denials'));
const WEAK_DENIALS = new Phrases(consentWords('weakDenials'));
const GRANTS = new Phrases(consentWords('grants'));
const WEAK_GRANTS = new Phrases(consentWords('weakGrants'));
const QUESTIONS = new Phrases(QUESTION_PHRASES);
const DENIAL_FILES = new Phrases([...consentWords('denials'), ...DENIAL_FILE_PHRASES]);
const CHANNELS = new Phrases(CHANNEL_PHRASES.keys());
const KINDS = [DENIALS, WEAK_DENIALS, GRANTS, WEAK_GRANTS];

/** Parts that names without separators are made of. */
const VOCABULARY = new Set(
  [...KINDS, CHANNELS]
    .flatMap((phrases) => phrases.words())
    .concat(...[FILLERS, TIMES, OTHERS, REASONS, STATUS, TAKEN_BACK].map((words) => [...words]))
    .filter((word) => word.length > 1),
);

/** The words of a name, glued ones parted where every part is known: `emailoptout`. */
function partedName(name: string): string[] {
  return wordsOf(name).flatMap((word) => (VOCABULARY.has(word) || word.length < 5 ? [word] : (parted(word) ?? [word])));
}

/** The fewest known words that make up a word. */
function parted(word: string): string[] | undefined {
  const best: (string[] | undefined)[] = [[]];
  for (let end = 1; end <= word.length; end++) {
    for (let start = 0; start < end; start++) {
      const before = best[start];
      if (!before || !VOCABULARY.has(word.slice(start, end))) continue;
      if (!best[end] || before.length + 1 < best[end]!.length) best[end] = [...before, word.slice(start, end)];
    }
  }
  return best[word.length];
}

/** What a name says about consent; nothing when it is about something else. Whole words only. */
export function consentName(name: string): ConsentName | undefined {
  const words = withoutFillers(partedName(name));
  const found = senseOf(words);
  if (!found) return undefined;
  const channels = channelsOf(words);
  return {
    ...found,
    channels,
    everyChannel: channels.length === 0 && words.some((word) => EVERY_CHANNEL_WORDS.has(word)),
    timed: words.some((word) => TIMES.has(word)),
    other: words.some((word) => OTHERS.has(word)),
    reason: words.some((word) => REASONS.has(word)),
    stem: words.filter((word) => !TIMES.has(word) && word !== 'marketing').join(' '),
  };
}

function senseOf(words: string[]): Pick<ConsentName, 'sense' | 'sure'> | undefined {
  const denial = DENIALS.find(words);
  const grant = GRANTS.find(words);
  if (denial && grant && EITHER.has(grant.phrase) && !denial.phrase.includes(grant.phrase)) return { sure: true };
  if (denial) return NOT.has(denial.before ?? '') ? { sure: true } : { sense: 'denies', sure: true };
  if (grant) return { ...senseOfGrant(words), sure: true };
  if (WEAK_DENIALS.find(words)) return { sense: 'denies', sure: false };
  if (WEAK_GRANTS.find(words)) return { ...senseOfGrant(words), sure: false };
  return undefined;
}

/** What a true value means where a name speaks of a consent: none that is over or negated is a grant. */
function senseOfGrant(words: string[]): Pick<ConsentName, 'sense'> {
  const isNegated = words.some((word) => NEGATIONS.has(word)) && !words.some((word) => ANSWERS.has(word));
  if (isNegated || words.some((word) => TAKEN_BACK.has(word))) return { sense: 'denies' };
  return words.some((word) => UNCLEAR.has(word)) ? {} : { sense: 'grants' };
}

function channelsOf(words: string[]): string[] {
  const found = new Set<string>();
  for (let rest = words, match = CHANNELS.find(rest); match; match = CHANNELS.find(rest)) {
    found.add(CHANNEL_PHRASES.get(match.phrase)!);
    const phrase = match.phrase.split(' ');
    const from = rest.findIndex((_, i) => phrase.every((word, n) => rest[i + n] === word));
    rest = [...rest.slice(0, from), '', ...rest.slice(from + phrase.length)];
  }
  if (found.size > 0) return [...found];
  return [...new Set(words.flatMap((word) => IMPLIED_CHANNELS.get(word) ?? []))];
}

/** Channels of a name that need not speak about consent: `Email status`. */
export const channelsInName = (name: string): string[] => channelsOf(withoutFillers(partedName(name)));

/** The sense that a mapping without one has: what the column's name says, else a true value grants. */
export const senseOfName = (name: string): ConsentSense => consentName(name)?.sense ?? 'grants';

export const isStatusName = (name: string): boolean => partedName(name).some((word) => STATUS.has(word));

/** True where a name is about something else than a statement of people. */
export const isOtherThing = (name: string): boolean => partedName(name).some((word) => OTHERS.has(word));

/** True where a name may be about consent in words that only a person can read: `Legal basis`. */
export const isQuestionName = (name: string): boolean => QUESTIONS.find(withoutFillers(partedName(name))) !== undefined;

/**
 * True where a text of some words holds a phrase of denial that nothing negates, or begins or ends with one of `edges`:
 * `GDPR withdrawn`, `declined by phone`.
 */
export function holdsDenial(words: string[], edges: ReadonlySet<string>): boolean {
  const telling = withoutFillers(words);
  const found = DENIALS.find(telling);
  if (found) return !NOT.has(found.before ?? '');
  return edges.has(telling[0] ?? '') || (edges.has(telling.at(-1) ?? '') && !NOT.has(telling.at(-2) ?? ''));
}

/** True where a file's name says that everyone in it left, bounced or is not to be contacted. */
export function isDenialFile(fileName: string): boolean {
  const words = withoutFillers(partedName(fileName.replace(/(\.\w{1,8})+$/, '')));
  const found = DENIAL_FILES.find(words);
  return found !== undefined && !NOT.has(found.before ?? '') && !GRANTS.find(words);
}
