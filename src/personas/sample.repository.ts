import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import type { Sql } from '../conditions/condition.ts';
import { dayOf } from '../conditions/dates.ts';
import { fieldsIn, traitMaps, valueLists, withoutEmptyFields } from '../contacts/contact-fields.ts';
import type { Trait } from '../contacts/traits.repository.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { Column, Table } from '../models/table.ts';

/** A sample this large gives the same personas as everyone, and trains in seconds. */
export const SAMPLE_SIZE = 50_000;

/** How much of one trait a cohort has. */
export interface TraitCoverage {
  /** Contacts with a value. */
  known: number;
  /** Whether those have two or more different values. */
  varies: boolean;
}

interface SampleRow {
  n: (number | null)[];
  c: string[];
}

/** Reads what a training learns from. `members` is a query for contact ids. */
@Injectable()
export class SampleRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Everyone in the account as a member query. */
  everyone(account: AccountId): Sql {
    const sql = 'SELECT contact_id FROM contacts FINAL WHERE account_id = {everyone_account:String} AND deleted = 0';
    return { sql, params: { everyone_account: account } };
  }

  async size(members: Sql): Promise<number> {
    const row = await this.warehouse.one<{ size: number }>(
      `SELECT count() AS size FROM (${members.sql})`,
      members.params,
    );
    return Number(row.size);
  }

  /** Coverage of each trait among the members. */
  async coverage(account: AccountId, members: Sql, traits: Trait[], asOf: Date): Promise<TraitCoverage[]> {
    const counts = traits.map(({ type }, i) => {
      const [map, name] = [type === 'category' ? 'cat' : 'num', `{trait_${i}:String}`];
      return `[countIf(mapContains(${map}, ${name})), uniqUpToIf(1)(${map}[${name}], mapContains(${map}, ${name}))]`;
    });
    const names = Object.fromEntries(traits.map(({ name }, i) => [`trait_${i}`, name]));
    const { coverage } = await this.warehouse.one<{ coverage: [number, number][] }>(
      `SELECT [${counts.join(', ')}] AS coverage FROM (${contactsWith(traits, asOf)} AND contact_id IN (${members.sql}))`,
      { account, ...members.params, ...names },
    );
    return coverage.map(([known, values]) => ({ known: Number(known), varies: Number(values) > 1 }));
  }

  /**
   * A sample of the members by column: the same seed draws the same contacts. Contact fields that none of them has are
   * left out.
   */
  async sample(
    account: AccountId,
    members: Sql,
    traits: Trait[],
    { seed, asOf }: { seed: number; asOf: Date },
  ): Promise<Table> {
    const values = valueLists(traits);
    const order = 'ORDER BY cityHash64(contact_id, {seed:UInt32}), contact_id';
    const rows = this.warehouse.stream<SampleRow>(
      `SELECT ${values.sql}
       FROM (${contactsWith(traits, asOf)} AND contact_id IN (SELECT contact_id FROM (${members.sql}) ${order} LIMIT {size:UInt32})) ${order}`,
      { account, ...members.params, ...values.params, seed, size: SAMPLE_SIZE },
    );
    const read: SampleRow[] = [];
    for await (const chunk of rows) read.push(...chunk);
    return { size: read.length, columns: withoutEmptyFields(columnsOf(traits, read), fieldsIn(traits)) };
  }
}

/** The account's contacts with their traits and contact fields, as of a time; more conditions follow. */
function contactsWith(traits: Trait[], asOf: Date): string {
  const maps = traitMaps(fieldsIn(traits), dayOf(asOf));
  return `SELECT contact_id, ${maps} FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0`;
}

function columnsOf(traits: Trait[], rows: SampleRow[]): Column[] {
  let [n, c] = [0, 0];
  return traits.map(({ name: trait, type }): Column => {
    if (type === 'category') {
      const place = c++;
      return { trait, type, values: rows.map((row) => row.c[place]!) };
    }
    const place = n++;
    return { trait, type, values: Float64Array.from(rows, (row) => row.n[place] ?? Number.NaN) };
  });
}
