import type { UseFormReturnType } from '@mantine/form';
import { fieldsOf, formPath } from './problem.ts';

/** Shows each field problem of an error at the input that its path names. */
export function showProblems<Values extends Record<string, unknown>>(
  form: UseFormReturnType<Values>,
  error: unknown,
): void {
  form.setErrors(Object.fromEntries(fieldsOf(error).map(({ path, message }) => [formPath(path), message])));
}
