import { createHash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import type { Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Problem } from '../http/problem.ts';
import { idempotencyKeys } from './accounts.tables.ts';
import type { AuthenticatedRequest } from './auth.ts';

/**
 * `Idempotency-Key` on POST: the first request is carried out, a repeat gets its answer. The same key with another
 * request, or while the first is under way, is refused. A failed request frees its key.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const key = request.get('idempotency-key');
    if (request.method !== 'POST' || !key || !request.caller) return next.handle();
    return from(this.once(key, request, context.switchToHttp().getResponse<Response>(), next));
  }

  private async once(
    key: string,
    request: AuthenticatedRequest,
    response: Response,
    next: CallHandler,
  ): Promise<unknown> {
    const { accountId } = request.caller;
    const digest = createHash('sha256')
      .update(`${request.method} ${request.path}\n${JSON.stringify(request.body ?? null)}`)
      .digest('hex');
    const where = and(eq(idempotencyKeys.accountId, accountId), eq(idempotencyKeys.key, key));
    const claim = { accountId, key, request: digest, status: 'pending', createdAt: this.clock.now() };
    const claimed = await this.db
      .insert(idempotencyKeys)
      .values(claim)
      .onConflictDoNothing()
      .returning({ key: idempotencyKeys.key });
    if (claimed.length === 0) {
      const [seen] = await this.db.select().from(idempotencyKeys).where(where);
      if (seen && seen.request !== digest)
        throw new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key was used for another request.');
      if (!seen || seen.status === 'pending')
        throw Problem.conflict(
          'idempotency_in_progress',
          'The first request with this Idempotency-Key is still under way.',
        );
      response.status(Number(seen.status)).setHeader('Idempotent-Replay', 'true');
      return seen.response;
    }
    try {
      const result = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await this.db
        .update(idempotencyKeys)
        .set({ status: String(response.statusCode), response: result ?? null })
        .where(where);
      return result;
    } catch (error) {
      await this.db.delete(idempotencyKeys).where(where);
      throw error;
    }
  }
}
