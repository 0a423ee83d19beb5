import { checkText } from '../check.ts';
import { checkComparison, comparisonSql, comparisonText } from '../comparison.ts';
import type { OutcomeLeaf } from '../condition.ts';
import { at, type LeafKind } from '../leaf.ts';

const FIGURES = ['percentile', 'probability'] as const;

/** `{"outcome": "out_…", "percentile": {"gte": 90}}`: the contact's score by the outcome's published version. */
export const outcomeLeaf: LeafKind<OutcomeLeaf> = {
  fields: ['outcome', ...FIGURES],

  check(node, path, checker) {
    const known = checkText(checker, node.outcome, at(path, 'outcome'));
    if (known && !checker.context.outcomes?.has(node.outcome as string)) {
      const message = `There is no published outcome "${node.outcome}"; publish a version of it first.`;
      checker.refuse(at(path, 'outcome'), 'unknown_outcome', message);
    }
    const given = FIGURES.filter((name) => node[name] !== undefined);
    for (const name of given) checkComparison(checker, node[name], at(path, name));
    if (given.length > 0) return;
    const message =
      'Compare the percentile (0 to 100) or the probability (0 to 1), such as {"percentile": {"gte": 90}}.';
    checker.refuse(path, 'missing_field', message);
  },

  sql(leaf, compiler) {
    const { account, outcomes } = compiler.context;
    const version = outcomes!.get(leaf.outcome)!.versionId;
    const compared = given(leaf).map(([name, comparison]) => comparisonSql(name, comparison, compiler));
    return `contact_id IN (SELECT contact_id FROM scores FINAL WHERE account_id = ${compiler.bind('String', account)} AND outcome_version_id = ${compiler.bind('String', version)} AND ${compared.join(' AND ')})`;
  },

  text(leaf, context) {
    const name = context.outcomes?.get(leaf.outcome)?.name ?? leaf.outcome;
    return `${name}: ${given(leaf)
      .map(([figure, comparison]) => `${figure} ${comparisonText(comparison)}`)
      .join(', ')}`;
  },
};

const given = (leaf: OutcomeLeaf) => FIGURES.flatMap((name) => (leaf[name] ? [[name, leaf[name]] as const] : []));
