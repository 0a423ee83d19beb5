import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import type { Sql } from '../conditions/condition.ts';
import { dayOf } from '../conditions/dates.ts';
import { type ContactField, FIELD_COLUMNS, traitLists } from '../contacts/contact-fields.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';

export type Side = 'a' | 'b';

/** Contacts of two groups; who is in both counts in the first only. */
export interface Sides {
  a: Sql;
  b: Sql;
  /** The contact fields that are compared like traits, as of a time. */
  fields: readonly ContactField[];
  asOf: Date;
}

export interface NumberRow {
  trait: string;
  side: Side;
  n: number;
  mean: number;
  variance: number;
  median: number;
}

export interface CategoryRow {
  trait: string;
  value: string;
  /** Contacts with this value. */
  a: number;
  b: number;
  /** Contacts with any value of the trait. */
  knownA: number;
  knownB: number;
  /** Different values of the trait. */
  values: number;
}

/** Values of a category that are told apart; the rarer ones are counted together. */
export const MOST_VALUES = 50;
/** Shares of the values that quantiles are given for. */
export const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
export const BINS = 20;

export interface NumberDistribution {
  side: Side;
  n: number;
  quantiles: number[];
  minimum: number;
  maximum: number;
  /** Bounds of the bins: the middle 98 % of both groups' values. */
  low: number;
  high: number;
  /** Values by bin; the first and last one hold what lies outside the bounds, too. */
  bins: number[];
}

/** What two groups of contacts have of traits. */
@Injectable()
export class ComparisonRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Sizes of the groups as they are, and of what they share. */
  async sizes(account: AccountId, { a, b }: Sides): Promise<{ a: number; b: number; both: number }> {
    const row = await this.warehouse.one<{ a: number; b: number; both: number }>(
      `SELECT countIf(in_a) AS a, countIf(in_b) AS b, countIf(in_a AND in_b) AS both
       FROM (SELECT ${a.sql} AS in_a, ${b.sql} AS in_b FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0)`,
      { account, ...a.params, ...b.params },
    );
    return { a: Number(row.a), b: Number(row.b), both: Number(row.both) };
  }

  /** Every number, date and boolean at once. Medians of more than 8,192 values are those of a sample of so many. */
  async numbers(account: AccountId, sides: Sides, trait?: string): Promise<NumberRow[]> {
    const only = trait === undefined ? '' : 'AND trait = {trait:String}';
    return this.warehouse.query<NumberRow>(
      `SELECT toString(trait) AS trait, side, count() AS n, avg(value) AS mean, if(n > 1, varSampStable(value), 0) AS variance,
         quantile(0.5)(value) AS median
       FROM (${contactsOf(sides)}) ARRAY JOIN number_names AS trait, numbers AS value WHERE isFinite(value) ${only} GROUP BY trait, side`,
      { account, trait: trait ?? '', ...sides.a.params, ...sides.b.params },
    );
  }

  /** Every category at once: its most frequent values, and how many have any. */
  async categories(account: AccountId, sides: Sides, trait?: string): Promise<CategoryRow[]> {
    const only = trait === undefined ? '' : 'AND name = {trait:String}';
    return this.warehouse.query<CategoryRow>(
      `SELECT trait, value, a, b, sum(a) OVER every AS knownA, sum(b) OVER every AS knownB, count() OVER every AS values
       FROM (SELECT toString(name) AS trait, text AS value, countIf(side = 'a') AS a, countIf(side = 'b') AS b
         FROM (${contactsOf(sides)}) ARRAY JOIN text_names AS name, texts AS text WHERE text != '' ${only} GROUP BY trait, value)
       WINDOW every AS (PARTITION BY trait)
       ORDER BY trait, a + b DESC, value LIMIT ${MOST_VALUES} BY trait`,
      { account, trait: trait ?? '', ...sides.a.params, ...sides.b.params },
    );
  }

  /** Exact quantiles and bins of one number trait in both groups. */
  async distribution(account: AccountId, sides: Sides, trait: string): Promise<NumberDistribution[]> {
    const values = `SELECT side, numbers[indexOf(number_names, {trait:String})] AS value FROM (${contactsOf(sides)})
      WHERE has(number_names, {trait:String}) AND isFinite(value)`;
    const place = `if(high > low, least(${BINS - 1}, greatest(0, floor((value - low) / ((high - low) / ${BINS})))), 0)`;
    const bins = Array.from({ length: BINS }, (_, bin) => `countIf(place = ${bin})`);
    return this.warehouse.query<NumberDistribution>(
      `WITH (SELECT quantilesExactInclusive(0.01, 0.99)(value) FROM (${values})) AS bounds
       SELECT side, count() AS n, quantilesExactInclusive(${QUANTILES.join(', ')})(value) AS quantiles, min(value) AS minimum,
         max(value) AS maximum, any(bounds[1]) AS low, any(bounds[2]) AS high, [${bins.join(', ')}] AS bins
       FROM (SELECT side, value, bounds[1] AS low, bounds[2] AS high, ${place} AS place FROM (${values})) GROUP BY side`,
      { account, trait, ...sides.a.params, ...sides.b.params },
    );
  }
}

/** The contacts of either side with lists of their traits and contact fields, NaN and '' where a field is unknown. */
const contactsOf = ({ a, b, fields, asOf }: Sides): string =>
  `SELECT if(in_a, 'a', 'b') AS side, ${traitLists(fields, dayOf(asOf))}
   FROM (SELECT ${a.sql} AS in_a, ${b.sql} AS in_b, num, cat, ${FIELD_COLUMNS} FROM contacts FINAL
     WHERE account_id = {account:String} AND deleted = 0) WHERE in_a OR in_b`;
