import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import type { Destination, EncodedMember, Upload } from '../destination.ts';
import { google } from './definition.ts';
import { MATCH_KEYS } from './match-keys.ts';
import { type GoogleApi, GoogleOptions } from './settings.ts';
import { type Surroundings, settings, surroundings, upload } from './spec-support.ts';

const options = new GoogleOptions();
const encode = google.encoder({
  options,
  matchKeys: MATCH_KEYS,
  attributes: [],
  defaultCountry: 'US',
  segment: upload().segment,
});

/** Invented people, the same every time. */
const people = (from: number, to: number): EncodedMember[] =>
  Array.from({ length: to - from }, (_, n) => {
    const id = `c${from + n}`;
    const identity = {
      id,
      emails: [`person.${id}@mail.example`],
      phones: [`+1415555${2000 + ((from + n) % 8000)}`],
      firstName: 'Ada',
      lastName: `Smith${from + n}`,
      postalCode: '94045',
    };
    return encode({ contactId: id, identity, attributes: {} }) as EncodedMember;
  });

const apis: GoogleApi[] = ['data-manager', 'google-ads'];

describe.each(apis)('Google over real sockets: %s', (api) => {
  let sandbox: Sandbox;
  let environment: Surroundings;
  let destination: Destination<GoogleOptions>;
  let runs = 0;

  const open = async (changes: object = {}) => {
    const { clientId, clientSecret, refreshToken, customerId } = sandbox.credentials.google;
    const { developerToken } = sandbox.credentials.googleAds;
    environment = surroundings(sandbox.settings(), () => new Date());
    destination = await google.open(
      { ...settings, clientId, clientSecret, refreshToken, customerId, developerToken, api, ...changes },
      environment,
    );
    return destination;
  };
  const uploadTo = (audience: { id: string; name: string }, changes: Partial<Upload<GoogleOptions>> = {}) => {
    runs++;
    return upload({ id: `upl_${runs}`, sessionId: runs, audience, ...changes });
  };
  const send = async (to: Upload<GoogleOptions>, batches: EncodedMember[][]) => {
    const receipts = [];
    for (const [n, members] of batches.entries()) {
      const one = {
        upload: to,
        seq: n + 1,
        last: n === batches.length - 1,
        idempotencyKey: `${to.id}/${n + 1}`,
        members,
      };
      receipts.push(await (to.direction === 'add' ? destination.add(one) : destination.remove(one)));
    }
    receipts.push(await destination.finish(to));
    return receipts;
  };
  const tickets = (receipts: Awaited<ReturnType<typeof send>>) =>
    receipts.flatMap(({ ticket }) => (ticket === undefined ? [] : [ticket]));
  const held = (id: string) => sandbox.google.members(id).size;

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());
  afterEach(async () => {
    await destination.close();
    expect(sandbox.violations).toEqual([]);
    expect(JSON.stringify(environment.calls)).not.toMatch(/mail\.example|415555|[0-9a-f]{64}/);
    sandbox.reset();
  });

  it('creates, fills, confirms and empties a list', async () => {
    await open();
    const list = await destination.ensureAudience(upload().segment, options);
    const adding = uploadTo(list);
    const receipts = await send(adding, [people(0, 500), people(500, 750)]);
    expect(receipts.flatMap(({ outcomes }) => outcomes).filter(({ verdict }) => verdict === 'accepted')).toHaveLength(
      750,
    );
    expect(await destination.confirm(adding, tickets(receipts))).toMatchObject({ state: 'confirmed', rejects: [] });
    expect(held(list.id)).toBe(750);
    const removing = uploadTo(list, { direction: 'remove' });
    const removed = await send(removing, [people(0, 700)]);
    expect(await destination.confirm(removing, tickets(removed))).toMatchObject({ state: 'confirmed' });
    expect(held(list.id)).toBe(50);
  });

  it('finds its list again, by id and by name, and keeps it up to date', async () => {
    await open();
    const { segment } = upload();
    const list = await destination.ensureAudience(segment, options);
    expect(await destination.ensureAudience(segment, options)).toMatchObject({ id: list.id });
    await destination.ensureAudience(
      { ...segment, name: 'Renamed', description: 'Other.' },
      { ...options, membershipDays: 30 },
      list,
    );
    expect(sandbox.google.userLists()).toMatchObject([
      { id: list.id, displayName: 'Renamed', description: 'Other.', membershipDays: 30 },
    ]);
    const gone = destination.ensureAudience(segment, options, { id: '999', name: 'gone' });
    await expect(gone).rejects.toMatchObject({ code: 'audience-missing' });
  });

  describe('names that several segments have', () => {
    const of = (id: string, name = 'Savers') => ({ ...upload().segment, id, name });
    const named = () => sandbox.google.userLists().map(({ id, displayName }) => [id, displayName]);
    beforeEach(open);

    it('stay with the list that has them; another segment gets one of its own, and finds it again', async () => {
      const first = await destination.ensureAudience(of('del_1/p1'), options);
      expect(await destination.ensureAudience(of('del_1/p1'), options)).toEqual(first);
      const second = await destination.ensureAudience(of('del_1/p5'), options);
      expect(second.name).toMatch(/^Savers \([0-9a-f]{6}\)$/);
      expect(await destination.ensureAudience(of('del_1/p5'), options)).toEqual(second);
      expect(await destination.ensureAudience(of('del_1/p5'), options, second)).toEqual(second);
      expect(named()).toEqual([
        [first.id, 'Savers'],
        [second.id, second.name],
      ]);
    });

    it('go to a segment that waits for them once they are free', async () => {
      const first = await destination.ensureAudience(of('del_1/p1'), options);
      const second = await destination.ensureAudience(of('del_1/p5'), options);
      await destination.ensureAudience(of('del_1/p1', 'Savers (retired)'), options, first);
      expect(await destination.ensureAudience(of('del_1/p5'), options, second)).toMatchObject({ name: 'Savers' });
      expect(named()).toEqual([
        [first.id, 'Savers (retired)'],
        [second.id, 'Savers'],
      ]);
    });

    it('do not keep a list from the rest of its changes when it is to have one of them', async () => {
      await destination.ensureAudience(of('del_1/p1'), options);
      const known = await destination.ensureAudience(of('del_2/p1', 'Thrifty'), options);
      const { id, name } = await destination.ensureAudience({ ...of('del_2/p1'), description: 'New.' }, options, known);
      expect(name).toMatch(/^Savers \(/);
      expect(sandbox.google.userLists()[1]).toMatchObject({ id, displayName: name });
      expect(sandbox.google.userLists()[1]!.description).toMatch(/^New\. \[reach:[0-9a-f]{12}\]$/);
    });

    it('lead to a list that carries no mark, unless it belongs to another segment', async () => {
      const { id } = await destination.ensureAudience({ ...of(''), id: undefined }, options);
      const other = await destination.ensureAudience(of('del_1/p1'), options, undefined, new Set([id]));
      expect(other.id).not.toBe(id);
      expect(await destination.ensureAudience(of('del_1/p5'), options)).toMatchObject({ id, name: 'Savers' });
    });
  });

  it('goes through the manager account', async () => {
    sandbox.google.options.access = 'manager';
    await open();
    expect((await destination.check()).at(-1)).toMatchObject({ name: 'account', ok: false });
    await destination.close();
    await open({ loginCustomerId: sandbox.credentials.google.loginCustomerId });
    expect((await destination.check()).filter(({ ok }) => !ok)).toEqual([]);
    const list = await destination.ensureAudience(upload().segment, options);
    await send(uploadTo(list), [people(0, 3)]);
    expect(held(list.id)).toBe(3);
  });

  it('waits for confirmation as long as Google is at it', async () => {
    sandbox.google.options.processingPolls = 1;
    await open();
    const list = await destination.ensureAudience(upload().segment, options);
    const adding = uploadTo(list);
    const receipts = tickets(await send(adding, [people(0, 2)]));
    expect(await destination.confirm(adding, receipts)).toMatchObject({ state: 'pending' });
    expect(await destination.confirm(adding, receipts)).toMatchObject({ state: 'confirmed' });
  });

  it('reports a failure that Google tells later', async () => {
    await open();
    const list = await destination.ensureAudience(upload().segment, options);
    sandbox.google.script({ status: 'FAILED' });
    const adding = uploadTo(list);
    const receipts = tickets(await send(adding, [people(0, 2)]));
    expect(await destination.confirm(adding, receipts)).toMatchObject({ state: 'failed' });
  });

  it('sends the same again after an answer was lost, and holds everyone once', async () => {
    await open();
    const list = await destination.ensureAudience(upload().segment, options);
    const adding = uploadTo(list);
    await destination.add({ upload: adding, seq: 1, last: false, idempotencyKey: 'x', members: people(0, 10) });
    await destination.close();
    await open();
    const receipts = await send(adding, [people(0, 10), people(10, 20)]);
    expect(await destination.confirm(adding, tickets(receipts))).toMatchObject({ state: 'confirmed' });
    expect(held(list.id)).toBe(20);
  });

  it('refreshes an expired token and stops at a revoked grant', async () => {
    await open();
    const list = await destination.ensureAudience(upload().segment, options);
    sandbox.google.tokens.expireAccessTokens();
    await send(uploadTo(list), [people(0, 2)]);
    expect(held(list.id)).toBe(2);
    sandbox.google.tokens.expireAccessTokens();
    sandbox.google.oauth.grantValid = false;
    await expect(send(uploadTo(list), [people(0, 2)])).rejects.toMatchObject({
      code: 'auth',
      vendorCode: 'oauth/invalid_grant',
    });
    expect((await destination.check()).map(({ name, ok }) => [name, ok])).toEqual([['token', false]]);
  });

  it('resyncs: afterwards the list holds what was brought and nobody else', async () => {
    await open();
    const list = await destination.ensureAudience(upload().segment, options);
    sandbox.clock.advance(-3_600_000);
    await send(uploadTo(list), [people(0, 40)]);
    sandbox.clock.reset();
    const resync = uploadTo(list, { startedAt: new Date() });
    const received = [];
    for (const [n, members] of [people(20, 40), people(40, 50)].entries()) {
      const one = { upload: resync, seq: n + 1, last: n === 1, idempotencyKey: `${resync.id}/${n}`, members };
      received.push(await destination.replace!(one));
      if (n === 0) received.push(await destination.replace!(one));
    }
    received.push(await destination.finish(resync));
    expect(await destination.confirm(resync, tickets(received))).toMatchObject({ state: 'confirmed' });
    const swept = await destination.sweep!(resync, tickets(received));
    if (swept.ticket) expect(await destination.confirm(resync, [swept.ticket])).toMatchObject({ state: 'confirmed' });
    expect(held(list.id)).toBe(30);
    expect(await destination.confirm(resync, tickets(received))).toMatchObject({
      audienceSize: { from: 30, to: 30 },
    });
  });

  it('erases people from every list of the account', async () => {
    await open();
    const lists = [];
    for (let n = 0; n < 12; n++)
      lists.push(await destination.ensureAudience({ ...upload().segment, name: `List ${n}` }, options));
    for (const list of [lists[0]!, lists[11]!]) await send(uploadTo(list), [people(0, 5)]);
    const { outcomes, ticket } = await destination.erase!([...people(0, 2), ...people(0, 1)]);
    expect(outcomes.map(({ contactId, verdict }) => [contactId, verdict])).toEqual([
      ['c0', 'accepted'],
      ['c1', 'accepted'],
    ]);
    expect(await destination.confirm(uploadTo(lists[0]!), [ticket!])).toMatchObject({ state: 'confirmed' });
    expect([held(lists[0]!.id), held(lists[11]!.id)]).toEqual([3, 3]);
  });

  it('rehearses without changing anything, and hears what would be refused', async () => {
    await open();
    const list = await destination.ensureAudience(upload().segment, options);
    const before = JSON.stringify([sandbox.google.snapshot(), sandbox.googleAds.snapshot()]);
    const to = uploadTo(list);
    const one = { upload: to, seq: 1, last: true, idempotencyKey: 'x', members: people(0, 3) };
    const { outcomes, ticket } = await destination.rehearse!(one);
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(ticket).toBeUndefined();
    expect(JSON.stringify([sandbox.google.snapshot(), sandbox.googleAds.snapshot()])).toBe(before);
    sandbox.google.options.termsSigned = false;
    await expect(destination.rehearse!(one)).rejects.toMatchObject({ code: 'policy' });
  });

  it('changes nothing by a check', async () => {
    await open();
    await destination.ensureAudience(upload().segment, options);
    const before = JSON.stringify([sandbox.google.snapshot(), sandbox.googleAds.snapshot()]);
    expect((await destination.check()).filter(({ ok }) => !ok)).toEqual([]);
    expect(JSON.stringify([sandbox.google.snapshot(), sandbox.googleAds.snapshot()])).toBe(before);
  });

  it('says when terms are not accepted', async () => {
    await open();
    const list = await destination.ensureAudience(upload().segment, options);
    sandbox.google.options.termsSigned = false;
    await expect(send(uploadTo(list), [people(0, 2)])).rejects.toMatchObject({ code: 'policy' });
  });
});

describe('Google Ads API with a developer token that is not allow-listed', () => {
  it('explains the way out', async () => {
    const sandbox = await startSandbox();
    const { newDeveloperToken: developerToken, ...credentials } = sandbox.credentials.googleAds;
    const { clientId, clientSecret, refreshToken, customerId } = credentials;
    const environment = surroundings(sandbox.settings(), () => new Date());
    const destination = await google.open(
      { clientId, clientSecret, refreshToken, customerId, developerToken, api: 'google-ads' },
      environment,
    );
    const list = await destination.ensureAudience(upload().segment, options);
    expect((await destination.check()).at(-1)).toMatchObject({ name: 'allow-list', ok: false });
    const adding = destination.add({
      upload: upload({ audience: list }),
      seq: 1,
      last: true,
      idempotencyKey: 'x',
      members: people(0, 1),
    });
    await expect(adding).rejects.toMatchObject({
      code: 'policy',
      message: expect.stringContaining('api: data-manager'),
    });
    await destination.close();
    await sandbox.close();
  });
});
