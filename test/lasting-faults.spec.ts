import { eq } from 'drizzle-orm';
import { google } from '../connectors/google/definition.ts';
import type { Fault } from '../sandbox/faults.ts';
import type { Outcome } from '../sandbox/google/state.ts';
import { batches, uploads } from '../src/deliveries/deliveries.tables.ts';
import type { Db } from '../src/engines/database/database.ts';
import { DB } from '../src/engines/database/token.ts';
import { codesOf, expectSumsUp, Lab, type LabDelivery, sum } from './support/lab.ts';
import type { Person, RunAnswer } from './support/steps.ts';

/** Faults that stay: the run says what is wrong, nothing is claimed that did not happen, and the next run repairs. */

const USERS = { method: 'POST', path: '/users' };
const INGEST = { path: 'audienceMembers:ingest' };
const EVER = { times: 'always' } as const;

const LASTING: [LabDelivery['type'], string, Fault, string][] = [
  ['facebook', 'answers 500 for ever', { match: USERS, do: 'status', status: 500, body: {}, ...EVER }, 'transient'],
  ['facebook', 'answers with an error we do not know', { match: USERS, do: 'error', code: 99999, ...EVER }, 'unknown'],
  [
    'facebook',
    'wants the terms accepted',
    { match: USERS, do: 'error', code: 200, subcode: 1870090, ...EVER },
    'policy',
  ],
  ['facebook', 'accepts without ever saying so', { match: USERS, do: 'reset', apply: true, ...EVER }, 'transient'],
  ['google', 'answers 503 for ever', { match: INGEST, do: 'status', status: 503, body: {}, ...EVER }, 'transient'],
  ['google', 'accepts without ever saying so', { match: INGEST, do: 'reset', apply: true, ...EVER }, 'transient'],
  ['google', 'refuses the account', { match: INGEST, do: 'error', code: 'PERMISSION_DENIED', ...EVER }, 'config'],
  [
    'sftp',
    'has a full disk',
    { match: { method: 'WRITE', afterBytes: 1000 }, do: 'status', status: 4, ...EVER },
    'config',
  ],
  ['sftp', 'permits no new file', { match: { method: 'OPEN' }, do: 'status', status: 3, ...EVER }, 'config'],
  ['sftp', 'permits no renaming', { match: { method: 'POSIX-RENAME' }, do: 'status', status: 3, ...EVER }, 'config'],
  [
    'sftp',
    'loses the connection at every rename',
    { match: { method: 'POSIX-RENAME' }, do: 'reset', ...EVER },
    'transient',
  ],
];

