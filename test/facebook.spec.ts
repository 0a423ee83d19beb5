import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Destination, EncodedMember, Receipt, RemoteAudience, Upload } from '../connectors/destination.ts';
import { facebook } from '../connectors/facebook/definition.ts';
import type { FacebookOptions } from '../connectors/facebook/settings.ts';
import {
  encodeAll,
  type RehearsalEnvironment,
  rehearsalBatch,
  rehearsalEnvironment,
  rehearsalMember,
  rehearsalSegment,
  rehearsalUpload,
} from '../connectors/rehearsal.ts';
import { SandboxClock } from '../sandbox/clock.ts';
import { FacebookSandbox } from '../sandbox/facebook/facebook.ts';
import { Journal } from '../sandbox/journal.ts';

const clock = new SandboxClock();
const journal = new Journal();
const server = new FacebookSandbox({ clock, journal });
const segment = rehearsalSegment('p_loyal', { id: 'del_1/p_loyal' });
const matchKeys = ['EMAIL', 'PHONE', 'FN', 'LN', 'ZIP', 'COUNTRY'];
const sha = (text: string) => createHash('sha256').update(text).digest('hex');

let environment: RehearsalEnvironment;
let destination: Destination<FacebookOptions>;

/** Opens the ad account, as every job of the engine does anew. */
async function open(settings: { appSecret?: string; accessToken?: string } = {}): Promise<void> {
  await destination?.close();
  environment = rehearsalEnvironment({ REACH_FACEBOOK_URL: server.url, REACH_FACEBOOK_API_VERSION: 'v26.0' });
  environment.now = () => clock.now();
  const { adAccountId, accessToken } = server.credentials;
  destination = await facebook.open({ adAccountId, accessToken, ...settings }, environment);
}

function uploadTo(audience: RemoteAudience, more: Partial<Upload<FacebookOptions>> = {}): Upload<FacebookOptions> {
  const upload = rehearsalUpload<FacebookOptions>(audience, { segment, options: {}, matchKeys });
  return { ...upload, startedAt: clock.now(), ...more };
}

const people = (count: number, upload: Upload<FacebookOptions>) =>
  encodeAll(
    facebook,
    upload,
    Array.from({ length: count }, (_, n) => rehearsalMember(n)),
  );

function batchesOf(upload: Upload<FacebookOptions>, members: EncodedMember[], size: number) {
  const count = Math.ceil(members.length / size);
  return Array.from({ length: count }, (_, i) =>
    rehearsalBatch(upload, members.slice(i * size, (i + 1) * size), i + 1, i === count - 1),
  );
}

beforeAll(() => server.start());
beforeEach(() => open());
afterEach(async () => {
  await destination.close();
  expect(journal.violations).toEqual([]);
  expect(JSON.stringify(environment.calls)).not.toMatch(/EAA|[0-9a-f]{64}|Planted/i);
  server.reset();
  journal.clear();
  clock.reset();
});
afterAll(() => server.close());

