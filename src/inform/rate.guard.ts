import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { Settings } from '../../config/settings.ts';
import type { AccountId, AuthenticatedRequest } from '../accounts/auth.ts';
import { Problem } from '../http/problem.ts';
import { MOST_CONTACTS } from './inform.dto.ts';

interface Bucket {
  left: number;
  at: number;
}

/**
 * At most so many contacts a second and account in this process, with as many in reserve as come in one second: one
 * sender that runs wild leaves room for the others.
 */
@Injectable()
export class RateGuard implements CanActivate {
  private readonly buckets = new Map<AccountId, Bucket>();

  constructor(private readonly settings: Settings) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const contacts: unknown = (request.body as { contacts?: unknown } | undefined)?.contacts;
    // this comes before validation, which refuses a longer list
    const wait = this.take(
      request.caller.accountId,
      Array.isArray(contacts) ? Math.min(contacts.length, MOST_CONTACTS) : 1,
    );
    if (wait === 0) return true;
    http.getResponse<Response>().setHeader('Retry-After', String(Math.ceil(wait)));
    const limit = this.settings.REACH_INFORM_PER_SECOND;
    throw new Problem(429, 'too_many_requests', `More than ${limit} contacts a second. Try again after Retry-After.`);
  }

  /** Seconds to wait; 0 when there is room, which is taken. */
  private take(account: AccountId, contacts: number): number {
    const limit = this.settings.REACH_INFORM_PER_SECOND;
    const now = performance.now();
    const bucket = this.buckets.get(account) ?? { left: limit, at: now };
    bucket.left = Math.min(limit, bucket.left + ((now - bucket.at) / 1000) * limit);
    bucket.at = now;
    this.buckets.set(account, bucket);
    // a full bucket lets one request through that is larger than it, or it never would be
    if (bucket.left < contacts && bucket.left < limit) return (Math.min(contacts, limit) - bucket.left) / limit;
    bucket.left -= contacts;
    return 0;
  }
}
