import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withFieldTraits } from '../../test/support/field-contacts.ts';
import { ACCOUNT, putCustomers, putTraits, telcoContacts, telcoTraits } from '../../test/support/outcome-contacts.ts';
import { type Reach, startReach, until } from '../../test/support/service.ts';
import { OutcomeVersions } from '../cohorts/outcome-versions.ts';
import { NO_FIELDS } from '../contacts/contact-fields.ts';
import { ImportListeners } from '../contacts/import-listeners.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { dayOf } from '../models/outcomes/outcome-model.ts';
import { percentileOf, probability } from '../models/outcomes/score.ts';
import type { OutcomeResult } from '../models/outcomes/train.ts';
import { OutcomesService } from './outcomes.service.ts';
import { OutcomePublishing } from './publishing.service.ts';
import { ScoresRepository } from './scores.repository.ts';

interface OutcomeBody {
  id: string;
  status: string;
  statusError: { code: string; detail: string } | null;
  publishedVersion: number | null;
  newestVersion: number;
  auc: number | null;
  grade: string | null;
}
type VersionBody = OutcomeResult & {
  stage: string;
  status: string;
  traitsAsOf: string;
  counts: { attained: number; notAttained: number; sample: number };
  scoredContacts: number | null;
};
interface ScoreBody {
  items: {
    outcomeId: string;
    probability: number;
    percentile: number;
    reasons: { trait: string; value: string; effect: number; direction: string }[];
  }[];
}

const customers = telcoContacts(3000);
let reach: Reach;
let warehouse: Warehouse;
const cohorts: Record<string, string> = {};

beforeAll(async () => {
  reach = await startReach();
  warehouse = reach.app.get(Warehouse);
  const extra = { nothing: 'number', always: 'category', reference: 'category', exit_reason: 'category' } as const;
  await putTraits(reach, { ...telcoTraits(), ...extra });
  await putCustomers(
    reach,
    customers.map(({ cat, ...customer }, i) => ({
      ...customer,
      cat: {
        ...cat,
        always: 'yes',
        reference: `ref ${i}`,
        ...(cat.churn === 'Yes' && i % 2 ? { exit_reason: 'price' } : {}),
      },
    })),
  );
  await cohort('churned', { trait: 'churn', op: 'eq', value: 'Yes' });
  await cohort('stayed long', {
    all: [{ not: { cohort: cohorts.churned } }, { trait: 'tenure', op: 'gte', value: 24 }],
  });
});
afterAll(() => reach.close());

async function cohort(name: string, condition: object): Promise<string> {
  const { status, body } = await reach.api<{ id: string }>('POST', '/v1/cohorts', { name, condition });
  expect({ status, body }).toMatchObject({ status: 201 });
  cohorts[name] = body.id;
  return body.id;
}
const get = async (id: string) => (await reach.api<OutcomeBody>('GET', `/v1/outcomes/${id}`)).body;
const getVersion = async (id: string, version = 1) =>
  (await reach.api<VersionBody>('GET', `/v1/outcomes/${id}/versions/${version}`)).body;
const ended = (id: string) =>
  until(
    () => get(id),
    ({ status }) => status === 'ready' || status === 'error',
    120_000,
  );
async function train(body: object): Promise<OutcomeBody> {
  const created = await reach.api<OutcomeBody>('POST', '/v1/outcomes', { name: 'Will churn', ...body });
  expect(created).toMatchObject({ status: 202 });
  const outcome = await ended(created.body.id);
  expect(outcome).toMatchObject({ status: 'ready', statusError: null });
  return outcome;
}
async function publish(id: string, version = 1): Promise<OutcomeBody> {
  const { status, body } = await reach.api<OutcomeBody>('POST', `/v1/outcomes/${id}/versions/${version}/publish`);
  expect({ status, body }).toMatchObject({ status: 200, body: { publishedVersion: version } });
  return body;
}
const scoresOf = async (contact: string, outcome: string) =>
  (await reach.api<ScoreBody>('GET', `/v1/contacts/${contact}/scores?outcome=${outcome}`)).body.items[0]!;
