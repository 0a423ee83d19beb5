import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from './auth.ts';
import { CHANGES_NOTHING, IdempotencyKeys } from './idempotency.ts';

/** `Idempotency-Key` on every POST that changes something. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const looks = this.reflector.get<boolean | undefined>(CHANGES_NOTHING, context.getHandler());
    // an upload is the same when its file is: known only once that was received, by whoever receives it
    const uploads = request.is('multipart/form-data');
    if (request.method !== 'POST' || !request.caller || looks || uploads) return next.handle();
    const run = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    return from(this.keys.once(request.caller.accountId, request, request.body ?? null, run));
  }
}
