import { describe, expect, it } from '@jest/globals';
import { TrainingError } from './errors.ts';
import { plainName } from './phrases.ts';
import { seededRandom } from './random.ts';
import type { CategoryColumn, Column, NumberColumn, Table } from './table.ts';
import { type TrainResult, train } from './train.ts';
import { isProtected, selectTraits } from './trait-selection.ts';

const random = seededRandom(11);
const SIZE = 600;
const group = Array.from({ length: SIZE }, (_, i) => (i % 3 === 0 ? 1 : 0));
const gauss = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
const near = (middle: number, spread: number) => middle + (random.next() - 0.5) * spread;

const number = (
  trait: string,
  value: (g: number, i: number) => number,
  type: NumberColumn['type'] = 'number',
): NumberColumn => ({
  trait,
  type,
  values: Float64Array.from(group, value),
});
const category = (trait: string, value: (g: number, i: number) => string): CategoryColumn => ({
  trait,
  type: 'category',
  values: group.map(value),
});
const tenure = number('tenure', (g) => near([60, 8][g]!, 10));
const contract = category('contract', (g) => (random.next() < 0.9 ? ['Two year', 'Month-to-month'][g]! : 'One year'));
const fiber = category('internet_service', (g) => (random.next() < 0.8 ? ['DSL', 'Fiber optic'][g]! : 'No'));
const spend = number('monthlySpend', (g) => near([40, 90][g]!, 40));
const table = (...columns: Column[]): Table => ({ size: SIZE, columns });
const base = table(tenure, contract, fiber, spend);
const rows = (order: number[], from: Table): Table => ({
  size: order.length,
  columns: from.columns.map((column) =>
    column.type === 'category'
      ? { ...column, values: order.map((i) => column.values[i]!) }
      : { ...column, values: Float64Array.from(order, (i) => column.values[i]!) },
  ),
});
const codeOf = (run: () => unknown): unknown => {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof TrainingError ? { code: error.code, path: error.path } : error;
  }
};

describe('choosing traits', () => {
  const reasons = (columns: Column[], options = {}) =>
    Object.fromEntries(selectTraits(table(...columns), options).map(({ trait, reason }) => [trait, reason]));

  it('drops what tells nothing, each with its reason in words', () => {
    const columns = [
      tenure,
      number('empty', () => Number.NaN),
      number('sparse', (_, i) => (i % 20 === 0 ? i % 7 : Number.NaN)),
      number('one', () => 1),
      category('nearly', (_, i) => (i < 3 ? 'no' : 'yes')),
      category('email_domain', (_, i) => `domain-${i}.example`),
      number('customer_no', (_, i) => 100_000 + i),
      number('days', (_, i) => tenure.values[i]! * 30.4),
      category('contract', (g) => String(g)),
      number('is_new', (g) => g, 'boolean'),
      category('city', (_, i) => `city ${i % 4 === 0 ? i % 12 : i % 97}`),
    ];
    const selection = selectTraits(table(...columns));
    expect(Object.fromEntries(selection.map(({ trait, reason }) => [trait, reason]))).toEqual({
      tenure: undefined,
      empty: 'all_missing',
      sparse: 'mostly_missing',
      one: 'constant',
      nearly: 'near_constant',
      email_domain: 'identifier_like',
      customer_no: 'identifier_like',
      days: 'near_duplicate',
      contract: undefined,
      is_new: 'near_duplicate',
      city: 'many_levels',
    });
    expect(selection.find(({ trait }) => trait === 'days')).toMatchObject({ duplicateOf: 'tenure' });
    for (const { used, detail } of selection)
      expect(used ? detail === undefined : /^[A-Z0-9].+\.$/.test(detail!)).toBe(true);
  });

  it.each<[string, (i: number) => number, string | undefined]>([
    ['an income in cents', () => Math.round(Math.exp(10 + gauss()) * 100), undefined],
    ['a balance around nothing', () => Math.round(gauss() * 1e6), undefined],
    ['numbers given out at random', () => random.int(1e9), 'identifier_like'],
    ['numbers given out in turn, with gaps', (i) => 5_000_000 + 3 * i + random.int(3), 'identifier_like'],
  ])('takes %s for what it is', (_, value, reason) => {
    expect(reasons([tenure, number('number', (__, i) => value(i))])).toMatchObject({ number: reason });
  });

  it('clusters on a category of many values when it is chosen, or when most contacts have a frequent one', () => {
    const scattered = category('city', (_, i) => `city ${i % 4 === 0 ? i % 12 : i % 97}`);
    const settled = category('region', (_, i) => `region ${i % 4 === 0 ? i % 97 : i % 5}`);
    expect(reasons([tenure, scattered, settled])).toEqual({
      tenure: undefined,
      city: 'many_levels',
      region: undefined,
    });
    expect(reasons([tenure, scattered], { chosen: ['tenure', 'city'] })).toEqual({
      tenure: undefined,
      city: undefined,
    });
  });

  it('keeps chosen duplicates, and leaves out the rest', () => {
    const days = number('days', (_, i) => tenure.values[i]! * 30.4);
    expect(reasons([tenure, days, spend], { chosen: ['tenure', 'days'] })).toEqual({
      tenure: undefined,
      days: undefined,
      monthlySpend: 'not_chosen',
    });
  });

  it.each([
    'age',
    'Customer Age',
    'birth_date',
    'isFemale',
    'senior_citizen',
    'zip',
    'postal_code',
    'maritalStatus',
    'ethnicity',
    'birthdate',
    'birthday',
    'dateofbirth',
    'yearofbirth',
    'sexual_orientation',
    'maritalstatus',
    'agegroup',
    'ancestry',
    'household_size',
    'Kidhome',
  ])('knows %s as protected', (trait) => {
    expect(isProtected(trait)).toBe(true);
    expect(reasons([tenure, { ...spend, trait }], { excludeProtected: true })).toMatchObject({ [trait]: 'protected' });
  });

  it.each([
    'page_views',
    'language',
    'storage',
    'average_order',
    'percentage',
    'zipper_sales',
    'original_price',
    'seniority',
    'household_income',
    'kidney_beans',
    'tenure',
  ])('does not take %s for protected', (trait) => {
    expect(isProtected(trait)).toBe(false);
  });
});

