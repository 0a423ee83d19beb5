import { HttpException } from '@nestjs/common';

/** One wrong place in a request: where (dot and bracket path into the body, or the parameter's name) and why. */
export interface FieldProblem {
  path: string;
  code: string;
  message: string;
}

/** An answer lists at most so many faults and characters of a text: both may come from the request. */
const MAX_ERRORS = 100;
const MAX_TEXT = 500;

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);
const cutField = ({ path, code, message }: FieldProblem): FieldProblem => ({
  path: cut(path, MAX_TEXT),
  code,
  message: cut(message, MAX_TEXT),
});

/**
 * An error as the API shows it (RFC 9457). `code` is stable and is what programs test; `detail` says what to do.
 * Messages never hold identifiers of people.
 */
export class Problem extends HttpException {
  /** The first of the wrong places. */
  readonly errors: FieldProblem[];

  constructor(
    status: number,
    readonly code: string,
    detail: string,
    errors: FieldProblem[] = [],
    /** Further members of the answer, by name. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(cut(detail, MAX_TEXT * 4), status);
    this.errors = errors.slice(0, MAX_ERRORS).map(cutField);
  }

  static notFound(what: string, id: string): Problem {
    return new Problem(404, 'not_found', `There is no ${what} with id ${id}.`);
  }

  /** A well-formed request whose content cannot be accepted. */
  static invalid(path: string, code: string, message: string): Problem {
    return Problem.invalidAll([{ path, code, message }]);
  }

  static invalidAll(errors: FieldProblem[]): Problem {
    return new Problem(
      422,
      'invalid',
      errors
        .slice(0, MAX_ERRORS)
        .map((e) => (e.path ? `${e.path}: ${e.message}` : e.message))
        .join('; '),
      errors,
    );
  }

  static conflict(code: string, detail: string): Problem {
    return new Problem(409, code, detail);
  }
}
