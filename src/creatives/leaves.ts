import { checkFields, checkList, checkText, isFields } from '../conditions/check.ts';
import { checkComparison, comparisonHolds, comparisonText } from '../conditions/comparison.ts';
import type { Comparison } from '../conditions/condition.ts';
import { at, type Fields, type Refuser } from '../conditions/leaf.ts';
import { hint } from '../conditions/nearest.ts';
import {
  MEASURES,
  type Measure,
  type OfferRule,
  type PersonaFacts,
  type PersonaRule,
  type PersonaShareRule,
  type PersonaSizeRule,
  type RuleContext,
  type ToneRule,
  type TraitRule,
} from './rule.ts';

export interface RuleChecker extends Refuser {
  readonly context: RuleContext;
}

/** What a leaf says of one persona. */
export interface Judgement {
  held: boolean;
  /** How clearly, from 0 (just so) to 1. */
  strength: number;
  /** A statement of fact in plain words, whether it held or not. */
  text: string;
}

/** One kind of leaf: what it accepts, what it says of a persona, what it counts. A new kind is one more of these. */
export interface RuleKind<Leaf> {
  /** Every field it may have; the first one marks it. */
  fields: readonly [keyof Leaf & string, ...(keyof Leaf & string)[]];
  /** What it counts in the ranking when it holds; up to 1 more by strength. */
  points: number;
  check(node: Fields, path: string, checker: RuleChecker): void;
  /** Only called with a leaf that passed `check`. */
  judge(leaf: Leaf, persona: PersonaFacts): Judgement;
}

const personaRule: RuleKind<PersonaRule> = {
  fields: ['persona'],
  points: 4,

  check({ persona }, path, checker) {
    const here = at(path, 'persona');
    if (!isFields(persona)) {
      checker.refuse(here, 'wrong_type', 'Write {"persona": {"in": ["<persona key or name>"]}}.');
      return;
    }
    checkFields(checker, persona, here, ['in', 'set']);
    const sets = setsOf(persona, here, checker);
    const listed = checkList(checker, persona.in, at(here, 'in'), (name, p) => checkText(checker, name, p));
    if (!listed || !sets) return;
    const known = sets.flatMap(({ personas }) => personas.flatMap(({ key, name }) => [key, name]));
    for (const [i, name] of (persona.in as unknown[]).entries()) {
      if (typeof name !== 'string' || known.some((each) => same(each, name))) continue;
      const message = `There is no persona with the key or name "${name}".${hint(name.slice(0, 50), known)}`;
      checker.refuse(at(at(here, 'in'), i), 'unknown_persona', message);
    }
  },

  judge({ persona: { in: named, set } }, { setId, key, name }) {
    const held = (!set || set === setId) && named.some((each) => same(each, key) || same(each, name));
    const text = held ? `It is ${name}, which the creative names.` : `It is not ${named.join(' or ')}.`;
    return { held, strength: 0, text };
  },
};

function setsOf(persona: Fields, path: string, checker: RuleChecker): RuleContext['personaSets'] | undefined {
  const { personaSets } = checker.context;
  if (!Object.hasOwn(persona, 'set')) return personaSets;
  const found = personaSets.filter(({ id }) => id === persona.set);
  if (found.length > 0) return found;
  checker.refuse(at(path, 'set'), 'unknown_persona_set', `There is no persona set "${String(persona.set)}".`);
  return undefined;
}

const traitRule: RuleKind<TraitRule> = {
  fields: ['trait', 'value', ...MEASURES],
  points: 2,

  check(node, path, checker) {
    const [measure, ...others] = MEASURES.filter((name) => Object.hasOwn(node, name));
    if (!measure || others.length > 0) {
      checker.refuse(path, 'one_measure', `A rule on a trait has exactly one of ${MEASURES.join(', ')}.`);
    } else if (measure === 'salient') {
      if (node.salient !== true) checker.refuse(at(path, 'salient'), 'wrong_type', 'salient is true, or left out.');
    } else checkComparison(checker, node[measure], at(path, measure));
    if (!checkText(checker, node.trait, at(path, 'trait'))) return;
    const { traits } = checker.context;
    const type = traits.get(node.trait);
    if (!type) {
      const message = `There is no trait "${node.trait}".${hint(node.trait.slice(0, 50), traits.keys())}`;
      checker.refuse(at(path, 'trait'), 'unknown_trait', message);
    } else if (measure) checkMeasure(node, measure, type, path, checker);
  },

  judge(leaf, persona) {
    if (leaf.salient) return judgeSalient(leaf.trait, persona);
    const measure = MEASURES.find((name) => leaf[name] !== undefined)!;
    const percent = measure === 'share';
    return compared(whatOf(leaf, measure), measureOf(leaf, measure, persona), leaf[measure] as Comparison, percent);
  },
};

