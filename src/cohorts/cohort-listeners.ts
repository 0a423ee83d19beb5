import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';

type Listener = (account: AccountId, cohortIds: string[]) => Promise<void>;

/** Tells those who build on cohorts that some were counted again, because of their definition or their input. */
@Injectable()
export class CohortListeners {
  private readonly listeners: Listener[] = [];

  onRecounted(listener: Listener): void {
    this.listeners.push(listener);
  }

  async recounted(account: AccountId, cohortIds: string[]): Promise<void> {
    for (const listener of this.listeners) await listener(account, cohortIds);
  }
}
