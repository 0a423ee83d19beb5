import { describe, expect, it } from '@jest/globals';
import { Matrix, solve } from 'ml-matrix';
import { seededRandom } from '../random.ts';
import type { Column, Table, Traits } from '../table.ts';
import { fitBins } from './bins.ts';
import { designOf } from './design.ts';
import { OutcomeError } from './errors.ts';
import { fitLogistic, logOddsOf } from './logistic.ts';
import { aucOf, qualityOf } from './quality.ts';
import { percentileOf, probability, reasonsOf } from './score.ts';
import { type OutcomeRequest, trainOutcome } from './train.ts';

const TODAY = 20_000;

/** Contacts whose log-odds are known: a bent number, a date, a category, a flag, and noise; some lack a value. */
function example(size: number, seed = 1, base = -1) {
  const random = seededRandom(seed);
  const gap = <T>(value: T, missing: T) => (random.next() < 0.05 ? missing : value);
  const spend = Array.from({ length: size }, () => random.next() * 100);
  const signup = Array.from({ length: size }, () => TODAY - random.int(1000));
  const plan = Array.from({ length: size }, () => ['gold', 'silver', 'basic'][random.int(3)]!);
  const vip = Array.from({ length: size }, () => random.int(2));
  const odds = spend.map(
    (value, i) =>
      base +
      Math.abs(value - 50) / 15 -
      1.5 +
      (TODAY - signup[i]! - 500) / 400 +
      (plan[i] === 'gold' ? 1 : 0) -
      vip[i]!,
  );
  const labels = Uint8Array.from(odds, (x) => (random.next() < 1 / (1 + Math.exp(-x)) ? 1 : 0));
  const columns: Column[] = [
    { trait: 'spend', type: 'number', values: Float64Array.from(spend, (value) => gap(value, Number.NaN)) },
    { trait: 'signup', type: 'date', values: Float64Array.from(signup) },
    { trait: 'plan', type: 'category', values: plan.map((value) => gap(value, '')) },
    { trait: 'vip', type: 'boolean', values: Float64Array.from(vip) },
    { trait: 'noise', type: 'number', values: Float64Array.from({ length: size }, () => random.next()) },
  ];
  return { table: { size, columns } as Table, labels, odds };
}

function request(
  { table, labels }: { table: Table; labels: Uint8Array },
  more: Partial<OutcomeRequest> = {},
): OutcomeRequest {
  const attained = labels.reduce((sum, label) => sum + label, 0);
  const population = { attained, notAttained: labels.length - attained };
  return { table, labels, population, today: TODAY, past: false, seed: 1, ...more };
}

const withColumn = (data: ReturnType<typeof example>, column: Column) => ({
  ...data,
  table: { ...data.table, columns: [...data.table.columns, column] },
});
const reasonOf = (result: ReturnType<typeof trainOutcome>, trait: string) =>
  result.selection.find((each) => each.trait === trait);
