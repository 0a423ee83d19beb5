import { randomUUID } from 'node:crypto';
import type { Answer } from '../http.ts';

export interface FieldViolation {
  field: string;
  reason: string;
  description: string;
}

const HTTP: Record<string, number> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** An error in the form of google.rpc.Status. */
export class StatusError extends Error {
  readonly status: string;
  readonly reason: string;
  readonly violations: FieldViolation[];
  readonly headers?: Record<string, string>;

  constructor(
    status: string,
    message: string,
    details: { reason?: string; violations?: FieldViolation[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.reason = details.reason ?? status;
    this.violations = details.violations ?? [];
    this.headers = details.headers;
  }
}

/** The envelope with ErrorInfo, BadRequest and RequestInfo. */
export function errorAnswer(error: StatusError): Answer {
  const { status, reason, violations, message, headers } = error;
  const code = HTTP[status] ?? 400;
  const requestId = randomUUID();
  const details: object[] = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason,
      domain: 'datamanager.googleapis.com',
      metadata: { requestId },
    },
  ];
  if (violations.length > 0)
    details.push({ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations });
  details.push({ '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId });
  return { status: code, body: { error: { code, message, status, details } }, headers };
}

/** A request refused because of its fields. */
export function badRequest(...violations: FieldViolation[]): StatusError {
  return new StatusError('INVALID_ARGUMENT', 'There was a problem with the request.', {
    reason: 'INVALID_ARGUMENT',
    violations,
  });
}

export function violation(field: string, reason: string, description: string): FieldViolation {
  return { field, reason, description };
}