describe('the life of an audience', () => {
  it('is created, filled in batches of 10,000, confirmed, emptied and confirmed again', async () => {
    const audience = await destination.ensureAudience(segment, {});
    const upload = uploadTo(audience, { estimatedTotal: 25_000 });
    const members = people(25_000, upload);
    const tickets = [];
    for (const batch of batchesOf(upload, members, facebook.capabilities.batchSize)) {
      const receipt = await destination.add(batch);
      expect(receipt).toMatchObject({ unattributedRejects: 0, warnings: [] });
      expect(receipt.outcomes.every((o) => o.verdict === 'accepted')).toBe(true);
      tickets.push(receipt.ticket!);
    }
    expect(server.values(audience.id, 'EMAIL').size).toBe(25_000);
    expect(server.values(audience.id, 'EMAIL').has(sha('planted.person7@example.com'))).toBe(true);
    expect(await destination.confirm(upload, tickets)).toMatchObject({
      state: 'confirmed',
      received: 25_000,
      rejects: [],
    });

    const removal = uploadTo(audience, { direction: 'remove', sessionId: 77, estimatedTotal: 24_000 });
    const removed = [];
    for (const batch of batchesOf(removal, members.slice(1000), 10_000))
      removed.push((await destination.remove(batch)).ticket!);
    expect(server.values(audience.id, 'EMAIL').size).toBe(1000);
    expect(await destination.confirm(removal, removed)).toMatchObject({ state: 'confirmed', received: 24_000 });
    expect(journal.requests.some((request) => request.method === 'DELETE')).toBe(false);
  });

  it('is made once although the answer to its creation was lost', async () => {
    server.faults.add({ do: 'reset', apply: true, match: { method: 'POST', path: 'customaudiences' } });
    await expect(destination.ensureAudience(segment, {})).rejects.toMatchObject({ code: 'transient' });
    await open();
    const { id } = await destination.ensureAudience(segment, {});
    expect(server.audiences().map((a) => a.id)).toEqual([id]);
  });

  it('is never shared by two segments of the same name', async () => {
    const { id } = await destination.ensureAudience(segment, {});
    const other = await destination.ensureAudience({ ...segment, id: 'del_2/p_loyal' }, {});
    expect(other.id).not.toBe(id);
  });

  it('is found behind many pages', async () => {
    for (let n = 0; n < 45; n++) await destination.ensureAudience({ ...segment, id: undefined, key: `k${n}` }, {});
    const { id } = await destination.ensureAudience(segment, {});
    expect((await destination.ensureAudience(segment, {})).id).toBe(id);
    expect(server.audiences()).toHaveLength(46);
  });

  it('is renamed, and reported when it is gone', async () => {
    const audience = await destination.ensureAudience(segment, {});
    await destination.ensureAudience({ ...segment, name: 'New name' }, {}, audience);
    expect(server.audienceByName('New name')?.id).toBe(audience.id);
    const gone = destination.ensureAudience(segment, {}, { id: '999', name: 'gone' });
    await expect(gone).rejects.toMatchObject({ code: 'audience-missing' });
  });

  it('needs a person while it is flagged, and goes on once it is renamed', async () => {
    const audience = await destination.ensureAudience({ ...segment, name: 'Diabetes patients' }, {});
    const upload = uploadTo(audience);
    const batch = rehearsalBatch(upload, people(1, upload));
    await expect(destination.add(batch)).rejects.toMatchObject({ code: 'policy', vendorCode: '100/1713230' });
    await expect(
      destination.ensureAudience({ ...segment, name: 'Diabetes patients' }, {}, audience),
    ).rejects.toMatchObject({
      code: 'policy',
      url: expect.stringContaining(audience.id),
    });
    await destination.ensureAudience(segment, {}, audience);
    await expect(destination.add(batch)).resolves.toMatchObject({ outcomes: [{ verdict: 'accepted' }] });
  });
});

