import { checkFields, isFields } from '../conditions/check.ts';
import { at, type Fields } from '../conditions/leaf.ts';
import { hint } from '../conditions/nearest.ts';
import type { FieldProblem } from '../http/problem.ts';
import { RULES, type RuleChecker } from './leaves.ts';
import { LIMITS, type Rule, type RuleContext } from './rule.ts';

const MARKS = ['all', 'any', 'not', ...RULES.keys()];

/** Checks an unknown value as rules. @returns the typed tree, or every problem with the path of the bad node */
export function validateRules(
  input: unknown,
  context: RuleContext,
  path = 'rules',
): { rules: Rule } | { problems: FieldProblem[] } {
  const walk = new Walk(context);
  walk.visit(input, path, 1);
  return walk.problems.length > 0 ? { problems: walk.problems } : { rules: input as Rule };
}

class Walk implements RuleChecker {
  readonly problems: FieldProblem[] = [];
  private nodes = 0;

  constructor(readonly context: RuleContext) {}

  refuse(path: string, code: string, message: string): void {
    this.problems.push({ path, code, message });
  }

  visit(input: unknown, path: string, depth: number): void {
    this.nodes++;
    if (this.nodes === LIMITS.nodes + 1)
      this.refuse(path, 'too_large', `The rules of a creative have at most ${LIMITS.nodes} nodes.`);
    if (this.nodes > LIMITS.nodes) return;
    if (depth > LIMITS.depth) this.refuse(path, 'too_deep', `Rules nest at most ${LIMITS.depth} levels.`);
    else if (!isFields(input))
      this.refuse(path, 'wrong_type', 'A rule is an object such as {"trait": "tenure", "salient": true}.');
    else this.visitNode(input, path, depth);
  }

  private visitNode(node: Fields, path: string, depth: number): void {
    const [mark, ...others] = MARKS.filter((name) => Object.hasOwn(node, name));
    if (!mark) {
      const near = hint(Object.keys(node)[0]?.slice(0, 50) ?? '', MARKS);
      this.refuse(path, 'unknown_rule', `A rule has one of the fields ${MARKS.join(', ')}.${near}`);
    } else if (others.length > 0) {
      const message = `A rule says one thing, this says ${[mark, ...others].join(' and ')}; put them in a list under "all".`;
      this.refuse(path, 'ambiguous_rule', message);
    } else if (mark === 'all' || mark === 'any') this.visitList(node, mark, path, depth);
    else if (mark === 'not') {
      checkFields(this, node, path, ['not']);
      this.visit(node.not, at(path, 'not'), depth + 1);
    } else {
      const kind = RULES.get(mark)!;
      checkFields(this, node, path, kind.fields);
      kind.check(node, path, this);
    }
  }

  private visitList(node: Fields, mark: 'all' | 'any', path: string, depth: number): void {
    checkFields(this, node, path, [mark]);
    const here = at(path, mark);
    const list = node[mark];
    if (!Array.isArray(list)) this.refuse(here, 'wrong_type', `"${mark}" is a list of rules.`);
    else if (list.length === 0)
      this.refuse(
        here,
        'empty',
        `"${mark}" needs at least one rule; a creative for every persona has no rules (null).`,
      );
    else for (const [i, child] of list.entries()) this.visit(child, at(here, i), depth + 1);
  }
}