function checkMeasure(node: Fields, measure: Measure, type: string, path: string, checker: RuleChecker): void {
  const { trait, value } = node;
  const ofNumber = measure === 'average' || measure === 'median';
  if (ofNumber && type !== 'number')
    checker.refuse(at(path, measure), 'wrong_trait_type', `"${trait}" is a ${type}; only a number has a ${measure}.`);
  const ofValue = measure === 'share' || (measure === 'lift' && Object.hasOwn(node, 'value'));
  if (!ofValue) {
    if (Object.hasOwn(node, 'value'))
      checker.refuse(at(path, 'value'), 'unknown_field', 'A value goes with share or lift only.');
    return;
  }
  if (type === 'boolean') {
    if (typeof value !== 'boolean') checker.refuse(at(path, 'value'), 'wrong_type', 'value must be true or false.');
  } else if (type === 'category') checkText(checker, value, at(path, 'value'));
  else
    checker.refuse(
      at(path, measure),
      'wrong_trait_type',
      `"${trait}" is a ${type}; the ${measure} of a value is known of categories and booleans.`,
    );
}

function judgeSalient(trait: string, { salientTraits }: PersonaFacts): Judgement {
  const found = salientTraits.find((each) => each.trait === trait);
  if (!found) return { held: false, strength: 0, text: `${trait} does not stand out.` };
  const strength = Math.min(1, Math.max(0, found.lift > 1 ? 1 - 1 / found.lift : 1 - found.lift));
  return { held: true, strength, text: `${trait} stands out: ${found.statement}.` };
}

function whatOf({ trait, value }: TraitRule, measure: Measure): string {
  const names = { salient: '', lift: 'lift', average: 'average', median: 'median', share: 'share' };
  return `The ${names[measure]} of ${trait}${value === undefined ? '' : ` = ${value}`}`;
}

function measureOf({ trait, value }: TraitRule, measure: Measure, persona: PersonaFacts): number | undefined {
  const profile = persona.profile.find((each) => each.trait === trait);
  const bin = value === undefined ? undefined : profile?.bins.find(({ label }) => label === String(value));
  if (measure === 'average') return profile?.mean;
  if (measure === 'median') return profile?.median;
  if (measure === 'share') return bin?.share;
  return value === undefined ? persona.salientTraits.find((each) => each.trait === trait)?.lift : bin?.lift;
}

const personaSizeRule: RuleKind<PersonaSizeRule> = {
  fields: ['personaSize'],
  points: 1,
  check: ({ personaSize }, path, checker) => checkComparison(checker, personaSize, at(path, 'personaSize')),
  judge: ({ personaSize }, { size }) => compared("The persona's size", size, personaSize),
};

const personaShareRule: RuleKind<PersonaShareRule> = {
  fields: ['personaShare'],
  points: 1,
  check: ({ personaShare }, path, checker) => checkComparison(checker, personaShare, at(path, 'personaShare')),
  judge: ({ personaShare }, { share }) => compared("The persona's share", share, personaShare, true),
};

const toneRule: RuleKind<ToneRule> = {
  fields: ['tone'],
  points: 2,
  check: ({ tone }, path, checker) => void checkText(checker, tone, at(path, 'tone')),
  judge: (leaf, persona) => equal('tone', leaf.tone, persona.tone),
};

const offerRule: RuleKind<OfferRule> = {
  fields: ['offer'],
  points: 2,
  check: ({ offer }, path, checker) => void checkText(checker, offer, at(path, 'offer')),
  judge: (leaf, persona) => equal('offer', leaf.offer, persona.offer),
};

/** Every kind of leaf, by the field that marks it. */
export const RULES: ReadonlyMap<string, RuleKind<object>> = new Map(
  [personaRule, traitRule, personaSizeRule, personaShareRule, toneRule, offerRule].map((kind) => [
    kind.fields[0],
    kind as unknown as RuleKind<object>,
  ]),
);

function equal(what: string, wanted: string, has: string | undefined): Judgement {
  const held = has !== undefined && same(wanted, has);
  const is = has === undefined ? `The persona has no ${what}` : `The persona's ${what} is "${has}"`;
  return { held, strength: 0, text: `${is} (wanted: "${wanted}").` };
}

function compared(what: string, value: number | undefined, comparison: Comparison, percent = false): Judgement {
  const wanted = comparisonText(percent ? scaled(comparison) : comparison).replaceAll(/\bis /g, '');
  const unit = percent ? ' %' : '';
  if (value === undefined)
    return { held: false, strength: 0, text: `${what} is not known (wanted: ${wanted}${unit}).` };
  const shown = Number((percent ? value * 100 : value).toPrecision(3));
  const held = comparisonHolds(value, comparison);
  const text = `${what} is ${shown}${unit} (wanted: ${wanted}${unit}).`;
  return { held, strength: held ? marginOf(value, comparison) : 0, text };
}

const scaled = (comparison: Comparison): Comparison =>
  Object.fromEntries(
    Object.entries(comparison).map(([name, operand]) => [
      name,
      Array.isArray(operand) ? operand.map((each) => tidy(each * 100)) : tidy(operand * 100),
    ]),
  );
const tidy = (x: number) => Number(x.toPrecision(12));

/** How far a value is beyond the nearest of its bounds, 0 to 1. */
function marginOf(value: number, { gt, gte, lt, lte }: Comparison): number {
  const beyond = [
    ...[gt, gte].flatMap((bound) => (bound === undefined ? [] : [value - bound])),
    ...[lt, lte].flatMap((bound) => (bound === undefined ? [] : [bound - value])),
  ];
  if (beyond.length === 0) return 0;
  const distance = Math.min(...beyond);
  const scale = Math.abs(value) + distance;
  return scale > 0 ? Math.min(1, distance / scale) : 0;
}

const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();
