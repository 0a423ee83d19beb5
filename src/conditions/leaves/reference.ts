import { checkFields, checkList, checkText, isFields } from '../check.ts';
import type { AudienceLeaf, CohortLeaf, PersonaLeaf } from '../condition.ts';
import { at, type LeafKind } from '../leaf.ts';
import { hint } from '../nearest.ts';

/** `{"persona": {"set": "pst_…", "in": ["loyal-families"]}}` */
export const personaLeaf: LeafKind<PersonaLeaf> = {
  fields: ['persona'],

  check(node, path, checker) {
    const here = at(path, 'persona');
    const { persona } = node;
    if (!isFields(persona)) {
      checker.refuse(here, 'wrong_type', 'Write {"persona": {"set": "<persona set id>", "in": ["<persona key>"]}}.');
      return;
    }
    checkFields(checker, persona, here, ['set', 'in']);
    const listed = checkList(checker, persona.in, at(here, 'in'), (key, p) => checkText(checker, key, p));
    if (!checkText(checker, persona.set, at(here, 'set'))) return;
    const published = checker.context.personaSets.get(persona.set);
    if (!published) {
      const message = `There is no published persona set "${persona.set}"; publish a version of it first.`;
      checker.refuse(at(here, 'set'), 'unknown_persona_set', message);
      return;
    }
    const keys = published.personas.map((p) => p.key);
    for (const [i, key] of listed ? (persona.in as unknown[]).entries() : []) {
      if (typeof key !== 'string' || keys.includes(key)) continue;
      const message = `The set has no persona "${key}"; it has ${keys.join(', ')}.${hint(key, keys)}`;
      checker.refuse(at(at(here, 'in'), i), 'unknown_persona', message);
    }
  },

  sql({ persona }, compiler) {
    const { account, personaSets } = compiler.context;
    const version = personaSets.get(persona.set)!.versionId;
    return `contact_id IN (SELECT contact_id FROM persona_assignments FINAL WHERE account_id = ${compiler.bind('String', account)} AND version_id = ${compiler.bind('String', version)} AND persona_key IN ${compiler.bind('Array(String)', persona.in)})`;
  },

  text({ persona }, context) {
    const names = new Map(context.personaSets.get(persona.set)?.personas.map((p) => [p.key, p.name]));
    return `persona is ${persona.in.map((key) => names.get(key) ?? key).join(' or ')}`;
  },
};

/** `{"cohort": "coh_…"}`: the cohort's own definition is put in its place. */
export const cohortLeaf: LeafKind<CohortLeaf> = {
  fields: ['cohort'],

  check(node, path, checker) {
    const here = at(path, 'cohort');
    if (!checkText(checker, node.cohort, here)) return;
    if (checker.context.cohorts.has(node.cohort)) checker.enterCohort(node.cohort, here);
    else checker.refuse(here, 'unknown_cohort', `There is no cohort with id "${node.cohort}".`);
  },

  sql: (leaf, compiler) => compiler.condition(compiler.context.cohorts.get(leaf.cohort)!.condition),

  text: (leaf, context) => `in cohort ${context.cohorts.get(leaf.cohort)?.name ?? leaf.cohort}`,
};

/** `{"audience": "aud_…"}` */
export const audienceLeaf: LeafKind<AudienceLeaf> = {
  fields: ['audience'],

  check(node, path, checker) {
    const here = at(path, 'audience');
    if (!checkText(checker, node.audience, here)) return;
    const { audiences } = checker.context;
    const found = audiences?.get(node.audience);
    if (!audiences) checker.refuse(here, 'not_here', 'Only the conditions of audiences can mention audiences.');
    else if (!found) checker.refuse(here, 'unknown_audience', `There is no audience with id "${node.audience}".`);
    else if ('code' in found) checker.refuse(here, found.code, found.message);
  },

  sql(leaf, compiler) {
    const found = compiler.context.audiences?.get(leaf.audience);
    if (!found || !('query' in found)) throw new Error('an audience was compiled without being validated');
    compiler.include(found.query.params);
    return `contact_id IN (${found.query.sql})`;
  },

  text: (leaf, context) => `in audience ${context.audiences?.get(leaf.audience)?.name ?? leaf.audience}`,
};
