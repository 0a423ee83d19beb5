import type { Condition, ConditionContext } from './condition.ts';

/** A node as it came in: nothing about its fields is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Collects what is wrong with a tree that people wrote. */
export interface Refuser {
  refuse(path: string, code: string, message: string): void;
}

/** Collects what is wrong with a condition. */
export interface Checker extends Refuser {
  readonly context: ConditionContext;
  /** Checks the definition of a cohort that the node at `path` mentions, cycles included. */
  enterCohort(id: string, path: string): void;
}

/** Builds one statement; every value becomes a bound parameter. */
export interface Compiler {
  readonly context: ConditionContext;
  /** Binds a value and gives the placeholder to write: `{c3:Float64}`. */
  bind(type: string, value: unknown): string;
  /** Takes over parameters of a piece that was compiled elsewhere. */
  include(params: Record<string, unknown>): void;
  condition(condition: Condition): string;
}

/**
 * One kind of leaf: what it accepts, what it means in SQL, how it reads. A new kind is one more of these in
 * leaves/table.ts. `sql` is true or false (never NULL) for each row of `contacts FINAL`.
 */
export interface LeafKind<Leaf> {
  /** Every field it may have; the first one marks it. */
  fields: readonly [keyof Leaf & string, ...(keyof Leaf & string)[]];
  check(node: Fields, path: string, checker: Checker): void;
  /** Only called with a leaf that passed `check`. */
  sql(leaf: Leaf, compiler: Compiler): string;
  /** Plain words for people, e.g. `tenure is at least 12`. */
  text(leaf: Leaf, context: ConditionContext): string;
}

/** Path of a field or of an item of a list. */
export function at(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  return path ? `${path}.${step}` : step;
}
