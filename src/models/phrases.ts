import { type ProfileBin, showValue, type TraitProfile, UNKNOWN } from './profile.ts';

/** What one salient trait says about a persona, ready for a name and for a summary. */
export interface Phrase {
  trait: string;
  kind: 'number' | 'category' | 'flag';
  /** Words for the name, before or after "customers"; empty when the trait says nothing short. */
  words: string;
  /** Whether marketers have a word for it. */
  plain: boolean;
  position: 'before' | 'after';
  statement: string;
  lift: number;
  strength: number;
}

/** How high and low are said of numbers whose name matches; `{}` is the trait's plain name. */
const NUMBER_WORDS: { name: RegExp; high: string; low: string }[] = [
  { name: /\b(tenure|seniority)\b/, high: 'long-tenure', low: 'new' },
  { name: /^((customer|contact) )?age$/, high: 'older', low: 'younger' },
  { name: /\b(recency|(days|weeks|months) since)\b/, high: 'lapsed', low: 'recently active' },
  { name: /\b(frequency|orders|purchases|visits|sessions)\b/, high: 'frequent', low: 'occasional' },
  { name: /\b(spend|spent|spending|revenue|ltv|clv|lifetime value)\b/, high: 'high-spend', low: 'low-spend' },
  { name: /\bincome\b/, high: 'high-income', low: 'low-income' },
];
const OTHER_NUMBER = { high: 'high-{}', low: 'low-{}' };
const DATE_WORDS = { high: 'recent {}', low: 'early {}' };

/** Words of a trait's name that add nothing to its value: "fiber optic internet", not "fiber optic internet service". */
const GENERIC =
  /\b(service|method|type|category|status|segment|name|group|kind|code|class|level|city|country|region|state|contact)\b/g;
const MAX_VALUE = 40;
const YES = /^(yes|y|true|1)$/i;
const NO = /^(no|n|false|0|none)$/i;

/** The words for a salient trait, or nothing when only "unknown" or "other" stands out. */
export function phraseOf(profile: TraitProfile): Phrase | undefined {
  if (profile.type === 'boolean') return flagPhrase(profile, topBin(profile), (label) => label === 'true');
  if (profile.type === 'category') return categoryPhrase(profile);
  return numberPhrase(profile);
}

/** `monthlyCharges_usd` → `monthly charges usd`. */
export function plainName(trait: string): string {
  return trait
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_\-.\s]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** A middle that moves by less than this share of the spread is no "high" or "low": then the usual band is told. */
const SHIFT = 0.2;

function numberPhrase(profile: TraitProfile): Phrase | undefined {
  const { type, median, everyoneMedian, mean, everyoneMean } = profile;
  const top = topBin(profile);
  if (median === undefined || everyoneMedian === undefined) return undefined;
  const shifted = Math.abs(median - everyoneMedian) >= SHIFT * spreadOf(profile);
  const [own, everyone, how] = shifted ? [median, everyoneMedian, 'typically'] : [mean!, everyoneMean!, 'on average'];
  if (Math.abs(own - everyone) < SHIFT * spreadOf(profile)) {
    return top && { ...said(profile, top), kind: 'number', words: '', plain: false, position: 'before' };
  }
  const plain = plainName(profile.trait);
  const known = NUMBER_WORDS.find(({ name }) => name.test(plain));
  const table = type === 'date' ? DATE_WORDS : (known ?? OTHER_NUMBER);
  return {
    trait: profile.trait,
    kind: 'number',
    words: (own > everyone ? table.high : table.low).replace('{}', plain.replaceAll(' ', '-')),
    plain: known !== undefined,
    position: 'before',
    statement: `${capital(plain)} is ${how} ${showValue(type, own)} (everyone ${showValue(type, everyone)})`,
    lift: top?.lift ?? 1,
    strength: profile.strength,
  };
}

/** The range of the middle bands: where the middle three fifths of everyone lie. */
function spreadOf({ bins }: TraitProfile): number {
  const bands = bins.filter(({ from }) => from !== undefined);
  const inner = bands.length > 2 ? bands.slice(1, -1) : bands;
  return (inner.at(-1)?.to ?? 0) - (inner[0]?.from ?? 0);
}

function categoryPhrase(profile: TraitProfile): Phrase | undefined {
  const bin = topBin(profile);
  if (!bin) return undefined;
  if (YES.test(bin.label) || NO.test(bin.label)) return flagPhrase(profile, bin, (label) => YES.test(label));
  const value = shortened(bin.label);
  const rest = plainName(profile.trait).replaceAll(GENERIC, '').trim();
  const standsAlone = value.split(' ').length > 2 || rest === '' || value.toLowerCase().includes(rest);
  return {
    ...said(profile, bin),
    kind: 'category',
    words: standsAlone ? value : `${value} ${rest}`,
    plain: false,
    position: 'before',
  };
}

/** A value inside a name: "Fiber optic" is no proper noun, "Paris" and "DSL" may be. */
function shortened(label: string): string {
  const text = label.length > MAX_VALUE ? `${label.slice(0, MAX_VALUE - 1)}…` : label;
  return /^\p{Lu}[\p{Ll}\d]*([\s-]+[\p{Ll}\d]+)+$/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function flagPhrase(
  profile: TraitProfile,
  bin: ProfileBin | undefined,
  isYes: (label: string) => boolean,
): Phrase | undefined {
  if (!bin) return undefined;
  const plain = plainName(profile.trait).replace(/^(is|has) /, '');
  return {
    ...said(profile, bin),
    kind: 'flag',
    words: `${isYes(bin.label) ? 'with' : 'without'} ${plain}`,
    plain: false,
    position: 'after',
  };
}

function said(profile: TraitProfile, bin: ProfileBin): Pick<Phrase, 'trait' | 'statement' | 'lift' | 'strength'> {
  const statement = `${capital(plainName(profile.trait))} is ${bin.label} for ${percent(bin.share)} (everyone ${percent(bin.everyone)})`;
  return { trait: profile.trait, statement, lift: bin.lift, strength: profile.strength };
}

/** The value that the persona has more often than everyone, and most of. */
function topBin(profile: TraitProfile): ProfileBin | undefined {
  const named = profile.bins.filter(
    ({ salient, lift, label }) => salient && lift > 1 && label !== UNKNOWN && label !== 'other',
  );
  return named.sort((a, b) => b.share * Math.log(b.lift) - a.share * Math.log(a.lift))[0];
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