describe('uploads under adverse conditions', () => {
  let audience: RemoteAudience;
  beforeEach(async () => {
    audience = await destination.ensureAudience(segment, {});
  });

  it('count each contact once when an answer is lost and the batch sent again', async () => {
    const upload = uploadTo(audience);
    const batch = rehearsalBatch(upload, people(50, upload));
    server.faults.add({ do: 'reset', apply: true, match: { path: '/users' } });
    await expect(destination.add(batch)).rejects.toMatchObject({ code: 'transient' });
    await open();
    const { ticket } = await destination.add(batch);
    expect(server.values(audience.id, 'EMAIL').size).toBe(50);
    expect(await destination.confirm(upload, [ticket!])).toMatchObject({ state: 'confirmed', received: 50 });
  });

  it('go on after a pause that outlives the session', async () => {
    const upload = uploadTo(audience);
    const [first, second, third] = batchesOf(upload, people(30, upload), 10);
    const tickets = [(await destination.add(first!)).ticket!];
    clock.advance(89 * 60_000);
    await open();
    tickets.push((await destination.add(second!)).ticket!, (await destination.add(third!)).ticket!);
    expect(server.values(audience.id, 'EMAIL').size).toBe(30);
    expect(await destination.confirm(upload, tickets)).toMatchObject({ state: 'confirmed', received: 30 });
  });

  it('go on behind a batch that the platform refused', async () => {
    const upload = uploadTo(audience);
    const [first, second, third, fourth] = batchesOf(upload, people(40, upload), 10);
    const tickets = [(await destination.add(first!)).ticket!];
    server.faults.add({ do: 'error', code: 100, times: 'always', match: { path: '/users' } });
    const { outcomes } = await destination.add(second!);
    expect(outcomes.map(({ verdict, code }) => `${verdict} ${code}`)).toEqual(Array(10).fill('rejected 100'));
    server.faults.clear();
    for (const batch of [third!, fourth!]) tickets.push((await destination.add(batch)).ticket!);
    expect(server.values(audience.id, 'EMAIL').size).toBe(30);
    expect(await destination.confirm(upload, tickets)).toMatchObject({ state: 'confirmed', received: 30 });
  });

  const refuseWhoever = (...numbers: number[]) => {
    const body = numbers.map((n) => sha(`planted.person${n}@example.com`)).join('|');
    server.faults.add({ do: 'error', code: 100, times: 'always', match: { path: '/users', body } });
  };
  const calls = () => journal.requests.filter(({ path }) => path.endsWith('/users')).length;
  const told = ({ outcomes }: Receipt, verdict: string) =>
    outcomes.flatMap((outcome) => (outcome.verdict === verdict ? [outcome.contactId] : []));

  it.each(['add', 'remove'] as const)('%s everybody but the one for whom the platform refuses a batch', async (way) => {
    const upload = uploadTo(audience, { direction: way, estimatedTotal: 10_000 });
    const batch = rehearsalBatch(upload, people(10_000, upload));
    if (way === 'remove') await destination.add({ ...batch, upload: uploadTo(audience, { sessionId: 7 }) });
    const before = calls();
    refuseWhoever(7777);
    const receipt = await destination[way](batch);
    expect(told(receipt, 'rejected')).toEqual([batch.members[7777]!.contactId]);
    expect(told(receipt, 'accepted')).toHaveLength(9_999);
    expect(calls() - before).toBeLessThan(30);
    expect(server.members(audience.id).size).toBe(way === 'add' ? 9_999 : 1);
    expect(await destination.confirm(upload, [receipt.ticket!])).toMatchObject({
      state: 'confirmed',
      received: 9_999,
    });
  });

  it('end in a bounded number of calls when the platform refuses too many, and say of whom nothing is known', async () => {
    const upload = uploadTo(audience);
    const batch = rehearsalBatch(upload, people(2_000, upload));
    refuseWhoever(...batch.members.flatMap((_, n) => (n % 100 === 0 ? [n] : [])));
    const receipt = await destination.add(batch);
    expect(calls()).toBeLessThanOrEqual(41);
    expect(receipt.outcomes.map(({ contactId }) => contactId).sort()).toEqual(
      batch.members.map(({ contactId }) => contactId).sort(),
    );
    expect(server.members(audience.id).size).toBe(told(receipt, 'accepted').length);
    expect(told(receipt, 'accepted').length).toBeGreaterThan(0);
    expect(receipt.outcomes.find(({ verdict }) => verdict === 'unattributed')).toMatchObject({
      code: 'reach/too_many_refusals',
    });
  });

  it('remove people under the keys they were added with', async () => {
    const before = uploadTo(audience, { matchKeys: ['EMAIL'] });
    const members = people(10, before);
    await destination.add(rehearsalBatch(before, members));
    const after = uploadTo(audience, { sessionId: 8 });
    const added = people(20, after).slice(10);
    await destination.add(rehearsalBatch(after, added));
    const removal = uploadTo(audience, { direction: 'remove', sessionId: 9 });
    const { ticket, outcomes } = await destination.remove(rehearsalBatch(removal, [...members, ...added]));
    expect(outcomes).toHaveLength(20);
    expect(server.members(audience.id).size).toBe(0);
    expect(await destination.confirm(removal, [ticket!])).toMatchObject({ state: 'confirmed', received: 20 });
  });

  it('name the contact that the platform calls invalid', async () => {
    const upload = uploadTo(audience, { matchKeys: ['EMAIL'] });
    const members = people(3, upload);
    server.faults.add({
      do: 'patch',
      match: { path: '/users' },
      body: {
        num_invalid_entries: 1,
        invalid_entry_samples: { '1': JSON.stringify([sha('planted.person1@example.com')]) },
      },
    });
    const receipt = await destination.add(rehearsalBatch(upload, members));
    expect(receipt.outcomes.map((o) => o.verdict)).toEqual(['accepted', 'rejected', 'accepted']);
    expect(receipt.unattributedRejects).toBe(0);
  });

  it('are pending while the audience fills and then confirmed', async () => {
    const upload = uploadTo(audience);
    server.options.matchRate = 0.6;
    const { ticket } = await destination.add(rehearsalBatch(upload, people(100, upload)));
    server.setStatus(audience.id, 414);
    expect(await destination.confirm(upload, [ticket!])).toMatchObject({ state: 'pending' });
    server.setStatus(audience.id, 200);
    expect(await destination.confirm(upload, [ticket!])).toMatchObject({ state: 'confirmed', matched: 60 });
  });

  it.each([
    ['a proxy page', { do: 'html', status: 200 } as const, 'transient'],
    ['half an answer', { do: 'truncate' } as const, 'transient'],
    ['a cut connection', { do: 'reset' } as const, 'transient'],
    ['a passing error', { do: 'error', code: 2, status: 500 } as const, 'transient'],
    ['the quota of the account', { do: 'error', code: 80003, subcode: 2446079 } as const, 'throttled'],
    ['a revoked token', { do: 'error', code: 190, subcode: 460, status: 401 } as const, 'auth'],
    ['a removal that leaves too few', { do: 'error', code: 200, subcode: 1870047 } as const, 'policy'],
  ])('end in a typed error: %s', async (_, fault, code) => {
    const upload = uploadTo(audience, { direction: 'remove' });
    server.faults.add({ ...fault, match: { path: '/users' } });
    await expect(destination.remove(rehearsalBatch(upload, people(1, upload)))).rejects.toMatchObject({ code });
  });

  it('end at once when aborted', async () => {
    const upload = uploadTo(audience);
    server.faults.add({ do: 'hang', match: { path: '/users' } });
    const sending = destination.add(rehearsalBatch(upload, people(1, upload)));
    setTimeout(() => environment.abort(), 50);
    await expect(sending).rejects.toMatchObject({ code: 'transient', vendorCode: 'cancelled' });
  });

  it('stop before the quota is used up, and go on when it is given back', async () => {
    const upload = uploadTo(audience);
    const [first, second] = batchesOf(upload, people(20, upload), 10);
    server.options.usage = { percent: 96, regainMinutes: 7 };
    await destination.add(first!);
    await expect(destination.add(second!)).rejects.toMatchObject({ code: 'throttled', retryAfterSeconds: 420 });
    server.options.usage = null;
    clock.advance(421_000);
    await expect(destination.add(second!)).resolves.toMatchObject({ unattributedRejects: 0 });
  });

  it('carry values and Limited Data Use', async () => {
    const options: FacebookOptions = { valueAttribute: 'spend', limitedDataUse: true, retentionDays: 90 };
    const valued = await destination.ensureAudience({ ...segment, id: 'del_2/x' }, options);
    const upload = uploadTo(valued, { options });
    const members = encodeAll(facebook, upload, [
      rehearsalMember(1, { spend: 12.5 }),
      rehearsalMember(2, { spend: null }),
    ]);
    expect(await destination.add(rehearsalBatch(upload, members))).toMatchObject({ unattributedRejects: 0 });
    const removal = uploadTo(valued, { options, direction: 'remove', sessionId: 4 });
    await destination.remove(rehearsalBatch(removal, members));
    expect(server.members(valued.id).size).toBe(0);
  });
});

