import {
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';
import { Problem } from './problem.ts';

/** Sends a definition's `revision` as its ETag. */
@Injectable()
export class RevisionInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((body: { revision?: number } | undefined) => {
        if (typeof body?.revision === 'number') response.setHeader('ETag', `"${body.revision}"`);
        return body;
      }),
    );
  }
}

/** The revision that the caller read (`If-Match: "3"`); nothing when the caller does not care. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number | undefined => {
  const header = context.switchToHttp().getRequest<Request>().get('if-match');
  if (!header || header === '*') return undefined;
  const revision = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  if (!revision) throw changedMeanwhile();
  return Number(revision);
});

/** What a writer is told when somebody else wrote first. */
export const changedMeanwhile = () =>
  new Problem(412, 'changed_meanwhile', 'It was changed since you read it (If-Match). Read it again and repeat.');
