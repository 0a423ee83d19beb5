/** One wrong place in a request: its path (`columns[2].as`), a stable code, and what to do. */
export interface FieldProblem {
  path: string;
  code: string;
  message: string;
}

/** An answer that is not a success, from its problem details. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly fields: FieldProblem[] = [],
  ) {
    super(detail);
    this.name = 'ApiError';
  }
}

interface ProblemBody {
  code?: string;
  detail?: string;
  errors?: FieldProblem[];
}

/** Reads the problem details of an answer; anything else becomes a plain sentence. */
export function problemOf(status: number, text: string): ApiError {
  const body = parsed(text);
  const detail = body.detail ?? `The service answered with status ${status}.`;
  return new ApiError(status, body.code ?? 'error', detail, body.errors ?? []);
}

export const unreachable = () =>
  new ApiError(0, 'unreachable', 'The service cannot be reached. Check that it runs, and your network.');

/** Field problems of any error. */
export const fieldsOf = (error: unknown): FieldProblem[] => (error instanceof ApiError ? error.fields : []);

/** `columns[2].as` in the form library's spelling: `columns.2.as`. */
export const formPath = (path: string): string => path.replaceAll(/\[(\d+)\]/g, '.$1');

function parsed(text: string): ProblemBody {
  try {
    return JSON.parse(text) as ProblemBody;
  } catch {
    return {};
  }
}
