import { checkFields, isFields } from './check.ts';
import { type Condition, type ConditionContext, type ConditionProblem, LIMITS } from './condition.ts';
import { at, type Checker, type Fields } from './leaf.ts';
import { LEAVES } from './leaves/table.ts';
import { hint } from './nearest.ts';

const COMBINATORS = ['all', 'any', 'not'] as const;
const MARKS = [...COMBINATORS, ...LEAVES.keys()];

export type Validation = { condition: Condition } | { problems: ConditionProblem[] };

/**
 * Checks an unknown value as a condition, with everything that it mentions.
 * @param self id of the cohort being defined, so that it cannot mention itself, not even through others.
 * @returns the typed tree, or every problem with the path of the bad node from the root.
 */
export function validate(input: unknown, context: ConditionContext, self?: string): Validation {
  const walk = new Walk(context, new Map(), self ? [self] : []);
  walk.visit(input, '', 1);
  if (walk.problems.length > 0) return { problems: walk.problems };
  if (walk.expanded > LIMITS.expandedNodes) {
    const message = `With the cohorts that it mentions it has more than ${LIMITS.expandedNodes} nodes; simplify them.`;
    return { problems: [{ path: '', code: 'too_large', message }] };
  }
  return { condition: input as Condition };
}

/** What is known of a cohort's definition once it was looked at. */
interface Looked {
  nodes: number;
  problem?: ConditionProblem;
}

class Walk implements Checker {
  readonly problems: ConditionProblem[] = [];
  /** Nodes with the definitions of cohorts put in. */
  expanded = 0;
  private nodes = 0;

  constructor(
    readonly context: ConditionContext,
    private readonly looked: Map<string, Looked>,
    /** Cohorts whose definitions we are in. */
    private readonly stack: readonly string[],
  ) {}

  refuse(path: string, code: string, message: string): void {
    this.problems.push({ path, code, message });
  }

  visit(input: unknown, path: string, depth: number): void {
    this.nodes++;
    this.expanded++;
    if (this.nodes === LIMITS.nodes + 1)
      this.refuse(path, 'too_large', `A condition has at most ${LIMITS.nodes} nodes; use cohorts for its parts.`);
    if (this.nodes > LIMITS.nodes) return;
    if (depth > LIMITS.depth) this.refuse(path, 'too_deep', `Conditions nest at most ${LIMITS.depth} levels.`);
    else if (!isFields(input))
      this.refuse(
        path,
        'wrong_type',
        'A condition is an object such as {"trait": "tenure", "op": "gte", "value": 12}.',
      );
    else this.visitNode(input, path, depth);
  }

  enterCohort(id: string, path: string): void {
    if (this.stack.includes(id)) {
      this.refuse(
        path,
        'cyclic_cohort',
        'This cohort is defined by itself; a cohort cannot mention itself, not even through others.',
      );
      return;
    }
    const { nodes, problem } = this.lookAt(id);
    this.expanded += nodes;
    if (!problem) return;
    const cyclic = problem.code === 'cyclic_cohort';
    const message = `This cohort cannot be used, its own definition has a problem at ${problem.path}: ${problem.message}`;
    this.refuse(path, cyclic ? problem.code : 'broken_cohort', cyclic ? problem.message : message);
  }

  /** A definition is walked once, however often it is mentioned. */
  private lookAt(id: string): Looked {
    const seen = this.looked.get(id);
    if (seen) return seen;
    const walk = new Walk(this.context, this.looked, [...this.stack, id]);
    walk.visit(this.context.cohorts.get(id)!.condition, '', 1);
    const looked = { nodes: walk.expanded, problem: walk.problems[0] };
    this.looked.set(id, looked);
    return looked;
  }

  private visitNode(node: Fields, path: string, depth: number): void {
    const [mark, ...others] = MARKS.filter((name) => Object.hasOwn(node, name));
    if (!mark) {
      const near = hint(Object.keys(node)[0]?.slice(0, 50) ?? '', MARKS);
      this.refuse(path, 'unknown_condition', `A condition has one of the fields ${MARKS.join(', ')}.${near}`);
    } else if (others.length > 0) {
      const message = `A condition says one thing, this says ${[mark, ...others].join(' and ')}; put them in a list under "all".`;
      this.refuse(path, 'ambiguous_condition', message);
    } else if (mark === 'all' || mark === 'any') this.visitList(node, mark, path, depth);
    else if (mark === 'not') {
      checkFields(this, node, path, ['not']);
      this.visit(node.not, at(path, 'not'), depth + 1);
    } else {
      const kind = LEAVES.get(mark)!;
      checkFields(this, node, path, kind.fields);
      kind.check(node, path, this);
    }
  }

  private visitList(node: Fields, mark: 'all' | 'any', path: string, depth: number): void {
    checkFields(this, node, path, [mark]);
    const here = at(path, mark);
    const list = node[mark];
    if (!Array.isArray(list)) this.refuse(here, 'wrong_type', `"${mark}" is a list of conditions.`);
    else if (list.length === 0)
      this.refuse(here, 'empty', `"${mark}" needs at least one condition; for every contact write {"everyone": true}.`);
    else for (const [i, child] of list.entries()) this.visit(child, at(here, i), depth + 1);
  }
}
