/**
 * How good and how fast outcome models are. Run: node --experimental-transform-types bench/outcomes.ts [contacts to score]
 * AUC by 5-fold cross-validation on the telco customers, beside scikit-learn's LogisticRegression (one-hot and
 * standardised, C chosen by its own cross-validation) on the same folds where python3-sklearn is installed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTelco, rowsOf, traitsOf } from '../sandbox/demo/telco.ts';
import { Warehouse } from '../src/engines/warehouse/warehouse.ts';
import type { OutcomeModel } from '../src/models/outcomes/outcome-model.ts';
import { aucOf } from '../src/models/outcomes/quality.ts';
import { probability } from '../src/models/outcomes/score.ts';
import { probabilitySql } from '../src/models/outcomes/score-sql.ts';
import { type OutcomeRequest, trainOutcome } from '../src/models/outcomes/train.ts';
import { sampleIndexes, seededRandom } from '../src/models/random.ts';
import type { Column, Table, Traits } from '../src/models/table.ts';
import { scoreStatement } from '../src/outcomes/score-statement.ts';

const FOLDS = 5;
const SCORED = Number(process.argv[2] ?? 1_000_000);

const SKLEARN = `
import json, sys, numpy as np
from sklearn.linear_model import LogisticRegressionCV
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.metrics import roc_auc_score
d = json.load(open(sys.argv[1]))
y = np.array(d["labels"]); fold = np.array(d["folds"])
num = np.array(d["numbers"], dtype=float).T; cat = np.array(d["categories"], dtype=object).reshape(-1, len(y)).T
num = np.where(np.isnan(num), np.nanmean(num, axis=0), num)
x = np.concatenate([num.astype(object), cat], axis=1); n = num.shape[1]
out = []
for f in range(int(fold.max()) + 1):
    p = make_pipeline(make_column_transformer((StandardScaler(), list(range(n))),
      (OneHotEncoder(handle_unknown="ignore"), list(range(n, x.shape[1])))), LogisticRegressionCV(Cs=8, max_iter=3000))
    p.fit(x[fold != f], y[fold != f])
    out.append(roc_auc_score(y[fold == f], p.predict_proba(x[fold == f])[:, 1]))
print(json.dumps(out))
`;

interface Problem {
  name: string;
  table: Table;
  labels: Uint8Array;
}

const request = (table: Table, labels: Uint8Array): OutcomeRequest => {
  const attained = labels.reduce((sum, label) => sum + label, 0);
  const population = { attained, notAttained: labels.length - attained };
  return { table, labels, population, today: 20_000, past: false, seed: 1 };
};

function ourFolds({ table, labels }: Problem, folds: number[]): number[] {
  return Array.from({ length: FOLDS }, (_, fold) => {
    const rows = (held: boolean) => [...folds.keys()].filter((row) => (folds[row] === fold) === held);
    const [learn, test] = [rows(false), rows(true)];
    const { model } = trainOutcome(
      request(
        rowsOf(table, learn),
        Uint8Array.from(learn, (row) => labels[row]!),
      ),
    );
    const scores = Float64Array.from(test, (row) => probability(model, traitsOf(table, row), 20_000));
    return aucOf(
      scores,
      Uint8Array.from(test, (row) => labels[row]!),
    );
  });
}

function sklearnFolds({ table, labels }: Problem, folds: number[], dir: string): number[] | undefined {
  const numbers = table.columns.flatMap((c) => (c.type === 'category' ? [] : [Array.from(c.values, orNull)]));
  const categories = table.columns.flatMap((c) => (c.type === 'category' ? [c.values] : []));
  writeFileSync(join(dir, 'data.json'), JSON.stringify({ numbers, categories, labels: [...labels], folds }));
  const { status, stdout } = spawnSync('/usr/bin/python3', ['-W', 'ignore', '-c', SKLEARN, join(dir, 'data.json')]);
  return status === 0 ? JSON.parse(stdout.toString()) : undefined;
}

const orNull = (value: number) => (Number.isNaN(value) ? null : value);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value / values.length, 0);

function compareAuc(problem: Problem, dir: string): void {
  const order = sampleIndexes(problem.table.size, problem.table.size, seededRandom(3));
  const folds: number[] = [];
  for (const [place, row] of order.entries()) folds[row] = place % FOLDS;
  const watch = stopwatch();
  const ours = mean(ourFolds(problem, folds));
  const took = watch();
  const theirs = sklearnFolds(problem, folds, dir);
  const peer = theirs ? `scikit-learn ${mean(theirs).toFixed(4)}` : 'scikit-learn is not installed';
  console.log(
    `${problem.name}: AUC ${ours.toFixed(4)} (${peer}), ${FOLDS} fits, each with its own validation, ${took}`,
  );
}

/** Numbers, dates, booleans and categories, some of which matter, in straight, bent and broken ways. */
function synthetic(size: number, traits: number, seed: number): Problem {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const odds = new Float64Array(size).fill(-2);
  const columns = Array.from({ length: traits }, (_, t): Column => {
    const matters = t % 3 === 0 ? 0.5 : 0;
    const trait = `trait_${t}`;
    if (t % 4 === 3) {
      const effects = Array.from({ length: 12 }, normal);
      const codes = Array.from({ length: size }, () => random.int(12));
      for (const [row, code] of codes.entries()) odds[row]! += matters * effects[code]!;
      return { trait, type: 'category', values: codes.map((code) => (random.next() < 0.05 ? '' : `level ${code}`)) };
    }
    const shape = [(x: number) => x, (x: number) => x * x - 1, (x: number) => (x > 1 ? 1.5 : 0)][((t / 3) % 3) | 0]!;
    const values = Float64Array.from({ length: size }, normal);
    for (const [row, value] of values.entries()) odds[row]! += matters * shape(value);
    return { trait, type: 'number', values: values.map((value) => (random.next() < 0.05 ? Number.NaN : value)) };
  });
  const labels = Uint8Array.from(odds, (x) => (random.next() < 1 / (1 + Math.exp(-x)) ? 1 : 0));
  return { name: `${size} x ${traits} synthetic`, table: { size, columns }, labels };
}