const refusal = (run: () => unknown): OutcomeError => {
  try {
    run();
  } catch (error) {
    if (error instanceof OutcomeError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

describe('training an outcome', () => {
  const data = example(4000);
  const result = trainOutcome(request(data));

  it('comes close to the best that can be known', () => {
    const best = aucOf(Float64Array.from(data.odds), data.labels);
    expect(result.quality.auc).toBeGreaterThan(best - 0.02);
    expect(result.quality.auc).toBeLessThan(best + 0.005);
    expect(result.fit.calibration.slope).toBeCloseTo(1, 0);
  });

  it('orders traits by what they do, and says which way', () => {
    const order = result.importance.map(({ trait }) => trait);
    expect(order.at(-1)).toBe('noise');
    const of = (trait: string) => result.importance.find((each) => each.trait === trait)!;
    expect(of('signup')).toMatchObject({ direction: 'raises', statement: 'Longer ago signup raises it.' });
    expect(of('vip')).toMatchObject({ direction: 'lowers' });
    expect(of('spend')).toMatchObject({ direction: 'mixed' });
    expect(of('plan').statement).toMatch(/^plan gold raises it most/);
    expect(result.importance.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  it('adds 0 on average with every trait, and the mean probability is the base rate', () => {
    for (const { effects } of result.importance) {
      const sum = effects.reduce((total, { effect, contacts }) => total + effect * contacts, 0);
      expect(sum / 4000).toBeCloseTo(0, 8);
    }
    const { bins, mean } = { bins: result.quality.calibration, mean: result.quality.baseRate };
    const predicted = bins.reduce((sum, { predicted, contacts }) => sum + predicted * contacts, 0) / 4000;
    expect(predicted).toBeCloseTo(mean, 2);
  });

  it('gives the same result for the same request', () => {
    expect(trainOutcome(request(data))).toEqual(result);
  });

  it('corrects for a sample in which one side is drawn more often', () => {
    const rows = [...data.labels.keys()].filter((row) => data.labels[row] === 1 || row % 4 === 0);
    const columns = data.table.columns.map(
      (column): Column =>
        column.type === 'category'
          ? { ...column, values: rows.map((row) => column.values[row]!) }
          : { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) },
    );
    const { population } = request(data);
    const labels = Uint8Array.from(rows, (row) => data.labels[row]!);
    const drawn = trainOutcome(request({ table: { size: rows.length, columns }, labels }, { population }));
    expect(drawn.quality.baseRate).toBeCloseTo(result.quality.baseRate, 10);
    expect(drawn.model.intercept).toBeCloseTo(result.model.intercept, 0);
    expect(drawn.quality.calibrationError).toBeLessThan(0.03);
    expect(drawn.quality.deciles.reduce((sum, { contacts }) => sum + contacts, 0)).toBeGreaterThan(3990);
  });

  it('treats a missing value and one that it never saw as what they are', () => {
    const contact = (cat: Record<string, string>): Traits => ({ num: { spend: 80, signup: TODAY - 100, vip: 0 }, cat });
    const [unseen, missing] = [contact({ plan: 'platinum' }), contact({})].map((c) =>
      probability(result.model, c, TODAY),
    );
    const without = reasonsOf(result.model, contact({ plan: 'platinum' }), TODAY).find(({ trait }) => trait === 'plan');
    expect(without).toBeUndefined();
    expect(Math.abs(unseen! - missing!)).toBeLessThan(0.1);
    expect(probability(result.model, { num: {}, cat: {} }, TODAY)).toBeGreaterThan(0);
  });
});

describe('what is straight', () => {
  const random = seededRandom(8);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const straight = (size: number, count: number, base: number, weight: (trait: number) => number) => {
    const columns = Array.from({ length: count }, (_, t) => ({
      trait: `t${t}`,
      type: 'number' as const,
      values: Float64Array.from({ length: size }, gauss),
    }));
    const odds = Float64Array.from({ length: size }, (_, row) =>
      columns.reduce((sum, { values }, t) => sum + weight(t) * values[row]!, base),
    );
    const labels = Uint8Array.from(odds, (x) => (random.next() < 1 / (1 + Math.exp(-x)) ? 1 : 0));
    return { data: { table: { size, columns } as Table, labels }, best: aucOf(odds, labels) };
  };

  it.each([
    ['few contacts and many weak traits', 600, 30, 0, () => 0.3, 0.03],
    ['many contacts of whom few attained', 12_000, 20, -5, (t: number) => (t < 4 ? 0.6 : 0), 0.03],
  ] as const)('is learnt as straight: %s', (_, size, count, base, weight, short) => {
    const { data, best } = straight(size, count, base, weight);
    expect(trainOutcome(request(data)).quality.auc).toBeGreaterThan(best - short);
  });

  it('is not left out for setting the two sides apart well', () => {
    const { data, best } = straight(4000, 2, 0, (t) => (t === 0 ? 4 : 0));
    expect(best).toBeGreaterThan(0.92);
    expect(trainOutcome(request(data)).selection).toMatchObject([{ used: true }, { used: true }]);
  });
});

describe('leaving traits out', () => {
  const data = example(2000, 2);
  const flag = (values: (label: number, row: number) => number): Column => ({
    trait: 'extra',
    type: 'number',
    values: Float64Array.from(data.labels, values),
  });

  it.each<[string, Column, string | undefined]>([
    ['a copy of the answer', flag((label) => label), 'too_perfect'],
    ['a nearly perfect copy', flag((label, row) => (row % 500 === 0 ? 1 - label : label)), 'too_perfect'],
    [
      'a value that only some of those who attained have',
      flag((label, row) => (label && row % 3 === 0 ? 7 : Number.NaN)),
      'too_perfect',
    ],
    [
      'an amount that only those who attained have',
      flag((label, row) => (label && row % 3 === 0 ? row : 0)),
      'too_perfect',
    ],
    ['a good trait', flag((label, row) => (row % 4 === 0 ? 1 - label : label)), undefined],
    ['a constant', flag(() => 3), 'constant'],
    ['a constant that half of the contacts have', flag((_, row) => (row % 2 ? 3 : Number.NaN)), undefined],
    ['nothing', flag(() => Number.NaN), 'all_missing'],
    ['a running number', flag((_, row) => row + 1_000_000), 'identifier_like'],
  ])('%s', (_, column, reason) => {
    const extra = reasonOf(trainOutcome(request(withColumn(data, column))), 'extra');
    expect(extra).toMatchObject({ used: reason === undefined });
    expect(extra?.reason).toBe(reason);
    if (reason) expect(extra?.detail).toMatch(/\.$/);
  });

  it('does not take a value for a record of the outcome because the sample holds more of those who attained', () => {
    // every two-hundredth contact who did not attain has it, and two thirds of those who did
    const value = flag((label, row) => (label ? Number(row % 3 > 0) : Number(row % 200 === 0)));
    const attained = data.labels.reduce((sum, label) => sum + label, 0);
    const rare = { population: { attained, notAttained: 40 * (2000 - attained) } };
    expect(reasonOf(trainOutcome(request(withColumn(data, value))), 'extra')?.reason).toBe('too_perfect');
    expect(reasonOf(trainOutcome(request(withColumn(data, value), rare)), 'extra')).toMatchObject({ used: true });
  });

  it('leaves out what the cohorts ask for, protected traits when told to, and dates from after the day that is learnt from', () => {
    const age: Column = {
      trait: 'age',
      type: 'number',
      values: Float64Array.from({ length: 2000 }, (_, i) => 20 + (i % 50)),
    };
    const more = { defining: ['vip'], excludeProtected: true, today: TODAY - 100, past: true };
    const result = trainOutcome(request(withColumn(data, age), more));
    expect(reasonOf(result, 'vip')?.reason).toBe('defines_outcome');
    expect(reasonOf(result, 'age')?.reason).toBe('protected');
    expect(reasonOf(result, 'signup')).toMatchObject({ used: false, reason: 'after_the_fact' });
    expect(reasonOf(trainOutcome(request(data, { today: TODAY - 100 })), 'signup')).toMatchObject({ used: true });
    expect(result.bias).toMatchObject([{ by: 'age', source: 'age' }]);
  });
});

describe('refusing to train', () => {
  it('needs 100 contacts on both sides', () => {
    const data = example(2000, 3, -7);
    const few = refusal(() => trainOutcome(request(data)));
    expect(few).toMatchObject({ code: 'too_few_attained', path: 'attained' });
    expect(few.message).toMatch(/^Only \d+ eligible contacts have attained/);
    const most = { ...data, labels: data.labels.map((label) => 1 - label) };
    expect(refusal(() => trainOutcome(request(most)))).toMatchObject({
      code: 'too_few_not_attained',
      path: 'eligible',
    });
  });

  it('needs a trait, and names those that were left out', () => {
    const { table, labels } = example(1000, 4);
    const none = refusal(() => trainOutcome(request({ table, labels }, { traits: ['vip'], defining: ['vip'] })));
    expect(none).toMatchObject({ code: 'too_few_traits', path: 'traits' });
    expect(none.message).toContain('vip (defines_outcome)');
  });

  it('says of an outcome that nothing tells that it is no better than chance', () => {
    const data = example(3000, 5);
    const random = seededRandom(9);
    const { quality } = trainOutcome(request({ ...data, labels: data.labels.map(() => random.int(2)) }));
    expect(quality.auc).toBeLessThan(0.56);
    expect(quality.grade).toBe('none');
  });
});

describe('the parts', () => {
  it('finds the minimum that dense Newton steps find', () => {
    const { table, labels } = example(600, 6);
    const design = designOf(
      table,
      table.columns.map((column) => fitBins(column, TODAY)),
      TODAY,
    );
    const rows = Int32Array.from(labels.keys());
    const { weights } = fitLogistic(design, labels, rows, 2);
    const unit = (j: number) => Float64Array.from({ length: design.width }, (_, k) => Number(j === k));
    const x = new Matrix(
      Array.from({ length: design.width }, (_, j) => Array.from(logOddsOf(design, rows, unit(j)))),
    ).transpose();
    let dense = Matrix.zeros(design.width, 1);
    for (let step = 0; step < 30; step++) {
      const p = x
        .mmul(dense)
        .to1DArray()
        .map((odds) => 1 / (1 + Math.exp(-odds)));
      const penalty = Matrix.diag(Array.from(design.penalties, (share) => 2 * share));
      const gradient = x
        .transpose()
        .mmul(Matrix.columnVector(p.map((value, row) => value - labels[row]!)))
        .add(penalty.mmul(dense));
      const curved = x.clone();
      for (const [row, value] of p.entries()) curved.mulRow(row, value * (1 - value));
      dense = dense.sub(solve(x.transpose().mmul(curved).add(penalty), gradient));
    }
    const ours = logOddsOf(design, rows, weights);
    const theirs = x.mmul(dense).to1DArray();
    expect(Math.max(...theirs.map((value, row) => Math.abs(value - ours[row]!)))).toBeLessThan(1e-3);
  });

  it('counts AUC as pairs in the right order, ties half', () => {
    const scores = Float64Array.from([0.1, 0.4, 0.4, 0.4, 0.9, 0.3]);
    const labels = Uint8Array.from([0, 1, 0, 1, 1, 0]);
    expect(aucOf(scores, labels)).toBeCloseTo(8 / 9);
    expect(aucOf(new Float64Array(4), Uint8Array.from([0, 1, 0, 1]))).toBe(0.5);
    expect(aucOf(scores, new Uint8Array(6))).toBe(0.5);
  });

  it('measures the log loss, Brier score and tenths of a perfect and of a useless model', () => {
    const labels = Uint8Array.from({ length: 1000 }, (_, i) => Number(i % 5 === 0));
    const perfect = qualityOf(
      { logOdds: Float64Array.from(labels, (y) => (y ? 20 : -20)), labels, weights: [1, 1] },
      1,
    );
    expect(perfect).toMatchObject({ auc: 1, aucLow: 1, aucHigh: 1, grade: 'excellent' });
    expect(perfect.brier).toBeLessThan(1e-8);
    expect(perfect.deciles.map(({ lift }) => lift)).toEqual([5, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(perfect.roc.some(({ falsePositives, truePositives }) => falsePositives === 0 && truePositives === 1)).toBe(
      true,
    );
    const useless = qualityOf({ logOdds: new Float64Array(1000).fill(Math.log(0.25)), labels, weights: [1, 1] }, 1);
    expect(useless).toMatchObject({ auc: 0.5, grade: 'none' });
    expect(useless.logLoss).toBeCloseTo(useless.baseLogLoss);
    expect(useless.roc).toEqual([
      { falsePositives: 0, truePositives: 0 },
      { falsePositives: 1, truePositives: 1 },
    ]);
  });

  it('places a probability among those of everyone', () => {
    const cuts = Array.from({ length: 101 }, (_, i) => (i < 50 ? 0.2 : 0.2 + (i - 49) / 100));
    expect(percentileOf(cuts, 0.1)).toBe(0);
    expect(percentileOf(cuts, 0.2)).toBe(0);
    expect(percentileOf(cuts, 0.5)).toBeCloseTo(79);
    expect(percentileOf(cuts, 0.505)).toBeCloseTo(79.5);
    expect(percentileOf(cuts, 0.9)).toBe(100);
    expect(percentileOf([], 0.5)).toBe(0);
  });
});
