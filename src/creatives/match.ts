import { RULES } from './leaves.ts';
import type { PersonaFacts, Rule } from './rule.ts';

/** What matching needs to know of a creative. */
export interface Candidate {
  id: string;
  name: string;
  /** Empty: every channel. */
  channels: string[];
  activeFrom: Date | null;
  /** No longer active from this moment on. */
  activeUntil: Date | null;
  /** Null: every persona. */
  rules: Rule | null;
}

export interface Match<C> {
  creative: C;
  /** Higher comes first; comparable within one persona. */
  score: number;
  /** Why, in plain words, one a rule. */
  reasons: string[];
}

/** Where and when creatives are wanted. */
export interface Wanted {
  /** Absent: whatever the channel. */
  channel?: string;
  now: Date;
}

/** What rules say of a persona: `reasons` are those for the verdict, in the order of the rules. */
export interface Verdict {
  held: boolean;
  points: number;
  reasons: string[];
}

const WITHOUT_RULES: Verdict = { held: true, points: 0, reasons: ['It has no rules: it is for every persona.'] };

/** Judges rules on a persona. Pure: the same rules and facts always give the same verdict. */
export function judge(rules: Rule | null, persona: PersonaFacts): Verdict {
  if (rules === null) return WITHOUT_RULES;
  if ('all' in rules) return judgeAll(rules.all.map((rule) => judge(rule, persona)));
  if ('any' in rules) return judgeAny(rules.any.map((rule) => judge(rule, persona)));
  if ('not' in rules) {
    // what a persona is not says little of who it is, so it counts nothing
    const { held, reasons } = judge(rules.not, persona);
    return { held: !held, points: 0, reasons };
  }
  const [, kind] = [...RULES].find(([mark]) => Object.hasOwn(rules, mark))!;
  const { held, strength, text } = kind.judge(rules, persona);
  return { held, points: held ? kind.points + strength : 0, reasons: [text] };
}

function judgeAll(parts: Verdict[]): Verdict {
  const failed = parts.filter(({ held }) => !held);
  if (failed.length > 0) return { held: false, points: 0, reasons: failed.flatMap(({ reasons }) => reasons) };
  return {
    held: true,
    points: parts.reduce((sum, { points }) => sum + points, 0),
    reasons: parts.flatMap(({ reasons }) => reasons),
  };
}

/** The best of the branches that hold speaks for all. */
function judgeAny(parts: Verdict[]): Verdict {
  const [best] = parts.filter(({ held }) => held).sort((a, b) => b.points - a.points);
  return best ?? { held: false, points: 0, reasons: parts.flatMap(({ reasons }) => reasons) };
}

/** Why a creative is out of the question whatever the persona; nothing when it is not. */
export function refusalOf(creative: Candidate, { channel, now }: Wanted): string | undefined {
  const { channels, activeFrom, activeUntil } = creative;
  if (activeUntil && activeUntil <= now) return `Its period ended at ${activeUntil.toISOString()}.`;
  if (activeFrom && activeFrom > now) return `Its period begins at ${activeFrom.toISOString()}.`;
  if (channel && channels.length > 0 && !channels.includes(channel))
    return `It is for ${channels.join(', ')}, not for ${channel}.`;
  return undefined;
}

/**
 * The creatives that match a persona, best first: by score, then those made for the channel, then the older one. The
 * order does not depend on the order they are given in.
 */
export function rank<C extends Candidate>(creatives: C[], persona: PersonaFacts, wanted: Wanted): Match<C>[] {
  return creatives
    .filter((creative) => refusalOf(creative, wanted) === undefined)
    .flatMap((creative) => {
      const { held, points, reasons } = judge(creative.rules, persona);
      return held ? [{ creative, score: Math.round(points * 1000) / 1000, reasons }] : [];
    })
    .sort((a, b) => b.score - a.score || forAny(a.creative) - forAny(b.creative) || byId(a.creative, b.creative));
}

const forAny = ({ channels }: Candidate): number => (channels.length === 0 ? 1 : 0);
const byId = (a: Candidate, b: Candidate): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** How near a creative came to a persona that it does not match. */
export interface NearMiss {
  creativeId: string;
  creativeName: string;
  personaKey: string;
  personaName: string;
  /** What failed. */
  reasons: string[];
}

export interface Coverage<C> {
  personas: { persona: PersonaFacts; matches: Match<C>[]; nearest: NearMiss | null }[];
  /** Creatives that match no persona. */
  unmatched: { creative: C; reasons: string[]; nearest: NearMiss | null }[];
}

/** Which personas have creatives, which have none, and which creatives match none, each with the reason. */
export function cover<C extends Candidate>(creatives: C[], personas: PersonaFacts[], wanted: Wanted): Coverage<C> {
  const usable = creatives.filter((creative) => refusalOf(creative, wanted) === undefined);
  const rows = personas.map((persona) => {
    const matches = rank(usable, persona, wanted);
    const nearest = matches.length > 0 ? null : nearestOf(usable.map((creative) => missOf(creative, persona)));
    return { persona, matches, nearest };
  });
  const matched = new Set(rows.flatMap(({ matches }) => matches.map(({ creative }) => creative.id)));
  const unmatched = creatives
    .filter(({ id }) => !matched.has(id))
    .sort(byId)
    .map((creative) => {
      const refusal = refusalOf(creative, wanted);
      if (refusal) return { creative, reasons: [refusal], nearest: null };
      const nearest = nearestOf(personas.map((persona) => missOf(creative, persona)));
      return { creative, reasons: nearest?.reasons ?? ['There is no persona.'], nearest };
    });
  return { personas: rows, unmatched };
}

const missOf = (creative: Candidate, persona: PersonaFacts): NearMiss => ({
  creativeId: creative.id,
  creativeName: creative.name,
  personaKey: persona.key,
  personaName: persona.name,
  reasons: judge(creative.rules, persona).reasons,
});

/** The one with the fewest failed rules; of several the first by creative, then in the order of the personas. */
function nearestOf(misses: NearMiss[]): NearMiss | null {
  const [nearest] = misses.sort(
    (a, b) =>
      a.reasons.length - b.reasons.length || (a.creativeId < b.creativeId ? -1 : a.creativeId > b.creativeId ? 1 : 0),
  );
  return nearest ?? null;
}
