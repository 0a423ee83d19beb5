import { type Phrase, phraseOf } from './phrases.ts';
import type { TraitProfile } from './profile.ts';

/** A persona in words, written by rule from what sets it apart. */
export interface PersonaWords {
  /** Short and different from the other personas' names. */
  name: string;
  summary: string;
  /** What sets the persona apart, strongest first. */
  salientTraits: SalientTrait[];
}

export interface SalientTrait {
  trait: string;
  /** E.g. `Internet service is Fiber optic for 84 % (everyone 44 %)`. */
  statement: string;
  /** How many times as often as everyone. */
  lift: number;
}

const MAX_SALIENT = 8;
const IN_SUMMARY = 4;
/** A second phrase of another kind is preferred while it says at least this share of the first. */
const KIND_PREFERENCE = 0.3;
/** Traits that marketers have a word for ("long-tenure") come before others that are somewhat stronger. */
const PLAIN_PREFERENCE = 1.6;
const EMPTY_WORDS = new Set(['no', 'with', 'without', 'high', 'low']);

/** Names and describes the personas of one version from their profiles. `shares` are their shares of the sample. */
export function writePersonas(profiles: TraitProfile[][], shares: number[]): PersonaWords[] {
  const taken = new Set<string>();
  return profiles.map((profile, p) => {
    const phrases = salientPhrases(profile);
    const name = distinctName(phrases, taken);
    taken.add(name.toLowerCase());
    return {
      name,
      summary: summarise(phrases, shares[p]!),
      salientTraits: phrases.slice(0, MAX_SALIENT).map(({ trait, statement, lift }) => ({ trait, statement, lift })),
    };
  });
}

/** Phrases of the salient traits, strongest first; of several that say the same words ("no internet service") one. */
function salientPhrases(profile: TraitProfile[]): Phrase[] {
  const phrases = profile
    .filter((trait) => trait.salient)
    .sort((a, b) => b.strength - a.strength)
    .flatMap((trait) => phraseOf(trait) ?? []);
  const isFirst = (phrase: Phrase) => phrases.find(({ words }) => words === phrase.words) === phrase;
  return phrases.filter((phrase) => phrase.words === '' || isFirst(phrase));
}

function distinctName(phrases: Phrase[], taken: Set<string>): string {
  const ordered = byKind(phrases);
  for (let length = Math.min(2, ordered.length); length <= ordered.length; length++) {
    const name = nameOf(ordered.slice(0, length));
    if (!taken.has(name.toLowerCase())) return name;
  }
  const base = nameOf(ordered.slice(0, 2));
  for (let n = 2; ; n++) if (!taken.has(`${base} ${n}`.toLowerCase())) return `${base} ${n}`;
}

/** Phrases fit for a name: the strongest, then the strongest of another kind, then the rest that say something new. */
function byKind(phrases: Phrase[]): Phrase[] {
  const weight = ({ strength, plain }: Phrase) => strength * (plain ? PLAIN_PREFERENCE : 1);
  const ranked = phrases.filter(({ words }) => words !== '').sort((a, b) => weight(b) - weight(a));
  const [first, ...rest] = ranked;
  if (!first) return [];
  const second = rest.find(({ kind, strength }) => kind !== first.kind && strength >= first.strength * KIND_PREFERENCE);
  const ordered = second ? [first, second, ...rest.filter((phrase) => phrase !== second)] : ranked;
  const said = new Set<string>();
  return ordered.filter(({ words }) => {
    const content = words.split(/[\s-]+/).filter((word) => !EMPTY_WORDS.has(word));
    const news = content.some((word) => !said.has(word));
    for (const word of content) said.add(word);
    return news;
  });
}

/** `Long-tenure fiber optic customers with online backup`. */
function nameOf(phrases: Phrase[]): string {
  if (phrases.length === 0) return 'Typical customers';
  const before = phrases
    .filter(({ position }) => position === 'before')
    .sort((a, b) => (a.kind === 'number' ? 0 : 1) - (b.kind === 'number' ? 0 : 1));
  const after = phrases.filter(({ position }) => position === 'after');
  const parts = [...before.map(({ words }) => words), 'customers', after.map(({ words }) => words).join(' and ')];
  const name = parts.filter(Boolean).join(' ');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function summarise(phrases: Phrase[], share: number): string {
  const size = `${Math.round(share * 100)} % of contacts.`;
  if (phrases.length === 0) return `${size} Close to the average on every trait.`;
  return `${size} ${phrases
    .slice(0, IN_SUMMARY)
    .map(({ statement }) => statement)
    .join('; ')}.`;
}
