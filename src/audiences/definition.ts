import type { Condition, ConditionContext, ConditionProblem } from '../conditions/condition.ts';
import { describe } from '../conditions/describe.ts';
import { at } from '../conditions/leaf.ts';
import { validate } from '../conditions/validate.ts';

/** Contacts in any of the cohorts for whom the condition holds too. Without cohorts: the condition alone. */
export interface Side {
  cohorts: string[];
  condition?: Condition;
}

/** What is left of the members when there are too many. */
export interface Limit {
  count: number;
  /** By a trait (contacts without it last), or at random: the same seed always picks the same contacts. */
  orderBy: { trait: string } | { random: number };
  direction: 'asc' | 'desc';
}

/** Whom an audience holds: everyone, less what each rule drops. */
export interface AudienceDefinition {
  /** In any of the cohorts, and the condition holds. */
  include: Side;
  /** Not in any of the cohorts, and the condition does not hold. */
  exclude: Side;
  /** The set whose personas split and describe the audience. */
  personaSetId?: string;
  /** Only contacts of these personas. */
  personas?: string[];
  limit?: Limit;
}

/** One step of the drop-off: `path` into the definition, and plain words. */
export interface Rule {
  path: string;
  label: string;
  condition: Condition;
}

/** The rules that a member passes, in order; all of them together are the definition without its limit. */
export function rulesOf(definition: AudienceDefinition, context: ConditionContext): Rule[] {
  const { include, exclude, personaSetId, personas } = definition;
  const rule = (path: string, condition: Condition): Rule => ({ path, condition, label: describe(condition, context) });
  const not = (path: string, condition: Condition) => rule(path, { not: condition });
  return [
    ...(include.cohorts.length > 0 ? [rule('include.cohorts', anyOf(include.cohorts))] : []),
    ...parts(include.condition, 'all', 'include.condition').map(([path, each]) => rule(path, each)),
    ...exclude.cohorts.map((cohort, i) => not(at('exclude.cohorts', i), { cohort })),
    ...parts(exclude.condition, 'any', 'exclude.condition').map(([path, each]) => not(path, each)),
    ...(personaSetId && personas ? [rule('personas', { persona: { set: personaSetId, in: personas } })] : []),
  ];
}

const anyOf = (cohorts: string[]): Condition =>
  cohorts.length === 1 ? { cohort: cohorts[0]! } : { any: cohorts.map((cohort) => ({ cohort })) };

/** A condition's own parts, where it is a list of the given kind. */
function parts(condition: Condition | undefined, kind: 'all' | 'any', path: string): [string, Condition][] {
  if (!condition) return [];
  const list = (condition as { [K in typeof kind]?: Condition[] })[kind];
  return list ? list.map((each, i) => [at(at(path, kind), i), each]) : [[path, condition]];
}

/** Everything in a definition that refers to something else, to be loaded before it is checked. */
export const inputsOf = (definition: AudienceDefinition): unknown[] => [
  definition.include.condition,
  definition.exclude.condition,
  { persona: { set: definition.personaSetId } },
];

/** Every problem of a definition whose outer shape is right, with paths into it. */
export function checkDefinition(definition: AudienceDefinition, context: ConditionContext): ConditionProblem[] {
  return [
    ...checkSide(definition.include, 'include', context),
    ...checkSide(definition.exclude, 'exclude', context),
    ...checkPersonas(definition, context),
    ...checkLimit(definition.limit, context),
  ];
}

/** Problems of a value read as a condition, their paths replaced by those in the definition. */
function problemsOf(input: unknown, context: ConditionContext, path: (inner: string) => string): ConditionProblem[] {
  const result = validate(input, context);
  return 'problems' in result ? result.problems.map((problem) => ({ ...problem, path: path(problem.path) })) : [];
}

function checkSide(side: Side, name: string, context: ConditionContext): ConditionProblem[] {
  const here = `${name}.condition`;
  return [
    ...side.cohorts.flatMap((cohort, i) => problemsOf({ cohort }, context, () => at(`${name}.cohorts`, i))),
    ...(side.condition === undefined
      ? []
      : problemsOf(side.condition, context, (inner) => (inner ? at(here, inner) : here))),
  ];
}

function checkPersonas({ personaSetId, personas }: AudienceDefinition, context: ConditionContext): ConditionProblem[] {
  if (!personaSetId) {
    const message = 'Say which persona set the personas belong to.';
    return personas ? [{ path: 'personaSetId', code: 'missing_field', message }] : [];
  }
  const published = context.personaSets.get(personaSetId);
  const keys = personas ?? published?.personas.map((persona) => persona.key) ?? ['any'];
  const leaf = { persona: { set: personaSetId, in: keys } };
  return problemsOf(leaf, context, (inner) =>
    inner.replace('persona.set', 'personaSetId').replace('persona.in', 'personas'),
  );
}

function checkLimit(limit: Limit | undefined, context: ConditionContext): ConditionProblem[] {
  if (!limit || 'random' in limit.orderBy) return [];
  const path = 'limit.orderBy.trait';
  const { trait } = limit.orderBy;
  const problems = problemsOf({ trait, op: 'exists' }, context, () => path);
  const message = `"${trait}" is a category; order by a number, a date or a boolean.`;
  return context.traits.get(trait) === 'category' ? [{ path, code: 'wrong_type', message }] : problems;
}