/** Many numbers that each matter a little, in straight ways, of few contacts: where bins can only lose. */
function straight(size: number, traits: number, seed: number): Problem {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const columns = Array.from({ length: traits }, (_, t) => {
    const values = Float64Array.from({ length: size }, normal);
    return { trait: `trait_${t}`, type: 'number' as const, values };
  });
  const weights = columns.map(() => 0.3 * normal());
  const labels = Uint8Array.from({ length: size }, (_, row) => {
    const odds = columns.reduce((sum, { values }, t) => sum + weights[t]! * values[row]!, 0);
    return random.next() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
  });
  return { name: `${size} x ${traits} straight`, table: { size, columns }, labels };
}

function timeFit(problem: Problem): OutcomeModel {
  const watch = stopwatch();
  const { model, quality, fit } = trainOutcome(request(problem.table, problem.labels));
  console.log(`${problem.name}: fitted in ${watch()}, AUC ${quality.auc.toFixed(4)}, penalty ${fit.lambda}`);
  return model;
}

async function timeScoring(name: string, model: OutcomeModel, traits: Traits[], dir: string): Promise<void> {
  const warehouse = await Warehouse.open({ dataDir: join(dir, name), memory: 6e9 });
  const copies = Math.ceil(SCORED / traits.length);
  try {
    await warehouse.insert(
      'contacts',
      traits.map((row, i) => ({ account_id: 'one', contact_id: `s${i}`, version: 1, ...row })),
    );
    await warehouse.command(
      `INSERT INTO contacts (account_id, contact_id, version, num, cat) SELECT 'all', concat(contact_id, '-', toString(copy)), 1, num, cat
       FROM contacts CROSS JOIN (SELECT number AS copy FROM numbers(${copies})) AS copies SETTINGS max_insert_threads = 1`,
    );
    await warehouse.command('OPTIMIZE TABLE contacts FINAL');
    const { sql, params } = probabilitySql(model, 20_000);
    const from = "FROM contacts FINAL WHERE account_id = 'all' AND deleted = 0";
    const time = async (what: string, statement: string, values: object) => {
      const watch = stopwatch();
      await warehouse.command(statement, { ...values });
      console.log(`${name}, ${model.traits.length} traits, ${copies * traits.length} contacts: ${what} ${watch()}`);
    };
    for (let i = 0; i < 3; i++)
      await time('probabilities', `SELECT sum(p) FROM (SELECT ${sql} AS p ${from}) FORMAT Null`, params);
    for (const onlyChanges of [false, true]) {
      const run = { versionId: 'v', model, streams: [], fields: [], at: new Date(20_000 * 86_400_000), onlyChanges };
      const statement = scoreStatement('all', run);
      await time(
        onlyChanges ? 'scoring again, nothing changed' : 'scoring with percentiles',
        statement.sql,
        statement.params,
      );
    }
  } finally {
    await warehouse.close();
  }
}

/** Wall clock, and the processor time of the process: the part that a busy machine changes less. */
function stopwatch(): () => string {
  const [started, before] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(before);
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    return `${seconds} s (processor ${((user + system) / 1e6).toFixed(2)} s)`;
  };
}

const dir = mkdtempSync(join(tmpdir(), 'reach-bench-'));
try {
  const telco = { name: 'telco', ...readTelco() };
  compareAuc(telco, dir);
  compareAuc(synthetic(10_000, 20, 1), dir);
  for (const seed of [1, 2, 3]) compareAuc(straight(1_000, 30, seed), dir);
  const telcoModel = timeFit(telco);
  const large = synthetic(50_000, 60, 2);
  const largeModel = timeFit(large);
  const rows = (problem: Problem, count: number) =>
    Array.from({ length: count }, (_, row) => traitsOf(problem.table, row % problem.table.size));
  await timeScoring('telco', telcoModel, rows(telco, 10_000), dir);
  await timeScoring('synthetic', largeModel, rows(large, 10_000), dir);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
