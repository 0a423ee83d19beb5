import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, ne, notExists } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { CONTACT_FIELDS, FIELD_SOURCE } from './contact-fields.ts';
import { traitSources, traits } from './contacts.tables.ts';
import type { TraitSource } from './mapping/mapping.ts';
import type { TraitType } from './values/infer.ts';

/** A typed attribute of contacts, as the catalogue knows it. */
export interface Trait {
  name: string;
  type: TraitType;
  /** Of a file, or of the contact itself: see contact-fields.ts. */
  source: TraitSource | typeof FIELD_SOURCE;
  description: string;
}

/** A file gives a trait another type than the catalogue has. */
export class TraitConflict extends Error {
  readonly code = 'trait_type_conflict';
  constructor(name: string, type: TraitType, known: TraitType) {
    super(
      `The trait "${name}" is a ${known} in the catalogue and cannot be a ${type}. Give it another name, or the type ${known}.`,
    );
    this.name = 'TraitConflict';
  }
}

const FIELDS = CONTACT_FIELDS.map(
  ({ name, type, description }): Trait => ({ name, type, source: FIELD_SOURCE, description }),
);

@Injectable()
export class TraitsRepository {
  constructor(@Inject(DB) private readonly db: Db) {}

  /** The account's own traits by name, then the contact fields whose names none of them has. */
  async list(account: AccountId): Promise<Trait[]> {
    const { name, type, source, description } = traits;
    const own = await this.db
      .select({ name, type, source, description })
      .from(traits)
      .where(eq(traits.accountId, account))
      .orderBy(asc(name));
    const taken = new Set(own.map((trait) => trait.name));
    return [...own, ...FIELDS.filter((field) => !taken.has(field.name))];
  }

  /** Types of the account's own traits. */
  async ownTypes(account: AccountId): Promise<Map<string, TraitType>> {
    const own = (await this.list(account)).filter(({ source }) => source !== FIELD_SOURCE);
    return new Map(own.map((trait) => [trait.name, trait.type]));
  }

  async types(account: AccountId): Promise<Map<string, TraitType>> {
    return new Map((await this.list(account)).map((trait) => [trait.name, trait.type]));
  }

  /** @throws TraitConflict naming the first trait of another type. */
  async assertNoConflict(account: AccountId, wanted: { name: string; type: TraitType }[]): Promise<void> {
    const types = await this.types(account);
    for (const { name, type } of wanted) {
      const known = types.get(name);
      if (known && known !== type) throw new TraitConflict(name, type, known);
    }
  }

  /** Adds what the catalogue does not have yet. */
  async add(
    account: AccountId,
    added: { name: string; type: TraitType; description: string }[],
    source: TraitSource,
    createdAt: Date,
  ): Promise<void> {
    if (added.length === 0) return;
    const rows = added.map(({ name, type, description }) => ({
      accountId: account,
      name,
      type,
      source,
      description,
      createdAt,
    }));
    await this.db.insert(traits).values(rows).onConflictDoNothing();
  }

  /** Notes that a dataset or Inform brings values of traits. */
  async noteSource(account: AccountId, source: string, names: string[]): Promise<void> {
    if (names.length === 0) return;
    const rows = names.map((name) => ({ accountId: account, name, source }));
    await this.db.insert(traitSources).values(rows).onConflictDoNothing();
  }

  /** Traits that only this source brought, whether they are in the catalogue or not. */
  async onlyFrom(account: AccountId, source: string): Promise<string[]> {
    const others = alias(traitSources, 'others');
    const sameName = and(eq(others.accountId, traitSources.accountId), eq(others.name, traitSources.name));
    const other = this.db
      .select({ name: others.name })
      .from(others)
      .where(and(sameName, ne(others.source, source)));
    const rows = await this.db
      .select({ name: traitSources.name })
      .from(traitSources)
      .where(and(eq(traitSources.accountId, account), eq(traitSources.source, source), notExists(other)))
      .orderBy(asc(traitSources.name));
    return rows.map(({ name }) => name);
  }

  /** Forgets what a source brought. */
  async forgetSource(account: AccountId, source: string): Promise<void> {
    await this.db.delete(traitSources).where(and(eq(traitSources.accountId, account), eq(traitSources.source, source)));
  }
}