describe('check', () => {
  const faults = async () => (await destination.check()).filter((p) => !p.ok).map((p) => p.name);

  it('finds nothing wrong and changes nothing, with and without proof', async () => {
    expect(await faults()).toEqual([]);
    server.options.requireProof = true;
    expect(await faults()).toEqual(['token', 'scopes', 'account', 'terms', 'audience-cap']);
    await open({ appSecret: server.credentials.appSecret });
    expect(await faults()).toEqual([]);
    await open({ appSecret: 'wrong' });
    expect(await faults()).toContain('token');
    expect(server.audiences()).toEqual([]);
    const writes = journal.requests.filter((request) => request.method !== 'GET');
    expect(writes.every((request) => request.path.endsWith('/debug_token'))).toBe(true);
    expect(journal.requests.some((request) => request.path.includes(server.credentials.accessToken))).toBe(false);
  });

  it('counts the days until the token expires', async () => {
    server.options.token.expiresAt = new Date(clock.now().getTime() + 5.5 * 86_400_000).toISOString();
    const [token] = await destination.check();
    expect(token).toMatchObject({ name: 'token', ok: true, detail: expect.stringContaining('Expires in 5 days') });
  });

  it('finds each fault by itself', async () => {
    server.options.account.termsAccepted = false;
    expect(await faults()).toEqual(['terms']);
    server.options.account.status = 2;
    expect(await faults()).toEqual(['account', 'terms']);
    server.options.token.scopes = ['ads_read'];
    expect(await faults()).toEqual(['scopes', 'account', 'terms', 'audience-cap']);
    server.options.versions = ['v27.0'];
    expect(await faults()).toContain('api-version');
    await open({ accessToken: 'EAAanother' });
    expect(await faults()).toContain('token');
  });
});
