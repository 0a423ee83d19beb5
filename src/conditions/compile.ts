import type { Condition, ConditionContext, Sql } from './condition.ts';
import type { Compiler } from './leaf.ts';
import { kindOf } from './leaves/table.ts';

/**
 * Compiles a validated condition to one boolean expression over a row of `contacts FINAL`. Values never enter the text;
 * they are bound as `{<prefix>0:Type}` and so on.
 * @param prefix of the parameters' names, to put several conditions into one statement.
 */
export function compile(condition: Condition, context: ConditionContext, prefix = 'c'): Sql {
  const statement = new Statement(context, prefix);
  const sql = statement.condition(condition);
  return { sql, params: statement.params };
}

/** Several pieces of one statement that share their parameters. */
export class Statement implements Compiler {
  readonly params: Record<string, unknown> = {};
  private bound = 0;

  constructor(
    readonly context: ConditionContext,
    private readonly prefix: string,
  ) {}

  bind(type: string, value: unknown): string {
    const name = `${this.prefix}${this.bound++}`;
    this.params[name] = value;
    return `{${name}:${type}}`;
  }

  include(params: Record<string, unknown>): void {
    Object.assign(this.params, params);
  }

  condition(condition: Condition): string {
    if ('all' in condition) return this.joined(condition.all, ' AND ');
    if ('any' in condition) return this.joined(condition.any, ' OR ');
    if ('not' in condition) return `(NOT ${this.condition(condition.not)})`;
    return kindOf(condition).sql(condition, this);
  }

  private joined(conditions: Condition[], operator: string): string {
    return `(${conditions.map((each) => this.condition(each)).join(operator)})`;
  }
}
