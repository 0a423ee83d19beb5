import { type TreeLanguage, TreeWalk } from '../conditions/tree-walk.ts';
import type { FieldProblem } from '../http/problem.ts';
import { RULES, type RuleChecker } from './leaves.ts';
import { LIMITS, type Rule, type RuleContext } from './rule.ts';

const RULE_TREES: TreeLanguage<RuleChecker> = {
  noun: 'rule',
  leaves: RULES,
  limits: LIMITS,
  messages: {
    tooLarge: `The rules of a creative have at most ${LIMITS.nodes} nodes.`,
    shape: 'A rule is an object such as {"trait": "tenure", "salient": true}.',
    insteadOfEmpty: 'a creative for every persona has no rules (null).',
  },
};

/** Checks an unknown value as rules. @returns the typed tree, or every problem with the path of the bad node */
export function validateRules(
  input: unknown,
  context: RuleContext,
  path = 'rules',
): { rules: Rule } | { problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const refuse = (at: string, code: string, message: string) => void problems.push({ path: at, code, message });
  new TreeWalk(RULE_TREES, { context, refuse }).visit(input, path);
  return problems.length > 0 ? { problems } : { rules: input as Rule };
}
