import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { AuthenticatedRequest } from '../accounts/auth.ts';
import { RunsService } from './runs.service.ts';

/**
 * Answers 404 for an unknown run before its stream of events begins. The handler of a stream would be too late: Nest
 * sends the headers while the handler still waits for the store.
 */
@Injectable()
export class RunExists implements CanActivate {
  constructor(private readonly runs: RunsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { caller, params } = context.switchToHttp().getRequest<AuthenticatedRequest & { params: { id: string } }>();
    await this.runs.row(caller.accountId, params.id);
    return true;
  }
}
