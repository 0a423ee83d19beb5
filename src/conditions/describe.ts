import type { Condition, ConditionContext } from './condition.ts';
import { kindOf } from './leaves/table.ts';

/** A validated condition in plain words, e.g. `tenure is at least 12 and not (plan is basic)`. */
export function describe(condition: Condition, context: ConditionContext): string {
  if ('all' in condition) return condition.all.map((each) => nested(each, context)).join(' and ');
  if ('any' in condition) return condition.any.map((each) => nested(each, context)).join(' or ');
  if ('not' in condition) return `not (${describe(condition.not, context)})`;
  return kindOf(condition).text(condition, context);
}

function nested(condition: Condition, context: ConditionContext): string {
  const text = describe(condition, context);
  return 'all' in condition || 'any' in condition ? `(${text})` : text;
}
