import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import type { PublishedOutcome } from '../conditions/condition.ts';

type Resolver = (account: AccountId, outcomeId: string) => Promise<PublishedOutcome | undefined>;
type Listener = (account: AccountId, outcomeId: string) => Promise<void>;

/**
 * Which version of an outcome is published. Conditions need to know, and outcomes are made from cohorts: so the outcomes
 * feature tells this registry at init instead of being imported.
 */
@Injectable()
export class OutcomeVersions {
  private resolver: Resolver = async () => undefined;
  private readonly listeners: Listener[] = [];

  /** Called once, by the feature that owns outcomes. Answers nothing for an outcome without a published version. */
  provide(resolver: Resolver): void {
    this.resolver = resolver;
  }

  resolve(account: AccountId, outcomeId: string): Promise<PublishedOutcome | undefined> {
    return this.resolver(account, outcomeId);
  }

  /** Called by those whose results depend on scores. */
  onScored(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Called by the owner once everybody is scored by the published version. */
  async scored(account: AccountId, outcomeId: string): Promise<void> {
    for (const listener of this.listeners) await listener(account, outcomeId);
  }
}
