import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import type { Sql } from '../conditions/condition.ts';
import { valueLists, withoutEmptyFields } from '../contacts/contact-fields.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { People } from '../models/outcomes/bias.ts';
import type { Column, Table, Traits } from '../models/table.ts';
import { type Feature, featureMaps, type ReadFeatures } from './features.ts';

/** As many contacts as training learns from; more would hardly change the model. */
const SAMPLE_SIZE = 50_000;

/** Queries for the ids of those who could attain an outcome, who did, and who are known to be lost. */
export interface Sides {
  eligible: Sql;
  attained: Sql;
  attrition?: Sql;
}

export interface Examples {
  table: Table;
  labels: Uint8Array;
  people: People;
}

interface ExampleRow {
  n: (number | null)[];
  c: string[];
  y: number;
  gender: string;
  birth_date: string;
}

/** Reads the contacts that an outcome is learnt from. */
@Injectable()
export class ExamplesRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Everyone in the account as a member query. */
  everyone(account: AccountId): Sql {
    const sql = 'SELECT contact_id FROM contacts FINAL WHERE account_id = {everyone_account:String} AND deleted = 0';
    return { sql, params: { everyone_account: account } };
  }

  /** How many eligible contacts there are on either side. */
  async counts(sides: Sides): Promise<{ attained: number; notAttained: number }> {
    const { sql, params } = labelled(sides);
    const row = await this.warehouse.one<{ attained: number; all: number }>(
      `SELECT countIf(y) AS attained, count() AS all FROM (${sql})`,
      params,
    );
    return { attained: Number(row.attained), notAttained: Number(row.all) - Number(row.attained) };
  }

  /**
   * A sample with their traits as of a time: of the rarer side as many as can be, at most half. The same seed draws the
   * same contacts, in a random order. Contact fields that none of them has are left out.
   */
  async sample(
    account: AccountId,
    sides: Sides,
    input: ReadFeatures & { features: Feature[]; asOf: Date; seed: number },
  ): Promise<Examples> {
    const { features, asOf, seed } = input;
    const { attained, notAttained } = await this.counts(sides);
    const half = SAMPLE_SIZE / 2;
    const wanted = { yes: Math.min(attained, Math.max(half, SAMPLE_SIZE - notAttained)), no: 0 };
    wanted.no = SAMPLE_SIZE - wanted.yes;
    const of = featureMaps(account, input, asOf);
    const { sql, params } = labelled(sides);
    const order = 'ORDER BY cityHash64(contact_id, {seed:UInt32}), contact_id';
    const drawn = `SELECT contact_id, y FROM (${sql}) WHERE y ${order} LIMIT {yes:UInt32}
      UNION ALL SELECT contact_id, y FROM (${sql}) WHERE NOT y ${order} LIMIT {no:UInt32}`;
    const values = valueLists(features);
    const rows = this.warehouse.stream<ExampleRow>(
      `SELECT ${values.sql}, y, gender, birth_date
       FROM (${of.sql}) AS f INNER JOIN (${drawn}) AS d ON f.contact_id = d.contact_id ${order}`,
      { ...params, ...of.params, ...values.params, seed, ...wanted },
    );
    const read: ExampleRow[] = [];
    for await (const chunk of rows) read.push(...chunk);
    return {
      table: { size: read.length, columns: withoutEmptyFields(columnsOf(features, read), input.fields) },
      labels: Uint8Array.from(read, ({ y }) => y),
      people: { gender: read.map(({ gender }) => gender), birthDate: read.map(({ birth_date }) => birth_date) },
    };
  }

  /** One contact's traits as scoring sees them; nothing when there is no such contact. */
  async traitsOf(account: AccountId, contactId: string, read: ReadFeatures, asOf: Date): Promise<Traits | undefined> {
    const { sql, params } = featureMaps(account, read, asOf, [contactId]);
    const [row] = await this.warehouse.query<Traits>(`SELECT num, cat FROM (${sql})`, params);
    return row;
  }
}

/** contact_id and y of all who are eligible and, where attrition is known, decided. */
function labelled({ eligible, attained, attrition }: Sides): Sql {
  const lost = attrition ? ` WHERE y OR contact_id IN (${attrition.sql})` : '';
  return {
    sql: `SELECT contact_id, contact_id IN (${attained.sql}) AS y FROM (${eligible.sql})${lost}`,
    params: { ...eligible.params, ...attained.params, ...attrition?.params },
  };
}

function columnsOf(features: Feature[], rows: ExampleRow[]): Column[] {
  let [n, c] = [0, 0];
  return features.map(({ name: trait, type }): Column => {
    if (type === 'category') {
      const place = c++;
      return { trait, type, values: rows.map((row) => row.c[place]!) };
    }
    const place = n++;
    return { trait, type, values: Float64Array.from(rows, (row) => row.n[place] ?? Number.NaN) };
  });
}
