import type { FieldProblem } from '../api/problem.ts';
import type { Field } from '../api/types/connections.ts';

export type FieldValues = Record<string, unknown>;

export interface FieldProps {
  field: Field;
  value: unknown;
  /** Of the field and its parts, with paths below it; `''` is the field itself. */
  problems: FieldProblem[];
  onChange: (value: unknown) => void;
}

/** The problems of a part, with what is left of their paths: `[2].source` of `columns`, then `source` of `[2]`. */
export function below(problems: FieldProblem[], part: string): FieldProblem[] {
  return problems
    .filter(({ path }) => path === part || path.startsWith(`${part}.`) || path.startsWith(`${part}[`))
    .map((problem) => ({ ...problem, path: problem.path.slice(part.length).replace(/^\./, '') }));
}

/** Whether an input for one of the fields will show the problem. */
export const isShown = (fields: Field[], problem: FieldProblem): boolean =>
  fields.some(({ name }) => below([problem], name).length > 0);

/** Everything that is wrong with a field and its parts, in one text. */
export const allOf = (problems: FieldProblem[]): string | undefined =>
  problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join(' ') || undefined;

/** A label's first words name the field; what follows a comma or a colon explains it. */
export function labelOf({ label }: Field): { label: string; description?: string } {
  const [, name, rest] = /^(.+?)(?:: |, )(.+)$/.exec(label) ?? [];
  return name && rest ? { label: name, description: rest.charAt(0).toUpperCase() + rest.slice(1) } : { label };
}
