import { Inject, Injectable } from '@nestjs/common';
import { asc, eq } from 'drizzle-orm';
import { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { CONTACT_FIELDS, FIELD_SOURCE } from './contact-fields.ts';
import { traits } from './contacts.tables.ts';
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
    datasetId: string,
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
      datasetId,
      createdAt,
    }));
    await this.db.insert(traits).values(rows).onConflictDoNothing();
  }
}
