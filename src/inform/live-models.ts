import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { OutcomeVersions } from '../cohorts/outcome-versions.ts';
import { PersonaVersions } from '../cohorts/persona-versions.ts';
import { fieldsIn } from '../contacts/contact-fields.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { ImportListeners } from '../contacts/import-listeners.ts';
import { TraitsService } from '../contacts/traits.service.ts';
import { evaluator } from '../models/evaluate.ts';
import type { TraitType } from '../models/table.ts';
import { OutcomesService } from '../outcomes/outcomes.service.ts';
import { LivePersonas } from '../personas/live-personas.ts';
import { eventTraits, type Models } from './models.ts';

/** After this long an answer is looked over in the background; after the second, before it is given. */
const FRESH_MS = 1_000;
const STALE_MS = 3_000;

interface Entry {
  stamp: string;
  models: Models;
  checkedAt: number;
  checking?: Promise<void>;
}

/**
 * The live models of accounts, in memory. What this process publishes counts at once; what another one does within
 * about a second, because a stamp of what is live is compared that often.
 */
@Injectable()
export class LiveModels implements OnModuleInit {
  private readonly entries = new Map<AccountId, Entry>();
  private readonly loading = new Map<AccountId, Promise<Entry>>();

  constructor(
    private readonly personas: LivePersonas,
    private readonly outcomes: OutcomesService,
    private readonly contacts: ContactsService,
    private readonly personaVersions: PersonaVersions,
    private readonly outcomeVersions: OutcomeVersions,
    private readonly imports: ImportListeners,
    private readonly traits: TraitsService,
  ) {}

  onModuleInit(): void {
    const forget = async (account: AccountId) => void this.entries.delete(account);
    this.traits.onChanged(forget);
    this.personaVersions.onPublished(forget);
    this.outcomeVersions.onScored(forget);
    this.imports.onImported(forget);
  }

  async of(account: AccountId): Promise<Models> {
    const entry = this.entries.get(account);
    if (!entry) return (await this.load(account)).models;
    const age = performance.now() - entry.checkedAt;
    if (age < FRESH_MS) return entry.models;
    const check = this.check(account, entry);
    if (age < STALE_MS) {
      check.catch(() => undefined); // the next caller tries again, and waits once it is stale
      return entry.models;
    }
    await check;
    return this.entries.get(account)?.models ?? (await this.load(account)).models;
  }

  private check(account: AccountId, entry: Entry): Promise<void> {
    entry.checking ??= this.compare(account, entry).finally(() => {
      entry.checking = undefined;
    });
    return entry.checking;
  }

  private async compare(account: AccountId, entry: Entry): Promise<void> {
    const stamp = await this.stamp(account);
    if (stamp === entry.stamp) entry.checkedAt = performance.now();
    else await this.load(account);
  }

  private load(account: AccountId): Promise<Entry> {
    const under = this.loading.get(account);
    if (under) return under;
    const loading = this.read(account).finally(() => this.loading.delete(account));
    this.loading.set(account, loading);
    return loading;
  }

  /** The stamp is read first: what changes meanwhile is noticed by the next comparison. */
  private async read(account: AccountId): Promise<Entry> {
    const stamp = await this.stamp(account);
    const [sets, outcomes, catalogue] = await Promise.all([
      this.personas.live(account),
      this.outcomes.live(account),
      this.contacts.catalogue(account),
    ]);
    const types = new Map<string, TraitType>(catalogue.map(({ name, type }) => [name, type]));
    for (const name of eventTraits(outcomes)) types.set(name, 'number');
    const models: Models = {
      sets: sets.map((set) => ({
        ...set,
        assign: evaluator(set.model),
        traits: set.model.encoding.traits.map(({ trait }) => trait),
      })),
      outcomes: outcomes.map((outcome) => ({ ...outcome, traits: outcome.model.traits.map(({ trait }) => trait) })),
      types,
      fields: fieldsIn(catalogue),
    };
    const entry = { stamp, models, checkedAt: performance.now() };
    this.entries.set(account, entry);
    return entry;
  }

  private async stamp(account: AccountId): Promise<string> {
    const parts = await Promise.all([
      this.personas.stamp(account),
      this.outcomes.liveStamp(account),
      this.contacts.newestImportAt(account),
      this.contacts.catalogue(account),
    ]);
    return JSON.stringify(parts);
  }
}
