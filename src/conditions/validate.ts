import { type Condition, type ConditionContext, type ConditionProblem, LIMITS } from './condition.ts';
import type { Checker } from './leaf.ts';
import { LEAVES } from './leaves/table.ts';
import { type TreeLanguage, TreeWalk } from './tree-walk.ts';

const CONDITIONS: TreeLanguage<Checker> = {
  noun: 'condition',
  leaves: LEAVES,
  limits: LIMITS,
  messages: {
    tooLarge: `A condition has at most ${LIMITS.nodes} nodes; use cohorts for its parts.`,
    shape: 'A condition is an object such as {"trait": "tenure", "op": "gte", "value": 12}.',
    insteadOfEmpty: 'for every contact write {"everyone": true}.',
  },
};

export type Validation = { condition: Condition } | { problems: ConditionProblem[] };

/**
 * Checks an unknown value as a condition, with everything that it mentions.
 * @param self id of the cohort being defined, so that it cannot mention itself, not even through others.
 * @returns the typed tree, or every problem with the path of the bad node from the root.
 */
export function validate(input: unknown, context: ConditionContext, self?: string): Validation {
  const walk = new Walk(context, new Map(), self ? [self] : []);
  walk.visit(input);
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
  private readonly tree = new TreeWalk(CONDITIONS, this as Checker);
  /** Nodes of the cohorts that it mentions. */
  private entered = 0;

  constructor(
    readonly context: ConditionContext,
    private readonly looked: Map<string, Looked>,
    /** Cohorts whose definitions we are in. */
    private readonly stack: readonly string[],
  ) {}

  refuse(path: string, code: string, message: string): void {
    this.problems.push({ path, code, message });
  }

  visit(input: unknown): void {
    this.tree.visit(input, '');
  }

  /** Nodes with the definitions of cohorts put in. */
  get expanded(): number {
    return this.tree.nodes + this.entered;
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
    this.entered += nodes;
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
    walk.visit(this.context.cohorts.get(id)!.condition);
    const looked = { nodes: walk.expanded, problem: walk.problems[0] };
    this.looked.set(id, looked);
    return looked;
  }
}