const stored = (versionId: string) =>
  warehouse.query<{ contact_id: string; probability: number; percentile: number; revision: number }>(
    'SELECT contact_id, probability, percentile, revision FROM scores FINAL WHERE account_id = {a:String} AND outcome_version_id = {v:String} ORDER BY contact_id',
    { a: ACCOUNT, v: versionId },
  );

describe('outcomes', () => {
  let churn: OutcomeBody;

  it('learns who leaves, and says how well it knows', async () => {
    churn = await train({ attained: cohorts.churned });
    const { quality, importance, bias, selection, counts } = await getVersion(churn.id);
    const churned = customers.filter(({ cat }) => cat.churn === 'Yes').length;
    expect(counts).toEqual({ attained: churned, notAttained: 3000 - churned, sample: 3000 });
    expect(quality.auc).toBeGreaterThan(0.82);
    expect(quality).toMatchObject({ grade: 'good', baseRate: churned / 3000 });
    expect(quality.aucLow).toBeLessThan(quality.auc);
    expect(quality.aucHigh).toBeGreaterThan(quality.auc);
    expect(quality.logLoss).toBeLessThan(quality.baseLogLoss);
    expect(quality.calibrationError).toBeLessThan(0.04);
    expect(quality.deciles).toHaveLength(10);
    expect(quality.deciles.reduce((sum, { contacts }) => sum + contacts, 0)).toBe(3000);
    expect(quality.deciles[9]!.captured).toBeCloseTo(1);
    for (const { lift, liftLow, liftHigh } of quality.deciles) {
      expect(liftLow).toBeLessThanOrEqual(lift);
      expect(liftHigh).toBeGreaterThanOrEqual(lift);
    }
    expect(importance.find(({ trait }) => trait === 'tenure')).toMatchObject({ direction: 'lowers' });
    expect(bias.map(({ by, source }) => [by, source])).toEqual([
      ['age', 'birth_date'],
      ['gender', 'gender'],
    ]);
    const reasons = Object.fromEntries(selection.map(({ trait, reason }) => [trait, reason]));
    expect(reasons).toMatchObject({
      churn: 'defines_outcome',
      exit_reason: 'too_perfect',
      nothing: 'all_missing',
      always: 'constant',
      reference: 'identifier_like',
    });
    expect(reasons.tenure).toBeUndefined();
  });

  it('gives the same model for the same contacts and seed, and leaves protected traits out when told to', async () => {
    const [again, fair] = [
      await train({ attained: cohorts.churned }),
      await train({ attained: cohorts.churned, excludeProtected: true }),
    ];
    expect((await getVersion(again.id)).quality).toEqual((await getVersion(churn.id)).quality);
    const { selection } = await getVersion(fair.id);
    const dropped = selection.filter(({ reason }) => reason === 'protected').map(({ trait }) => trait);
    expect(dropped.sort()).toEqual([
      'Contact age',
      'Contact gender',
      'dependents',
      'female',
      'partner',
      'senior_citizen',
    ]);
  });

  it('scores everyone on publishing as the model says in JS, with percentiles and reasons', async () => {
    await publish(churn.id);
    const live = (await reach.app.get(OutcomesService).live(ACCOUNT)).find(({ outcomeId }) => outcomeId === churn.id)!;
    const rows = await stored(live.versionId);
    expect(rows).toHaveLength(3000);
    const today = dayOf(reach.clock.now());
    for (const [i, row] of rows.entries()) {
      const { gender = '', birth_date: birthDate = '', ...own } = customers[i]!;
      const traits = withFieldTraits(own, { ...NO_FIELDS, gender, birthDate }, today);
      expect(Math.abs(row.probability - probability(live.model, traits, today))).toBeLessThan(1e-9);
      expect(Math.abs(row.percentile - percentileOf(live.cuts, row.probability))).toBeLessThan(1);
    }
    const sorted = [...rows].sort((a, b) => a.probability - b.probability);
    expect([sorted[0]!.percentile, sorted.at(-1)!.percentile]).toEqual([0, 100]);
    const best = sorted.at(-1)!;
    const { reasons, ...score } = await scoresOf(best.contact_id, churn.id);
    expect(score).toMatchObject({ outcomeId: churn.id, probability: best.probability, percentile: 100 });
    expect(reasons[0]).toMatchObject({ direction: 'raises' });
    expect((await getVersion(churn.id)).scoredContacts).toBe(3000);
  });

  it('is asked in conditions, and cannot be deleted while one uses it', async () => {
    const top = await cohort('top tenth', { outcome: churn.id, percentile: { gte: 90 } });
    const sized = await until(
      async () => (await reach.api<{ size: number | null; summary: string }>('GET', `/v1/cohorts/${top}`)).body,
      ({ size }) => size !== null,
    );
    expect(sized.summary).toBe('Will churn: percentile is at least 90');
    expect(sized.size).toBeGreaterThan(250);
    expect(sized.size).toBeLessThan(320);
    const refused = await reach.api<{ code: string }>('DELETE', `/v1/outcomes/${churn.id}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'in_use' } });
    const used = await reach.api<{ code: string }>('DELETE', `/v1/cohorts/${cohorts.churned}`);
    expect(used).toMatchObject({ status: 409, body: { code: 'in_use' } });
    const unknown = await reach.api<{ errors: object[] }>('POST', '/v1/cohorts', {
      name: 'x',
      condition: {
        any: [
          { outcome: 'out_none', percentile: { gte: 90 } },
          { outcome: churn.id },
          { outcome: churn.id, probability: { gte: 'x' } },
        ],
      },
    });
    expect(unknown.status).toBe(422);
    expect(unknown.body.errors).toMatchObject([
      { path: 'condition.any[0].outcome', code: 'unknown_outcome' },
      { path: 'condition.any[1]', code: 'missing_field' },
      { path: 'condition.any[2].probability.gte', code: 'wrong_type' },
    ]);
    await reach.api('DELETE', `/v1/cohorts/${top}`);
  });

  it('scores again after an import, and writes only what changed', async () => {
    const { versionId } = (await reach.app.get(OutcomesService).live(ACCOUNT)).find(
      ({ outcomeId }) => outcomeId === churn.id,
    )!;
    const before = await stored(versionId);
    const order = [...before].sort((a, b) => b.probability - a.probability);
    const [high, low] = [order[0]!, order.at(-1)!].map(
      (row) => customers.find((c) => c.contact_id === row.contact_id)!,
    );
    await putCustomers(reach, [
      { ...high!, contact_id: low!.contact_id },
      { ...high!, contact_id: 'con_new' },
    ]);
    await reach.app.get(ImportListeners).notify(ACCOUNT, 'dst_test');
    const after = await until(
      () => stored(versionId),
      (rows) => rows.length === 3001,
    );
    const written = after.filter(({ revision }) => revision > before[0]!.revision).map(({ contact_id }) => contact_id);
    expect(written).toEqual(expect.arrayContaining([low!.contact_id, 'con_new']));
    expect(written.length).toBeLessThan(30);
    await putCustomers(reach, [low!, { contact_id: 'con_new', deleted: 1 }]);
    expect((await reach.api('GET', '/v1/contacts/con_new/scores')).status).toBe(404);
  });

  it('learns from attrition alone when it is given', async () => {
    const outcome = await train({ attained: cohorts.churned, attrition: cohorts['stayed long'] });
    const { counts, selection } = await getVersion(outcome.id);
    const long = customers.filter(({ num, cat }) => cat.churn === 'No' && num.tenure! >= 24).length;
    expect(counts.notAttained).toBe(long);
    expect(selection.find(({ trait }) => trait === 'tenure')).toMatchObject({ used: false, reason: 'defines_outcome' });
  });

  it('trains versions, publishes and rolls back, and shows a model card', async () => {
    const path = `/v1/outcomes/${churn.id}/versions`;
    const second = await reach.api<{ version: number }>('POST', path, { traits: ['tenure', 'contract'], seed: 3 });
    expect(second).toMatchObject({ status: 202, body: { version: 2, stage: 'draft' } });
    await ended(churn.id);
    const { selection } = await getVersion(churn.id, 2);
    expect(
      selection
        .filter(({ used }) => used)
        .map(({ trait }) => trait)
        .sort(),
    ).toEqual(['contract', 'tenure']);
    await publish(churn.id, 2);
    expect((await getVersion(churn.id, 1)).stage).toBe('retired');
    await publish(churn.id, 1);
    expect(await get(churn.id)).toMatchObject({ publishedVersion: 1, newestVersion: 2 });
    const card = await reach.api<string>('GET', `${path}/1/card.html`);
    expect(card.status).toBe(200);
    expect(card.headers.get('content-type')).toContain('text/html');
    expect(card.body).toContain('Model card: Will churn, version 1');
    expect(card.body).not.toMatch(/<script|https?:\/\/|src=|NaN|undefined/);
  });

  it('scores those whom an import brings while a version is being published', async () => {
    const live = async () =>
      (await reach.app.get(OutcomesService).live(ACCOUNT)).find(({ outcomeId }) => outcomeId === churn.id)!.versionId;
    const before = await live();
    const has = (rows: { contact_id: string }[]) => rows.some(({ contact_id }) => contact_id === 'con_between');
    const scores = reach.app.get(ScoresRepository);
    const score = scores.score.bind(scores);
    jest.spyOn(scores, 'score').mockImplementationOnce(async (account, run) => {
      await score(account, run);
      await putCustomers(reach, [{ ...customers[0]!, contact_id: 'con_between' }]);
      await reach.app.get(ImportListeners).notify(ACCOUNT, 'dst_test');
      await until(() => stored(before), has);
    });
    await publish(churn.id, 2);
    expect(has(await stored(await live()))).toBe(true);
    await putCustomers(reach, [{ contact_id: 'con_between', deleted: 1 }]);
  });

  it('finishes a publication that broke off once it was live, and tells once', async () => {
    const told = jest.spyOn(reach.app.get(OutcomeVersions), 'scored');
    told.mockRejectedValueOnce(new Error('the process died'));
    const { status } = await reach.api('POST', `/v1/outcomes/${churn.id}/versions/1/publish`);
    expect(status).toBe(500);
    expect(await get(churn.id)).toMatchObject({ publishedVersion: 1 });
    told.mockClear();
    const live = await reach.app.get(OutcomesService).live(ACCOUNT);
    const { versionId } = live.find(({ outcomeId }) => outcomeId === churn.id)!;
    for (let turn = 0; turn < 2; turn++)
      await reach.app.get(OutcomePublishing).finishLater({ accountId: ACCOUNT, versionId });
    expect(told.mock.calls).toEqual([[ACCOUNT, churn.id]]);
  });

  it('gives versions asked for at once a number each', async () => {
    const train = () =>
      reach.app.get(OutcomesService).train({ accountId: ACCOUNT, role: 'admin', name: 'test' }, churn.id, {});
    const added = await Promise.all([train(), train()]);
    expect(added.map(({ version }) => version).sort()).toEqual([3, 4]);
    for (const version of [3, 4]) {
      await until(
        () => getVersion(churn.id, version),
        ({ status }) => status === 'ready',
      );
    }
  });

  it('is listed and deleted', async () => {
    const listed = await reach.api<{ items: OutcomeBody[]; nextCursor: string | null }>('GET', '/v1/outcomes?limit=1');
    expect(listed.body.items).toHaveLength(1);
    expect(listed.body.nextCursor).not.toBeNull();
    expect((await reach.api('DELETE', `/v1/outcomes/${churn.id}`)).status).toBe(204);
    expect((await reach.api('GET', `/v1/outcomes/${churn.id}`)).status).toBe(404);
  });
});
