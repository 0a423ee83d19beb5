import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '../http/problem.ts';
import { AccountsService } from './accounts.service.ts';
import { type AuthenticatedRequest, MIN_ROLE, PUBLIC, ROLES, type Role } from './auth.ts';

/** Reads `Authorization: Bearer <key>` or `X-API-Key: <key>`. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly accounts: AccountsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const key = /^Bearer\s+(\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? request.get('x-api-key');
    if (!key) throw new Problem(401, 'unauthenticated', 'Send an API key as "Authorization: Bearer <key>".');
    const caller = await this.accounts.authenticate(key);
    if (!caller) throw new Problem(401, 'unauthenticated', 'This API key is not known or was revoked.');
    const needed =
      this.reflector.getAllAndOverride<Role | undefined>(MIN_ROLE, targets) ??
      (request.method === 'GET' ? 'viewer' : 'marketer');
    if (ROLES.indexOf(caller.role) < ROLES.indexOf(needed)) {
      throw new Problem(403, 'forbidden', `This needs the role ${needed}; the key has ${caller.role}.`);
    }
    request.caller = caller;
    return true;
  }
}
