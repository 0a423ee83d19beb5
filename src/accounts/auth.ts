import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';

declare const accountBrand: unique symbol;
/** Id of a tenant. Repositories take it first, so that no query can forget whose data it reads. */
export type AccountId = string & { readonly [accountBrand]: true };

/** From least to most: each role may do what the ones before it may. `agency` is marketer over child accounts. */
export const ROLES = ['viewer', 'analyst', 'marketer', 'agency', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who makes this request. */
export interface Caller {
  accountId: AccountId;
  role: Role;
  /** Name of the key, as the audit log shows it. */
  name: string;
  /** Id of the key; absent for work of Reach itself. */
  keyId?: string;
}

export interface AuthenticatedRequest extends Request {
  caller: Caller;
}

export const PUBLIC = 'reach:public';
export const MIN_ROLE = 'reach:role';

/** A route that needs no key. */
export const Public = () => SetMetadata(PUBLIC, true);
/** The least role that may use a route. Without it, reading needs `viewer` and everything else `marketer`. */
export const NeedsRole = (role: Role) => SetMetadata(MIN_ROLE, role);

/** Injects the caller's account id. */
export const Account = createParamDecorator(
  (_: unknown, context: ExecutionContext): AccountId => callerOf(context).accountId,
);
/** Injects the caller. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => callerOf(context));

function callerOf(context: ExecutionContext): Caller {
  return context.switchToHttp().getRequest<AuthenticatedRequest>().caller;
}
