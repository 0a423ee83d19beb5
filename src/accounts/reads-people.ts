import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { concatMap, type Observable } from 'rxjs';
import { AuditLog } from './audit-log.ts';
import type { AuthenticatedRequest } from './auth.ts';

const ACTION = 'reach:reads-people';

/** Records in the audit log that a caller read data of the people that a route names by `:id`. */
@Injectable()
class ReadsInterceptor implements NestInterceptor {
  constructor(
    private readonly auditLog: AuditLog,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { caller, params, query } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const action = this.reflector.get<string>(ACTION, context.getHandler());
    const { contactId } = query;
    const detail = typeof contactId === 'string' ? { contactId } : {};
    return next.handle().pipe(
      concatMap(async (answer: unknown) => {
        await this.auditLog.record(caller, action, String(params.id), detail);
        return answer;
      }),
    );
  }
}

/** A route that shows data of people: each reading of it is in the audit log, whatever the caller's role. */
export const ReadsPeople = (action: string): MethodDecorator =>
  applyDecorators(SetMetadata(ACTION, action), UseInterceptors(ReadsInterceptor));
