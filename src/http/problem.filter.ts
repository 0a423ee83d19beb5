import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { EngineAwayError } from '../engines/engine-away.ts';
import { Problem } from './problem.ts';
import { requestContext } from './request-context.ts';

interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance: string;
  errors?: unknown[];
}

/** Every error leaves as `application/problem+json`. What we did not foresee is logged and shown without its message. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const body = this.body(error, request.path);
    if (body.status >= 500)
      this.logger.error({ msg: 'request failed', path: request.path, ...requestContext(), err: error });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.status(body.status).type('application/problem+json').send(JSON.stringify(body));
  }

  private body(error: unknown, instance: string): ProblemBody {
    const base = (status: number, code: string, detail: string) => ({
      type: `https://reach.example/problems/${code}`,
      title: STATUS_CODES[status] ?? 'Error',
      status,
      code,
      detail,
      instance,
    });
    if (error instanceof Problem) {
      const body = { ...error.members, ...base(error.getStatus(), error.code, error.message) };
      return error.errors.length > 0 ? { ...body, errors: error.errors } : body;
    }
    if (error instanceof HttpException) {
      const status = error.getStatus();
      return base(status, (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/\W+/g, '_'), error.message);
    }
    if (error instanceof EngineAwayError)
      return base(
        503,
        'engine_away',
        `The engine for ${error.engine} does not answer. Your change may be stored, and is then carried out when the engine is back: check before you repeat the request.`,
      );
    if (isForeignKeyViolation(error))
      return base(409, 'in_use', 'Something else still refers to this. Remove that first.');
    return base(500, 'internal', 'Something failed on our side; the log of this request says what.');
  }
}

/** PostgreSQL 23503, below Drizzle's own error: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function isForeignKeyViolation(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && (cause as { code?: string }).code === '23503';
}
