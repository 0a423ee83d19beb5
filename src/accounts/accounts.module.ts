import { Global, Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { BodyGuard } from '../http/body/body.guard.ts';
import { AccountsController } from './accounts.controller.ts';
import { AccountsService } from './accounts.service.ts';
import { AuditLog } from './audit-log.ts';
import { AuthGuard } from './auth.guard.ts';
import { EventStreams } from './event-streams.ts';
import { FailedLogins } from './failed-logins.ts';
import { IdempotencyInterceptor } from './idempotency.interceptor.ts';
import { IdempotencyKeys } from './idempotency.ts';

/** Tenants, keys, roles and the audit log. Global: every feature audits. */
@Global()
@Module({
  controllers: [AccountsController],
  providers: [
    AccountsService,
    AuditLog,
    EventStreams,
    FailedLogins,
    IdempotencyKeys,
    // in this order: bodies of callers who may not use a route are not read
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_GUARD, useClass: BodyGuard },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
  ],
  exports: [AccountsService, AuditLog, EventStreams, FailedLogins, IdempotencyKeys],
})
export class AccountsModule {}