describe('training', () => {
  const result = train({ table: base, seed: 1 });

  it('finds the groups, names them in plain words and measures itself', () => {
    expect(result.model.personas.map(({ key }) => key)).toEqual(['p1', 'p2']);
    expect(result.personas.map(({ size }) => size)).toEqual([400, 200]);
    expect(result.personas.map(({ name }) => name)).toEqual([
      'Long-tenure two year contract customers',
      'New month-to-month contract customers',
    ]);
    expect(result.personas[0]!.summary).toMatch(/^67 % of contacts\. .*Tenure is on average .* \(everyone .*\)/);
    expect(result.quality.shares.reduce((sum, share) => sum + share)).toBeCloseTo(1);
    expect(result.quality.grade).toBe('strong');
  });

  it('gives the same result for the same contacts in another order', () => {
    const order = Array.from({ length: SIZE }, (_, i) => SIZE - 1 - i);
    expect(train({ table: rows(order, base), seed: 1 })).toEqual(result);
  });

  it('profiles traits that were not clustered on, and counts everyone once', () => {
    const { personas } = train({ table: base, seed: 1, traits: ['tenure', 'contract'] });
    for (const { profile, size } of personas) {
      expect(profile.map(({ trait, used }) => [trait, used])).toEqual([
        ['tenure', true],
        ['contract', true],
        ['internet_service', false],
        ['monthlySpend', false],
      ]);
      for (const { bins } of profile) expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(size);
    }
    expect(personas[1]!.profile[2]!.bins.find(({ label }) => label === 'Fiber optic')).toMatchObject({ salient: true });
  });

  it('marks nothing as salient that chance explains', () => {
    const noise = [
      category('coin', () => (random.next() < 0.5 ? 'heads' : 'tails')),
      number('dice', () => random.int(6)),
    ];
    const { personas } = train({ table: table(...base.columns, ...noise), seed: 1, traits: ['tenure', 'contract'] });
    for (const { profile } of personas) expect(profile.slice(-2).map(({ salient }) => salient)).toEqual([false, false]);
  });

  it('keeps keys for personas that are found again and gives new ones to the rest', () => {
    const grown = rows(
      [...Array.from({ length: SIZE }, (_, i) => i), ...Array.from({ length: 30 }, (_, i) => i * 3)],
      base,
    );
    const again = train({ table: grown, seed: 2, k: 2, previous: result.model, usedKeys: ['p1', 'p2'] });
    expect(again.personas.map(({ key, size }) => [key, size])).toEqual([
      ['p1', 400],
      ['p2', 230],
    ]);
    const three = train({ table: base, seed: 2, k: 3, previous: result.model, usedKeys: ['p1', 'p2', 'p3'] });
    expect(three.model.personas.map(({ key }) => key).sort()).toEqual(['p1', 'p2', 'p4']);
  });

  it('refuses what cannot give personas, with a code and a path', () => {
    const one = number('one', () => 1);
    const empty = number('empty', () => Number.NaN);
    const ids = category('id', (_, i) => `id-${i}`);
    const all = table(tenure, contract, one, empty, ids);
    expect(codeOf(() => train({ table: { size: 0, columns: [] }, seed: 1 }))).toEqual({ code: 'cohort_empty' });
    expect(codeOf(() => train({ table: rows([0, 1, 2], base), seed: 1, k: 4 }))).toEqual({
      code: 'cohort_too_small',
      path: 'k',
    });
    expect(codeOf(() => train({ table: table(tenure), seed: 1 }))).toEqual({ code: 'too_few_traits' });
    expect(codeOf(() => train({ table: table(tenure, one), seed: 1 }))).toEqual({ code: 'too_few_traits' });
    expect(codeOf(() => train({ table: all, seed: 1, traits: ['tenure', 'one'] }))).toEqual({
      code: 'constant_trait',
      path: 'traits[1]',
    });
    expect(codeOf(() => train({ table: all, seed: 1, traits: ['empty', 'tenure'] }))).toEqual({
      code: 'missing_trait',
      path: 'traits[0]',
    });
    expect(codeOf(() => train({ table: all, seed: 1, traits: ['tenure', 'contract', 'id'] }))).toEqual({
      code: 'identifier_trait',
      path: 'traits[2]',
    });
    expect(
      codeOf(() =>
        train({
          table: table(
            contract,
            number('is_new', (g) => g, 'boolean'),
          ),
          seed: 1,
          k: 20,
        }),
      ),
    ).toEqual({ code: 'too_few_distinct' });
  });
});

describe('names', () => {
  it('read like words', () => {
    expect(['monthlyCharges_usd', 'tech-support', 'Order Count'].map(plainName)).toEqual([
      'monthly charges usd',
      'tech support',
      'order count',
    ]);
  });

  it('differ even where personas hardly do', () => {
    const noise = table(
      number('a', () => random.next()),
      number('b', () => random.next()),
    );
    const names = (result: TrainResult) => new Set(result.personas.map(({ name }) => name.toLowerCase())).size;
    expect(names(train({ table: noise, seed: 1, k: 9 }))).toBe(9);
  });
});