describe('a delivery into a fault that stays', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab.close());

  const members = async ({ id }: LabDelivery) => {
    const { segments } = await lab.world.ask<{ segments: { members: number }[] }>('GET', `/v1/deliveries/${id}`);
    return sum(segments.map((segment) => segment.members));
  };
  const toSend = (run: RunAnswer) => sum(run.segments.map(({ planned }) => planned.adds + planned.refreshes));
  const ends = (run: RunAnswer) => run.segments.flatMap(({ uploads }) => uploads.map(({ status }) => status));
  const withdraw = async (person: Person) => {
    person.consent = 'denied';
    await lab.bring(person);
  };
  const withdrawnButDelivered = async () => {
    const { body } = await lab.world.reach.api('GET', '/metrics');
    return Number(/reach_withdrawn_but_delivered\{[^}]*\} (\d+)/.exec(String(body))?.[1]);
  };

  it.each(LASTING)('%s %s', async (type, _, fault, code) => {
    const delivery = await lab.deliver(type);
    lab.arm(delivery, fault);
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('failed');
    expect(codesOf(run)).toEqual([code, code]);
    expect(run.reason).toBeTruthy();
    expect(await members(delivery)).toBe(0);
    if (!('apply' in fault)) expect(lab.rows(delivery)).toBe(0);
    lab.heal();
    const repair = await lab.run(delivery);
    expect(repair.verdict).toBe('confirmed');
    expect(toSend(repair)).toBe(toSend(run));
    expectSumsUp(repair);
    await lab.expectExact(delivery);
  });

  it('counts who is in a file that was begun anew once', async () => {
    const accepted = async () => {
      const { body } = await lab.world.reach.api('GET', '/metrics');
      return Number(/reach_sent_contacts\{[^}]*verdict="accepted"[^}]*\} (\d+)/.exec(String(body))?.[1]);
    };
    const delivery = await lab.deliver('sftp');
    const run = await lab.run(delivery);
    const before = await accepted();
    expect(before).toBeGreaterThan(0);
    const db = lab.world.reach.app.get<Db>(DB);
    const uploadId = run.segments[0]!.uploads[0]!.id;
    const [batch] = await db.select().from(batches).where(eq(batches.uploadId, uploadId));
    expect(batch!.accepted).toBeGreaterThan(0);
    await db.insert(batches).values({ ...batch!, attempt: batch!.attempt + 1 });
    expect(await accepted()).toBe(before);
    await db
      .update(uploads)
      .set({ attempt: batch!.attempt + 1 })
      .where(eq(uploads.id, uploadId));
    expect(await accepted()).toBe(before);
  });

  it('whoever leaves after a failed run is taken out wherever that run may have put them', async () => {
    const deliveries: LabDelivery[] = [];
    for (const [type, fault] of [
      ['facebook', { match: USERS, do: 'reset', apply: true, ...EVER }],
      ['google', { match: INGEST, do: 'reset', apply: true, ...EVER }],
      ['sftp', { match: { method: 'POSIX-RENAME' }, do: 'status', status: 3, ...EVER }],
    ] as [LabDelivery['type'], Fault][]) {
      const delivery = await lab.deliver(type);
      lab.arm(delivery, fault);
      expect((await lab.run(delivery)).verdict).toBe('failed');
      deliveries.push(delivery);
    }
    const removed = await lab.deliver('google');
    expect((await lab.run(removed)).verdict).toBe('confirmed');
    lab.heal();
    await withdraw(lab.people[20]!);
    for (const delivery of deliveries) {
      const run = await lab.run(delivery);
      expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
      await lab.expectExact(delivery);
    }
    // a removal that Google takes, and later says it did not carry out
    lab.world.sandbox.google.script({ status: 'FAILED' });
    const failed = await lab.run(removed);
    expect(failed).toMatchObject({ verdict: 'failed' });
    const again = await lab.run(removed);
    expect(again.verdict).toBe('confirmed');
    expect(sum(again.segments.map(({ planned }) => planned.removes))).toBe(1);
    await lab.expectExact(removed);
  });

  it('whoever comes back to a list of google is sent again, though it never said that it took them out', async () => {
    const delivery = await lab.deliver('google');
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    const movers = lab.people.filter(({ plan, consent }) => plan === 'basic' && consent !== 'denied').slice(0, 4);
    for (const person of movers) Object.assign(person, { plan: 'premium', spend: 930 });
    await lab.bring(...movers);
    lab.arm(delivery, { match: { path: 'audienceMembers:remove' }, do: 'reset', apply: true, ...EVER });
    expect((await lab.run(delivery)).verdict).toBe('partly-failed');
    lab.heal();
    for (const person of movers) Object.assign(person, { plan: 'basic', spend: 25 });
    await lab.bring(...movers);
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('confirmed');
    expect(toSend(run)).toBe(movers.length);
    await lab.expectExact(delivery);
  });

  it('facebook refuses to make an audience smaller: who left may be there, and is removed by the next run', async () => {
    const delivery = await lab.deliver('facebook');
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await withdraw(lab.people[30]!);
    lab.arm(delivery, { match: USERS, do: 'error', code: 200, subcode: 1870047, ...EVER });
    const refused = await lab.run(delivery);
    expect(refused.verdict).toBe('failed');
    expect(codesOf(refused)).toContain('policy');
    expect(lab.rows(delivery)).toBe(lab.people.filter(({ consent }) => consent !== 'denied').length + 1);
    expect(await withdrawnButDelivered()).toBeGreaterThan(0);
    lab.heal();
    const next = await lab.run(delivery);
    expect(next.verdict).toBe('confirmed');
    expect(sum(next.segments.map(({ planned }) => planned.removes))).toBe(1);
    await lab.expectExact(delivery);
  });

  it('facebook calls entries invalid without saying which: the run says how many', async () => {
    const delivery = await lab.deliver('facebook');
    lab.world.sandbox.facebook.options.refuseRows = 7;
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('confirmed-with-rejects');
    expect(sum(run.segments.map(({ counts }) => counts.unattributed + counts.rejected))).toBe(7);
    expectSumsUp(run);
  });

  it('facebook revokes the token: the connection stops, says why, and goes on with a new one', async () => {
    const delivery = await lab.deliver('facebook');
    const { token } = lab.world.sandbox.facebook.options;
    lab.arm(delivery, { match: USERS, do: 'slow', milliseconds: 1 });
    token.valid = false;
    const connection = `/v1/connections/${delivery.connectionId}`;
    await lab.world.ask('POST', `${connection}/check`);
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('failed');
    expect(codesOf(run)).toContain('auth');
    expect(await lab.world.ask('GET', connection)).toMatchObject({ status: 'stopped' });
    const refused = await lab.world.reach.api<{ code: string }>('POST', `/v1/deliveries/${delivery.id}/runs`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'connection_stopped' } });
    token.valid = true;
    const { accessToken } = lab.world.sandbox.credentials.facebook;
    await lab.world.ask('PATCH', connection, { settings: { accessToken } });
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
  });

  it('google revokes the grant in the middle of a run', async () => {
    const delivery = await lab.deliver('google');
    const { google } = lab.world.sandbox;
    google.oauth.grantValid = false;
    google.tokens.expireAccessTokens();
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('failed');
    expect(codesOf(run)).toContain('auth');
    google.oauth.grantValid = true;
    const { refreshToken } = lab.world.sandbox.credentials.google;
    await lab.world.ask('PATCH', `/v1/connections/${delivery.connectionId}`, { settings: { refreshToken } });
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
  });

  it.each(['facebook', 'google'] as const)(
    '%s lost the audiences: the run says so, a full resync makes new ones',
    async (type) => {
      const delivery = await lab.deliver(type);
      const first = await lab.run(delivery);
      expect(first.verdict).toBe('confirmed');
      const ids = first.segments.flatMap(({ remote }) => (remote ? [remote.id] : []));
      if (type === 'google') for (const id of ids) lab.world.sandbox.google.state.lists.delete(id);
      else for (const id of ids) await deleteAudience(lab, id);
      await withdraw(lab.people[type === 'google' ? 30 : 32]!);
      await withdraw(lab.people[type === 'google' ? 31 : 33]!);
      const run = await lab.run(delivery);
      expect(run.verdict).toBe('failed');
      expect(new Set(codesOf(run))).toEqual(new Set(['audience-missing']));
      const { id } = await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${delivery.id}/runs`, {
        resync: true,
      });
      expect((await lab.world.finished(id)).verdict).toBe('confirmed');
      await lab.expectExact(delivery);
    },
  );

  it('google takes a part, and later says so', async () => {
    const delivery = await lab.deliver('google');
    const errorCounts = [{ reason: 'PROCESSING_ERROR_REASON_INVALID_EMAIL', recordCount: 3 }];
    lab.world.sandbox.google.script({ status: 'PARTIAL_SUCCESS', errorCounts });
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('confirmed-with-rejects');
    expect(ends(run).sort()).toEqual(['confirmed', 'partial']);
    expect(sum(run.segments.map(({ counts }) => counts.unattributed))).toBe(3);
    expect(sum(run.segments.map(({ counts }) => counts.ok))).toBe(lab.rows(delivery));
    expectSumsUp(run);
  });

  /** Uploads of so few people have several requests. */
  const inBatchesOf = async (size: number, work: () => Promise<void>) => {
    const { batchSize } = google.capabilities;
    google.capabilities.batchSize = size;
    await work().finally(() => {
      google.capabilities.batchSize = batchSize;
    });
  };

  it('google fails one request of several later: whom it brought are sent again, and nobody else', async () => {
    const delivery = await lab.deliver('google');
    await inBatchesOf(50, async () => {
      lab.world.sandbox.google.script({ status: 'FAILED' });
      const run = await lab.run(delivery);
      expect(run.verdict).toBe('confirmed-with-rejects');
      expect(ends(run).sort()).toEqual(['confirmed', 'partial']);
      expect(sum(run.segments.map(({ counts }) => counts.unattributed))).toBe(50);
      expectSumsUp(run);
      expect(await members(delivery)).toBe(lab.rows(delivery));
      const repair = await lab.run(delivery);
      expect(repair.verdict).toBe('confirmed');
      expect(toSend(repair)).toBe(50);
      await lab.expectExact(delivery);
      expect((await lab.run(delivery)).verdict).toBe('unchanged');
    });
  });

  it('google fails one half of a batch later: all of the batch is sent again', async () => {
    const delivery = await lab.deliver('google');
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    const changed = lab.people.filter(({ plan, consent }) => plan === 'basic' && consent !== 'denied').slice(0, 4);
    for (const person of changed) person.first = 'Halved';
    await lab.bring(...changed);
    lab.arm(delivery, { match: INGEST, do: 'error', code: 'INVALID_ARGUMENT' });
    lab.world.sandbox.google.script({}, {}, { status: 'FAILED' }); // their old keys, one half, the other
    expect(ends(await lab.run(delivery))).toEqual(['confirmed', 'partial']);
    const repair = await lab.run(delivery);
    expect(repair.verdict).toBe('confirmed');
    expect(toSend(repair)).toBe(changed.length);
    await lab.expectExact(delivery);
  });

  it.each<[string, number, Outcome, number]>([
    ['fails', 1, { status: 'FAILED' }, 1],
    ['carries out a part of', 50, { errorCounts: [{ reason: 'INTERNAL_ERROR', recordCount: 1 }] }, 3],
  ])('google %s a removal of several later: those are taken out again', async (_, size, outcome, left) => {
    const delivery = await lab.deliver('google');
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    const leavers = lab.people.filter(({ plan, consent }) => plan === 'basic' && consent !== 'denied').slice(-3);
    for (const person of leavers) person.consent = 'denied';
    await lab.bring(...leavers);
    await inBatchesOf(size, async () => {
      lab.world.sandbox.google.script(outcome);
      const run = await lab.run(delivery);
      expect(ends(run)).toEqual(['partial']);
      expect(sum(run.segments.map(({ counts }) => counts.removed))).toBe(3 - left);
      const again = await lab.run(delivery);
      expect(again.verdict).toBe('confirmed');
      expect(sum(again.segments.map(({ planned }) => planned.removes))).toBe(left);
      await lab.expectExact(delivery);
    });
  });

  it('google may fail later what it accepted of an upload that broke off: all of it is sent again', async () => {
    const delivery = await lab.deliver('google');
    await inBatchesOf(50, async () => {
      lab.arm(delivery, { match: { ...INGEST, nth: 2 }, do: 'error', code: 'PERMISSION_DENIED', ...EVER });
      const run = await lab.run(delivery);
      lab.heal();
      expect(run.verdict).toBe('failed');
      expect(lab.rows(delivery)).toBe(50);
      expect(await members(delivery)).toBe(0);
      const repair = await lab.run(delivery);
      expect(repair.verdict).toBe('confirmed');
      expect(toSend(repair)).toBe(toSend(run));
      await lab.expectExact(delivery);
    });
  });

  it('google never runs a job of the Google Ads API that was left half-filled: nothing in it counts', async () => {
    const { googleAds } = lab.world.sandbox;
    const { developerToken } = googleAds.credentials;
    const delivery = await lab.deliver('google', { api: 'google-ads', developerToken });
    const method = 'AddOfflineUserDataJobOperations';
    const breakOff = async () => {
      googleAds.faults.add({ match: { method, nth: 2 }, do: 'status', status: 14, ...EVER });
      const run = await lab.run(delivery);
      googleAds.faults.clear();
      return run;
    };
    await inBatchesOf(50, async () => {
      const run = await breakOff();
      expect(run.verdict).toBe('failed');
      expect(sum(run.segments.flatMap(({ uploads }) => uploads.map(({ sent }) => sent)))).toBe(50);
      expect([await members(delivery), lab.rows(delivery)]).toEqual([0, 0]);
      expect((await lab.run(delivery)).verdict).toBe('confirmed');
      await lab.expectExact(delivery);
    });
    const leavers = lab.people.filter(({ plan, consent }) => plan === 'basic' && consent !== 'denied').slice(-3);
    for (const person of leavers) person.consent = 'denied';
    await lab.bring(...leavers);
    await inBatchesOf(1, async () => {
      expect((await breakOff()).verdict).toBe('failed');
      const run = await lab.run(delivery);
      expect(run.verdict).toBe('confirmed');
      expect(sum(run.segments.map(({ planned }) => planned.removes))).toBe(3);
      await lab.expectExact(delivery);
    });
  });

  it('google fails later to take out one of several old keys: the next run does', async () => {
    const delivery = await lab.deliver('google');
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    const changed = lab.people.filter(({ plan, consent }) => plan === 'basic' && consent !== 'denied').slice(-3);
    for (const person of changed) person.first = 'Renamed'; // a key, so the old row is another than the new one
    await lab.bring(...changed);
    await inBatchesOf(1, async () => {
      lab.world.sandbox.google.script({ status: 'FAILED' });
      expect(ends(await lab.run(delivery)).sort()).toEqual(['confirmed', 'partial']);
      expect((await lab.run(delivery)).verdict).toBe('confirmed');
      await lab.expectExact(delivery);
      expect((await lab.run(delivery)).verdict).toBe('unchanged');
    });
  });

  it('google fails everything later: nobody counts as delivered, and the next run sends all of them again', async () => {
    const delivery = await lab.deliver('google');
    lab.world.sandbox.google.script({ status: 'FAILED' }, { status: 'FAILED' });
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('failed');
    expect(await members(delivery)).toBe(0);
    expect(sum(run.segments.map(({ counts }) => counts.ok))).toBe(0);
    expectSumsUp(run);
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
  });

  /** Runs a delivery whose platform does not say within a day what became of it. */
  const forADay = async (delivery: LabDelivery) => {
    const { id } = await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${delivery.id}/runs`);
    await lab.reached(id, 'confirming');
    lab.world.reach.clock.advance(25 * 3_600_000);
    lab.world.sandbox.clock.advance(25 * 3_600_000);
    return lab.world.finished(id, 120_000);
  };

  it('google never says what became of it: a person is asked after a day, and the next run tries again', async () => {
    const { google } = lab.world.sandbox;
    const delivery = await lab.deliver('google');
    google.script({ status: 'FAILED' }, { status: 'FAILED' });
    google.options.processingPolls = Number.MAX_SAFE_INTEGER;
    const lost = await forADay(delivery);
    expect(lost.verdict).toBe('failed');
    expect(ends(lost)).toEqual(['needs-person', 'needs-person']);
    expect(await members(delivery)).toBe(0);
    google.options.processingPolls = 0;
    const repair = await lab.run(delivery);
    expect(repair.verdict).toBe('confirmed');
    expect(toSend(repair)).toBe(toSend(lost));
    await lab.expectExact(delivery);

    const before = await withdrawnButDelivered();
    await withdraw(lab.people[40]!);
    google.script({ status: 'FAILED' });
    google.options.processingPolls = Number.MAX_SAFE_INTEGER;
    expect(ends(await forADay(delivery))).toEqual(['needs-person']);
    google.options.processingPolls = 0;
    const counted = await withdrawnButDelivered();
    expect(counted).toBeGreaterThan(before);
    const removal = await lab.run(delivery);
    expect(removal.verdict).toBe('confirmed');
    expect(sum(removal.segments.map(({ planned }) => planned.removes))).toBe(1);
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
  });

  it('google revokes the grant before it says what became of it: nobody counts as delivered', async () => {
    const { google } = lab.world.sandbox;
    const delivery = await lab.deliver('google');
    google.script({ status: 'FAILED' }, { status: 'FAILED' });
    google.options.processingPolls = Number.MAX_SAFE_INTEGER;
    const { id } = await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${delivery.id}/runs`);
    await lab.reached(id, 'confirming');
    google.oauth.grantValid = false;
    google.tokens.expireAccessTokens();
    lab.world.reach.clock.advance(3_600_000);
    lab.world.sandbox.clock.advance(3_600_000);
    expect(ends(await lab.world.finished(id, 120_000))).toEqual(['needs-person', 'needs-person']);
    expect(await members(delivery)).toBe(0);
    google.options.processingPolls = 0;
    google.oauth.grantValid = true;
    const { refreshToken } = lab.world.sandbox.credentials.google;
    await lab.world.ask('PATCH', `/v1/connections/${delivery.connectionId}`, { settings: { refreshToken } });
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
  });

  it('sftp shows another host key: nothing is sent until a person pins it', async () => {
    const delivery = await lab.deliver('sftp');
    lab.world.sandbox.sftp.changeHostKey();
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('failed');
    expect(codesOf(run)).toEqual(['config', 'config']);
    expect(lab.rows(delivery)).toBe(0);
    const hostKeySha256 = lab.world.sandbox.sftp.hostFingerprint;
    await lab.world.ask('PATCH', `/v1/connections/${delivery.connectionId}`, { settings: { hostKeySha256 } });
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
  });
});

async function deleteAudience({ world }: Lab, id: string): Promise<void> {
  const { accessToken } = world.sandbox.credentials.facebook;
  const answer = await fetch(`${world.sandbox.facebook.url}/v26.0/${id}?access_token=${accessToken}`, {
    method: 'DELETE',
  });
  if (!answer.ok) throw new Error(`not deleted: ${await answer.text()}`);
}
