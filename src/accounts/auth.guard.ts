import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '../http/problem.ts';
import { AccountsService } from './accounts.service.ts';
import { type AuthenticatedRequest, type Caller, MIN_ROLE, PUBLIC, ROLES, type Role } from './auth.ts';
import { FailedLogins } from './failed-logins.ts';

/** Reads `Authorization: Bearer <key>` or `X-API-Key: <key>`. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly accounts: AccountsService,
    private readonly failedLogins: FailedLogins,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const key = /^Bearer\s+(\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? request.get('x-api-key');
    const caller = await this.authenticate(key, request);
    const needed =
      this.reflector.getAllAndOverride<Role | undefined>(MIN_ROLE, targets) ??
      (request.method === 'GET' ? 'viewer' : 'marketer');
    if (ROLES.indexOf(caller.role) < ROLES.indexOf(needed)) {
      throw new Problem(403, 'forbidden', `This needs the role ${needed}; the key has ${caller.role}.`);
    }
    request.caller = caller;
    return true;
  }

  /** Wrong keys make their address wait; keys that work go on working from there. */
  private async authenticate(key: string | undefined, request: AuthenticatedRequest): Promise<Caller> {
    const unauthenticated = (detail: string) => {
      request.res?.setHeader('WWW-Authenticate', 'Bearer realm="reach"');
      return new Problem(401, 'unauthenticated', detail);
    };
    if (!key) throw unauthenticated('Send an API key as "Authorization: Bearer <key>".');
    const address = request.ip ?? '';
    const seconds = this.accounts.isKnown(key) ? 0 : await this.failedLogins.wait(address);
    if (seconds > 0) {
      request.res?.setHeader('Retry-After', String(seconds));
      throw new Problem(
        429,
        'too_many_failed_logins',
        'Your address sent too many wrong API keys. Wait, then try again.',
      );
    }
    const caller = await this.accounts.authenticate(key);
    if (caller) return caller;
    await this.failedLogins.record(address);
    throw unauthenticated('This API key is not known, was revoked or has expired.');
  }
}
