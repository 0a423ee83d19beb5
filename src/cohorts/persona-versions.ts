import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import type { PublishedPersonas } from '../conditions/condition.ts';

type Resolver = (account: AccountId, setId: string) => Promise<PublishedPersonas | undefined>;
type Listener = (account: AccountId, setId: string) => Promise<void>;

/**
 * Which version of a persona set is published. Conditions need to know, and personas are made from cohorts: so the
 * personas feature tells this registry at init instead of being imported.
 */
@Injectable()
export class PersonaVersions {
  private resolver: Resolver = async () => undefined;
  private readonly listeners: Listener[] = [];

  /** Called once, by the feature that owns persona sets. Answers nothing for a set without a published version. */
  provide(resolver: Resolver): void {
    this.resolver = resolver;
  }

  resolve(account: AccountId, setId: string): Promise<PublishedPersonas | undefined> {
    return this.resolver(account, setId);
  }

  /** Called by those whose results depend on personas. */
  onPublished(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Called by the owner once everybody is assigned by a newly published version. */
  async published(account: AccountId, setId: string): Promise<void> {
    for (const listener of this.listeners) await listener(account, setId);
  }
}
