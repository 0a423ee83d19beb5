import { ApiError, fieldsOf } from '../../api/problem.ts';
import type { Mapping } from '../../api/types/contacts.ts';

const PLACED = /^(?:mapping\.)?columns\[(\d+)\]/;

/** The problems of the column at an index. */
export function columnProblems(error: Error | null, index: number): string[] {
  return fieldsOf(error)
    .filter(({ path }) => Number(PLACED.exec(path)?.[1] ?? -1) === index)
    .map(({ message }) => message);
}

/** The error without the problems that the columns show; null when they show them all. */
export function unplacedProblems(error: Error, mapping: Mapping): Error | null {
  const fields = fieldsOf(error);
  const left = fields.filter(
    ({ path }) => !(Number(PLACED.exec(path)?.[1] ?? -1) < mapping.columns.length && PLACED.test(path)),
  );
  if (fields.length === 0) return error;
  return left.length > 0 ? new ApiError(422, 'invalid', error.message, left) : null;
}
