import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { type ContactField, FIELD_SOURCE, fieldsIn } from '../contacts/contact-fields.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { type Interval, wilson } from '../models/statistics.ts';
import { BINS, type CategoryRow, ComparisonRepository, QUANTILES, type Sides } from './comparison.repository.ts';
import { ALPHA, cellsOf, compareTraits, dateOf, type TraitComparison, type TraitType } from './comparison.ts';
import { type Group, Groups } from './groups.service.ts';
import type { ComparisonQuery, DistributionQuery } from './insights.dto.ts';
import type { Table } from './table.csv.ts';

/** A group as it was compared. */
interface ComparedGroup {
  group: string;
  /** In plain words. */
  text: string;
  /** Contacts in the group. */
  members: number;
  /** Of them, those compared: of b without those that are in a, too. */
  compared: number;
}

interface Compared {
  a: ComparedGroup;
  b: ComparedGroup;
  /** Contacts in both: they count in a only. */
  overlap: number;
}

/** One bin or value of a trait in two groups; shares are of those that have the trait, with 95 % intervals. */
export interface DistributionRow {
  /** Of a category or boolean; null for the rarer values of a category together. */
  value: string | null;
  /** Bounds of a bin: of numbers, and of dates as days. */
  from: number | string | null;
  to: number | string | null;
  countA: number;
  countB: number;
  shareA: number | null;
  shareB: number | null;
  lowA: number;
  highA: number;
  lowB: number;
  highB: number;
}

/** Any group of contacts against any other, by every trait. */
@Injectable()
export class ComparisonService {
  constructor(
    private readonly groups: Groups,
    private readonly repository: ComparisonRepository,
    private readonly contacts: ContactsService,
    private readonly clock: Clock,
  ) {}

  /** All traits, the largest effect first; of contact fields those that anybody has. */
  async compare(
    account: AccountId,
    query: ComparisonQuery,
  ): Promise<Table<TraitComparison> & Compared & { alpha: number }> {
    const traits = await this.contacts.catalogue(account);
    const { sides, asOf, ...compared } = await this.sides(account, query, fieldsIn(traits));
    const [numbers, categories] = [
      await this.repository.numbers(account, sides),
      await this.repository.categories(account, sides),
    ];
    const found = new Set([...numbers, ...categories].map(({ trait }) => trait));
    const shown = traits.filter(({ name, source }) => source !== FIELD_SOURCE || found.has(name));
    return { asOf, ...compared, alpha: ALPHA, rows: compareTraits(shown, { numbers, categories }) };
  }

  /** One trait: how its values are spread in both groups. The comparison beside it is by itself, not adjusted for others. */
  async distribution(account: AccountId, query: DistributionQuery) {
    const traits = await this.contacts.catalogue(account);
    const trait = traits.find(({ name }) => name === query.trait);
    if (!trait) throw Problem.invalid('trait', 'unknown_trait', `There is no trait "${query.trait}".`);
    const { sides, asOf, ...compared } = await this.sides(account, query, fieldsIn([trait]));
    const isCategory = trait.type === 'category';
    const found = {
      numbers: isCategory ? [] : await this.repository.numbers(account, sides, trait.name),
      categories: isCategory ? await this.repository.categories(account, sides, trait.name) : [],
    };
    const [comparison] = compareTraits([trait], found);
    const spread = isCategory
      ? { quantiles: null, rows: categoryRows(found.categories) }
      : trait.type === 'boolean'
        ? { quantiles: null, rows: booleanRows(comparison!) }
        : await this.numberRows(account, sides, trait);
    return { asOf, ...compared, trait: trait.name, type: trait.type, comparison: comparison!, ...spread };
  }

  private async numberRows(account: AccountId, sides: Sides, { name, type }: { name: string; type: TraitType }) {
    const found = await this.repository.distribution(account, sides, name);
    const [a, b] = (['a', 'b'] as const).map((side) => found.find((row) => row.side === side));
    const shown = (value: number) => (type === 'date' ? dateOf(value) : value);
    const quantiles = QUANTILES.map((share, i) => ({
      share,
      a: a ? shown(a.quantiles[i]!) : null,
      b: b ? shown(b.quantiles[i]!) : null,
    }));
    const any = a ?? b;
    if (!any) return { quantiles, rows: [] };
    const width = (any.high - any.low) / BINS;
    const rows = Array.from({ length: width > 0 ? BINS : 1 }, (_, bin) => ({
      value: null,
      from: shown(any.low + bin * width),
      to: shown(any.low + (bin + 1) * width),
      ...counted(Number(a?.bins[bin] ?? 0), Number(b?.bins[bin] ?? 0), Number(a?.n ?? 0), Number(b?.n ?? 0)),
    }));
    return { quantiles, rows };
  }

  private async sides(account: AccountId, { a, b }: ComparisonQuery, fields: ContactField[]) {
    const asOf = this.clock.now();
    const first = await this.groups.read(account, a, 'a');
    const second = b === 'rest' ? rest(first) : await this.groups.read(account, b, 'b');
    const sides = { a: first.condition, b: second.condition, fields, asOf };
    const sizes = await this.repository.sizes(account, sides);
    return {
      asOf,
      sides,
      a: { group: a, text: first.text, members: sizes.a, compared: sizes.a },
      b: { group: b, text: second.text, members: sizes.b, compared: sizes.b - sizes.both },
      overlap: sizes.both,
    };
  }
}

const rest = ({ condition: { sql, params } }: Group): Group => ({
  group: 'rest',
  text: 'everyone else',
  condition: { sql: `(NOT ${sql})`, params },
});

function counted(countA: number, countB: number, knownA: number, knownB: number) {
  const [a, b]: Interval[] = [wilson({ n: knownA, hits: countA }), wilson({ n: knownB, hits: countB })];
  return {
    countA,
    countB,
    shareA: knownA > 0 ? countA / knownA : null,
    shareB: knownB > 0 ? countB / knownB : null,
    lowA: a!.low,
    highA: a!.high,
    lowB: b!.low,
    highB: b!.high,
  };
}

function categoryRows(found: CategoryRow[]): DistributionRow[] {
  const [knownA, knownB] = [Number(found[0]?.knownA ?? 0), Number(found[0]?.knownB ?? 0)];
  return cellsOf(found).map(([a, b], i) => ({
    value: found[i]?.value ?? null,
    from: null,
    to: null,
    ...counted(a, b, knownA, knownB),
  }));
}

function booleanRows({ knownA, knownB, shareA, shareB }: TraitComparison): DistributionRow[] {
  const hits = [Math.round((shareA ?? 0) * knownA), Math.round((shareB ?? 0) * knownB)] as const;
  const row = (value: string, a: number, b: number) => ({
    value,
    from: null,
    to: null,
    ...counted(a, b, knownA, knownB),
  });
  return [row('true', ...hits), row('false', knownA - hits[0], knownB - hits[1])];
}
