import { HttpException } from '@nestjs/common';

/** One wrong place in a request: where (dot and bracket path into the body, or the parameter's name) and why. */
export interface FieldProblem {
  path: string;
  code: string;
  message: string;
}

/**
 * An error as the API shows it (RFC 9457). `code` is stable and is what programs test; `detail` says what to do.
 * Messages never hold identifiers of people.
 */
export class Problem extends HttpException {
  constructor(
    status: number,
    readonly code: string,
    detail: string,
    readonly errors: FieldProblem[] = [],
    /** Further members of the answer, by name. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail, status);
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
      errors.map((e) => (e.path ? `${e.path}: ${e.message}` : e.message)).join('; '),
      errors,
    );
  }

  static conflict(code: string, detail: string): Problem {
    return new Problem(409, code, detail);
  }
}
