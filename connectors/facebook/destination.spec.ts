import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import nock from 'nock';
import {
  AUDIENCE,
  BASE,
  batchOf,
  digest,
  memberOf,
  openFacebook,
  segment,
  TOKEN,
  uploadOf,
} from './test-environment.ts';

const [a, b, c] = ['a', 'b', 'c'].map(digest) as [string, string, string];
const MARK = '[reach:b27ca3f61c81]';
const DESCRIPTION = `${segment.description} ${MARK}`;
const known = { id: AUDIENCE, name: segment.name };
const URL = `https://business.facebook.com/adsmanager/audiences?act=42&selected_audience_ids=${AUDIENCE}`;
const missing = {
  error: {
    message: `Unsupported get request. Object with ID '${AUDIENCE}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
    type: 'GraphMethodException',
    code: 100,
    error_subcode: 33,
    fbtrace_id: 'A1b2C3',
  },
};

let facebook: ReturnType<typeof openFacebook>;
const graph = () => nock(BASE, { badheaders: ['cookie'] });

beforeAll(() => nock.disableNetConnect());
beforeEach(() => {
  facebook = openFacebook();
});
afterEach(async () => {
  await facebook.destination.close();
  const unused = nock.pendingMocks();
  nock.cleanAll();
  expect(unused).toEqual([]);
});
afterAll(() => nock.restore());

describe('add and remove', () => {
  const answer = (received: number, more: object = {}) => ({
    audience_id: AUDIENCE,
    session_id: '9778993',
    num_received: received,
    num_invalid_entries: 0,
    invalid_entry_samples: {},
    ...more,
  });

  it('adds with a session and the whole schema, and keeps a ticket', async () => {
    graph()
      .post(`/v26.0/${AUDIENCE}/users`, {
        payload: {
          schema: ['EMAIL', 'PHONE'],
          data: [
            [a, b],
            [c, ''],
          ],
        },
        session: { session_id: 9778993, batch_seq: 1, last_batch_flag: true, estimated_num_total: 3 },
      })
      .reply(200, answer(2));
    const receipt = await facebook.destination.add(
      batchOf([memberOf('con_1', [[a, b]]), memberOf('con_2', [[c, '']])]),
    );
    expect(receipt).toEqual({
      outcomes: [
        { contactId: 'con_1', verdict: 'accepted' },
        { contactId: 'con_2', verdict: 'accepted' },
      ],
      unattributedRejects: 0,
      warnings: [],
      vendorRequestId: 'session 9778993 batch 1',
      ticket: { audienceId: AUDIENCE, sessions: [{ id: 9778993, rows: 2 }] },
    });
    expect(await facebook.destination.finish(uploadOf())).toEqual({
      outcomes: [],
      unattributedRejects: 0,
      warnings: [],
    });
  });

  it('removes by POST with method=DELETE, 10,000 rows in the body and none in the address', async () => {
    const members = Array.from({ length: 10_000 }, (_, i) => memberOf(`con_${i}`, [[a, b]]));
    graph()
      .post(
        `/v26.0/${AUDIENCE}/users`,
        (body) => body.method === 'DELETE' && body.payload.data.length === 10_000 && body.session.session_id === 5,
      )
      .reply(200, answer(10_000, { session_id: '5' }));
    const receipt = await facebook.destination.remove(batchOf(members, { direction: 'remove', sessionId: 5 }));
    expect(receipt.outcomes).toHaveLength(10_000);
  });

  it('makes no call for an empty batch, an audience without id, or a batch above the limit', async () => {
    expect(await facebook.destination.add(batchOf([]))).toEqual({ outcomes: [], unattributedRejects: 0, warnings: [] });
    const nowhere = batchOf([memberOf('con_1', [[a, b]])], { audience: { id: '', name: '' } });
    await expect(facebook.destination.add(nowhere)).rejects.toMatchObject({ code: 'audience-missing' });
    const large = Array.from({ length: 10_001 }, (_, i) => memberOf(`con_${i}`, [[a, b]]));
    await expect(facebook.destination.add(batchOf(large))).rejects.toMatchObject({ code: 'payload' });
    expect(facebook.calls).toEqual([]);
  });

  it('counts what Meta calls invalid inside a 200', async () => {
    graph()
      .post(`/v26.0/${AUDIENCE}/users`)
      .reply(200, answer(3, { num_invalid_entries: 2, invalid_entry_samples: [c] }));
    const members = [memberOf('con_1', [[a, '']]), memberOf('con_2', [['', c]]), memberOf('con_3', [[b, '']])];
    const receipt = await facebook.destination.add(batchOf(members));
    expect(receipt.outcomes.map((o) => o.verdict)).toEqual(['accepted', 'rejected', 'accepted']);
    expect(receipt.unattributedRejects).toBe(1);
    expect(JSON.stringify(receipt)).not.toContain(c);
  });

  it('watches the count of the session grow', async () => {
    const send = (seq: number, received: number) => {
      graph().post(`/v26.0/${AUDIENCE}/users`).reply(200, answer(received));
      return facebook.destination.add({
        ...batchOf([
          memberOf('con_1', [
            [a, b],
            [c, ''],
          ]),
        ]),
        seq,
      });
    };
    expect((await send(1, 2)).warnings).toEqual([]);
    expect((await send(2, 4)).warnings).toEqual([]);
    expect((await send(3, 5)).warnings).toEqual(['Facebook says that it received 1 fewer rows than were sent.']);
  });

  it('fails a removal without touching what was added', async () => {
    graph()
      .post(`/v26.0/${AUDIENCE}/users`, (body) => body.method === undefined)
      .reply(200, answer(1));
    graph()
      .post(`/v26.0/${AUDIENCE}/users`, (body) => body.method === 'DELETE')
      .reply(400, {
        error: {
          message: 'Invalid parameter',
          type: 'OAuthException',
          code: 100,
          error_subcode: 1713231,
          is_transient: false,
          error_user_title: 'Update Restricted Fields and Rule',
          error_user_msg: 'Resolve the restrictions first.',
          fbtrace_id: 'Zz9',
        },
      });
    const batch = batchOf([memberOf('con_1', [[a, b]])]);
    await expect(facebook.destination.add(batch)).resolves.toMatchObject({
      outcomes: [{ contactId: 'con_1', verdict: 'accepted' }],
    });
    const removal = batchOf([memberOf('con_2', [[c, '']])], { direction: 'remove', sessionId: 6 });
    await expect(facebook.destination.remove(removal)).rejects.toMatchObject({
      code: 'policy',
      vendorCode: '100/1713231',
    });
  });

  describe('when the session cannot go on', () => {
    const members = [memberOf('con_1', [[a, b]])];
    type Session = { session_id: number; batch_seq: number; last_batch_flag: boolean };
    let sessions: Session[];
    const users = () =>
      graph().post(`/v26.0/${AUDIENCE}/users`, (body) => {
        sessions.push(body.session);
        return true;
      });
    const failed = (code: number, error_subcode?: number) => ({
      error: { message: 'x', type: 'OAuthException', code, error_subcode },
    });
    const alone = { batch_seq: 1, last_batch_flag: true, estimated_num_total: 1 };
    beforeEach(() => {
      sessions = [];
    });

    it('sends late batches in sessions of their own, the same one when sent again', async () => {
      users().twice().reply(200, answer(1));
      const batch = { ...batchOf(members, { startedAt: new Date(Date.now() - 81 * 60_000) }), seq: 9, last: false };
      const receipt = await facebook.destination.add(batch);
      await facebook.destination.add(batch);
      expect(sessions[0]).toMatchObject(alone);
      expect(sessions[0]!.session_id).not.toBe(9_778_993);
      expect(sessions[1]).toEqual(sessions[0]);
      expect(receipt.ticket).toEqual({ audienceId: AUDIENCE, sessions: [{ id: sessions[0]!.session_id, rows: 1 }] });
    });

    it.each([
      ['it timed out', 2650, 1870158],
      ['its first batch is missing', 2650, 1870147],
      ['it is finished', 2650, 1870159],
      ['a refused batch left a gap', 100, undefined],
    ])('sends a batch alone when %s, and the next ones too', async (_, code, subcode) => {
      users().reply(400, failed(code, subcode));
      users().twice().reply(200, answer(1));
      await facebook.destination.add({ ...batchOf(members), seq: 2, last: false });
      await facebook.destination.add({ ...batchOf(members), seq: 3 });
      expect(sessions.map((s) => s.session_id === 9_778_993)).toEqual([true, false, false]);
      expect(sessions.slice(1)).toEqual([expect.objectContaining(alone), expect.objectContaining(alone)]);
      expect(sessions[1]!.session_id).not.toBe(sessions[2]!.session_id);
    });

    it.each([
      ['no answer came', 500, failed(2)],
      ['the answer says no number', 200, {}],
    ])(
      'sends a batch again alone when %s, and the next ones too, so that no count hides a lost one',
      async (_, status, body) => {
        users().reply(status, body);
        users().twice().reply(200, answer(1));
        await expect(facebook.destination.add({ ...batchOf(members), last: false })).rejects.toMatchObject({
          code: expect.stringMatching(/^(transient|unknown)$/),
        });
        const again = await facebook.destination.add({ ...batchOf(members), last: false });
        await facebook.destination.add({ ...batchOf(members), seq: 2 });
        expect(sessions.map((s) => s.session_id === 9_778_993)).toEqual([true, false, false]);
        expect(again.ticket).toEqual({ audienceId: AUDIENCE, sessions: [{ id: sessions[1]!.session_id, rows: 1 }] });
      },
    );

    it('sends a batch alone after a restart when it may have arrived before', async () => {
      users().twice().reply(200, answer(1));
      await facebook.destination.add({ ...batchOf(members), last: false, mayHaveArrived: true });
      await facebook.destination.add({ ...batchOf(members), seq: 2 });
      expect(sessions.every((s) => s.session_id !== 9_778_993)).toBe(true);
    });

    it('lets a refusal stand that is not about the session', async () => {
      users().twice().reply(400, failed(100));
      await expect(facebook.destination.add({ ...batchOf(members), seq: 2 })).rejects.toMatchObject({
        code: 'payload',
      });
      users().reply(400, failed(100));
      await expect(facebook.destination.add(batchOf(members))).rejects.toMatchObject({ code: 'payload' });
    });
  });

  it('takes people out of every list of the account, by each row as sent and by each key that names them', async () => {
    const anyAudience = (schema: string[], data: string[][]) =>
      graph()
        .post('/v26.0/act_42/usersofanyaudience', { payload: { schema, data }, method: 'DELETE' })
        .reply(200, { session_id: '1', num_received: data.length, num_invalid_entries: 1, invalid_entry_samples: [] });
    anyAudience(
      ['EMAIL', 'LN'],
      [
        [a, b],
        [c, b],
      ],
    );
    anyAudience(['EMAIL'], [[a], [c]]);
    anyAudience(['PHONE'], [[c]]);
    const receipt = await facebook.destination.erase([
      memberOf(
        'con_1',
        [
          [a, b],
          [c, b],
        ],
        ['EMAIL', 'LN'],
        { schema: ['LOOKALIKE_VALUE'], cells: [4] },
      ),
      memberOf('con_1', [[c]], ['PHONE']),
      memberOf('con_2', [[a]], ['EMAIL']),
    ]);
    expect(receipt).toEqual({
      outcomes: [
        { contactId: 'con_1', verdict: 'accepted' },
        { contactId: 'con_2', verdict: 'accepted' },
      ],
      unattributedRejects: 3,
      warnings: [],
    });
  });

  it('erases nobody with no call', async () => {
    expect((await facebook.destination.erase([])).outcomes).toEqual([]);
    expect(facebook.calls).toEqual([]);
  });

  it('cuts a batch that Meta finds too large, each part in a session of its own', async () => {
    const sizes: [number, number][] = [];
    const sizesOf = (body: { payload: { data: unknown[] }; session: { session_id: number } }) =>
      sizes.push([body.payload.data.length, body.session.session_id]) > 0;
    const tooLarge = {
      error: {
        message: "Please reduce the amount of data you're asking for, then retry your request",
        type: 'OAuthException',
        code: 1,
        fbtrace_id: 'T',
      },
    };
    graph().post(`/v26.0/${AUDIENCE}/users`, sizesOf).reply(500, tooLarge);
    graph().post(`/v26.0/${AUDIENCE}/users`, sizesOf).reply(200, answer(2));
    graph().post(`/v26.0/${AUDIENCE}/users`, sizesOf).reply(200, answer(1));
    const members = ['con_1', 'con_2', 'con_3'].map((id) => memberOf(id, [[a, b]]));
    const receipt = await facebook.destination.add(batchOf(members));
    expect(receipt.outcomes.map(({ contactId }) => contactId)).toEqual(['con_1', 'con_2', 'con_3']);
    expect(sizes.map(([rows]) => rows)).toEqual([3, 2, 1]);
    expect(new Set(sizes.map(([, session]) => session)).size).toBe(3);
    expect(receipt.ticket).toEqual({
      audienceId: AUDIENCE,
      sessions: sizes.slice(1).map(([rows, id]) => ({ id, rows })),
    });
  });
});

describe('ensureAudience', () => {
  const list = (data: object[], next?: string) => ({
    data,
    paging: { cursors: { before: 'x', after: 'y' }, ...(next ? { next } : {}) },
  });
  const firstPage = () =>
    graph().get('/v26.0/act_42/customaudiences').query({ fields: 'id,name,description,subtype', limit: '20' });
  const FIELDS = { fields: 'id,name,description,subtype,operation_status,retention_days' };
  const current = {
    id: AUDIENCE,
    name: segment.name,
    description: DESCRIPTION,
    subtype: 'CUSTOM',
    operation_status: { code: 200 },
  };
  const read = () => graph().get(`/v26.0/${AUDIENCE}`).query(FIELDS);

  it('creates one with a mark in its description', async () => {
    firstPage().reply(200, list([{ id: '1', name: segment.name, description: 'by hand', subtype: 'CUSTOM' }]));
    graph()
      .post('/v26.0/act_42/customaudiences', {
        name: segment.name,
        description: DESCRIPTION,
        subtype: 'CUSTOM',
        customer_file_source: 'USER_PROVIDED_ONLY',
        retention_days: 30,
        is_value_based: true,
      })
      .reply(200, { id: AUDIENCE, message: '' });
    const options = { retentionDays: 30, valueAttribute: 'spend' };
    expect(await facebook.destination.ensureAudience(segment, options)).toEqual({
      ...known,
      url: URL,
      membershipDays: 30,
    });
  });

  it('finds what a lost answer created, on a later page, whose address with the token is not called', async () => {
    const next = `https://graph.facebook.com/v26.0/act_42/customaudiences?access_token=${TOKEN}&limit=20&after=y`;
    firstPage().reply(200, list([{ id: '1', name: segment.name }], next));
    graph()
      .get('/v26.0/act_42/customaudiences')
      .query({ fields: 'id,name,description,subtype', limit: '20', after: 'y' })
      .reply(200, list([current]));
    read().reply(200, current);
    expect(await facebook.destination.ensureAudience(segment, {})).toMatchObject(known);
    expect(facebook.calls.every((call) => call.method === 'GET')).toBe(true);
  });

  it('adopts a known one without a write', async () => {
    read().reply(200, current);
    expect(await facebook.destination.ensureAudience(segment, {}, known)).toMatchObject(known);
    expect(facebook.calls).toHaveLength(1);
  });

  it('adopts the one that the options name, for a delivery that is not split', async () => {
    const whole = { ...segment, key: 'all' };
    read().reply(200, { ...current, name: 'Made by hand', description: '' });
    graph().post(`/v26.0/${AUDIENCE}`, { name: segment.name, description: DESCRIPTION }).reply(200, { success: true });
    expect(await facebook.destination.ensureAudience(whole, { audienceId: AUDIENCE })).toMatchObject(known);
    await expect(facebook.destination.ensureAudience(segment, { audienceId: AUDIENCE })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('not split by persona'),
    });
  });

  it('brings name and description up to date', async () => {
    read().reply(200, { ...current, name: 'Old' });
    graph().post(`/v26.0/${AUDIENCE}`, { name: segment.name, description: DESCRIPTION }).reply(200, { success: true });
    await facebook.destination.ensureAudience(segment, {}, known);
  });

  it('brings a changed retention up to date, and says which one the audience has', async () => {
    read().reply(200, { ...current, retention_days: 30 });
    graph().post(`/v26.0/${AUDIENCE}`, { retention_days: 180 }).reply(200, { success: true });
    expect(await facebook.destination.ensureAudience(segment, { retentionDays: 180 }, known)).toMatchObject({
      membershipDays: 180,
    });
    read().reply(200, { ...current, retention_days: '30' });
    expect(await facebook.destination.ensureAudience(segment, {}, known)).toMatchObject({ membershipDays: 30 });
    read().reply(200, { ...current, retention_days: 0 });
    expect((await facebook.destination.ensureAudience(segment, {}, known)).membershipDays).toBeUndefined();
  });

  it('leaves one alone that is being replaced, so that the replacement can go on after a restart', async () => {
    read().reply(200, { ...current, name: 'Old', operation_status: { code: 414 } });
    expect(await facebook.destination.ensureAudience(segment, {}, known)).toMatchObject({ id: AUDIENCE });
    expect(facebook.calls).toHaveLength(1);
  });

  it('renames a flagged one, which lifts the flag', async () => {
    read().reply(200, { ...current, name: 'Patients', operation_status: { code: 471 } });
    graph().post(`/v26.0/${AUDIENCE}`).reply(200, { success: true });
    await facebook.destination.ensureAudience(segment, {}, known);
  });

  it('refuses one that was made without values when they are to be sent', async () => {
    graph()
      .get(`/v26.0/${AUDIENCE}`)
      .query({ fields: `${FIELDS.fields},is_value_based` })
      .reply(200, { ...current, is_value_based: false });
    const ensuring = facebook.destination.ensureAudience(segment, { valueAttribute: 'spend' }, known);
    await expect(ensuring).rejects.toMatchObject({ code: 'config', url: URL });
  });

  it('cuts a long description and keeps the mark', async () => {
    const description = `${'x'.repeat(500 - MARK.length - 1)} ${MARK}`;
    read().reply(200, { ...current, description });
    await facebook.destination.ensureAudience({ ...segment, description: 'x'.repeat(5000) }, {}, known);
  });

  it.each([
    ['gone', 400, missing, { code: 'audience-missing', vendorCode: '100/33' }],
    ['another one', 200, { ...current, id: '7' }, { code: 'audience-missing' }],
    ['of another type', 200, { ...current, subtype: 'LOOKALIKE' }, { code: 'config', url: URL }],
    ['flagged', 200, { ...current, operation_status: { code: 471 } }, { code: 'policy', url: URL }],
  ])('refuses a known one that is %s', async (_, status, body, error) => {
    read().reply(status, body);
    await expect(facebook.destination.ensureAudience(segment, {}, known)).rejects.toMatchObject(error);
  });

  it.each([
    [
      'terms are not accepted',
      { code: 200, error_subcode: 1870090 },
      { code: 'policy', url: 'https://business.facebook.com/ads/manage/customaudiences/tos/?act=42' },
    ],
    ['the ad account is missing', missing.error, { code: 'config', vendorCode: '100/33' }],
    ['a parameter is wrong', { code: 100, message: '(#100) name too long' }, { code: 'config', vendorCode: '100' }],
  ])('says so when %s', async (_, error, expected) => {
    firstPage().reply(200, list([]));
    graph()
      .post('/v26.0/act_42/customaudiences')
      .reply(400, { error: { message: 'x', type: 'OAuthException', fbtrace_id: 'T', ...error } });
    await expect(facebook.destination.ensureAudience(segment, {})).rejects.toMatchObject(expected);
  });

  it('says so when the list of audiences cannot be read', async () => {
    firstPage().reply(400, missing);
    await expect(facebook.destination.ensureAudience(segment, {})).rejects.toMatchObject({ code: 'config' });
  });

  it('asks for smaller pages when Meta finds them too large', async () => {
    const page = (limit: string, more = {}) =>
      graph()
        .get('/v26.0/act_42/customaudiences')
        .query({ fields: 'id,name,description,subtype', limit, ...more });
    const error = { message: 'Please reduce the amount of data', type: 'OAuthException', code: 1 };
    page('20').reply(500, { error });
    page('10').reply(200, list([{ id: '1', name: 'x' }], 'https://graph.facebook.com/next'));
    page('10', { after: 'y' }).reply(500, { error });
    page('5', { after: 'y' }).reply(200, list([current]));
    read().reply(200, current);
    expect(await facebook.destination.ensureAudience(segment, {})).toMatchObject(known);
  });

  it('is not fooled by an answer of the wrong shape', async () => {
    firstPage().reply(200, { data: 'nonsense' });
    await expect(facebook.destination.ensureAudience(segment, {})).rejects.toMatchObject({ code: 'unknown' });
  });
});

describe('confirm', () => {
  const session = (counts: object) => ({
    data: [{ session_id: '9778993', stage: 'uploading', num_matched: '-1', num_invalid_entries: '0', ...counts }],
  });
  const ask = (sessions: object, operation: number, delivery = 200) => {
    graph()
      .get(`/v26.0/${AUDIENCE}/sessions`)
      .query({ fields: 'session_id,num_received,num_matched,num_invalid_entries', session_id: '9778993' })
      .reply(200, sessions);
    graph()
      .get(`/v26.0/${AUDIENCE}`)
      .query({
        fields: 'id,operation_status,delivery_status,approximate_count_lower_bound,approximate_count_upper_bound',
      })
      .reply(200, {
        id: AUDIENCE,
        operation_status: { code: operation },
        delivery_status: { code: delivery },
        approximate_count_lower_bound: delivery === 300 ? -1 : 9_000,
        approximate_count_upper_bound: delivery === 300 ? -1 : 10_600,
      });
    const ticket = (rows: number) => ({ audienceId: AUDIENCE, sessions: [{ id: 9778993, rows }] });
    return facebook.destination.confirm(uploadOf(), [ticket(10_000), ticket(5)]);
  };
  const all = session({ num_received: '10005' });

  it.each([
    [200, 'confirmed'],
    [441, 'confirmed'],
    [442, 'confirmed'],
    [421, 'confirmed'],
    [434, 'confirmed'],
    [400, 'confirmed'],
    [100, 'confirmed'],
    [450, 'confirmed'],
    [411, 'partial'],
    [412, 'partial'],
    [0, 'pending'],
    [410, 'pending'],
    [414, 'pending'],
    [415, 'failed'],
    [500, 'failed'],
    [470, 'needs-person'],
    [471, 'needs-person'],
    [987, 'confirmed'],
  ])('with everything received, status %i is %s', async (operation, state) => {
    const confirmation = await ask(all, operation);
    expect(confirmation).toMatchObject({
      state,
      received: 10_005,
      rejects: [],
      audienceSize: { from: 9_000, to: 10_600 },
    });
    expect(confirmation.warnings).toHaveLength(operation === 200 ? 0 : 1);
    if (state === 'needs-person') expect(confirmation.detail).toContain(URL);
  });

  it('waits while less is received than was sent, or the session is not known', async () => {
    expect(await ask(session({ num_received: '10004' }), 200)).toMatchObject({ state: 'pending', received: 10_004 });
    expect(await ask({ data: [] }, 200)).toMatchObject({ state: 'pending', received: 0 });
    const flagged = await ask({ data: [] }, 471);
    expect(flagged).toMatchObject({ state: 'pending', received: 0 });
    expect(flagged.detail).toContain(URL);
  });

  it('counts no row of a batch twice that Meta received twice', async () => {
    const twice = session({ num_received: '20010', num_matched: '18000' });
    expect(await ask(twice, 200)).toMatchObject({ state: 'confirmed', received: 10_005, matched: 10_005 });
  });

  it('is partial when Meta calls entries invalid, and tells matches when it says them', async () => {
    const confirmation = await ask(
      session({ num_received: '10005', num_invalid_entries: '7', num_matched: '6000' }),
      200,
    );
    expect(confirmation).toMatchObject({
      state: 'partial',
      matched: 6000,
      rejects: [{ code: 'invalid_entry', count: 7 }],
    });
  });

  it('warns of an audience that is too small, and calls a person to one that cannot be used', async () => {
    expect(await ask(all, 200, 300)).toMatchObject({
      state: 'confirmed',
      warnings: ['The audience is too small to be shown ads, or inactive.'],
    });
    expect(await ask(all, 200, 400)).toMatchObject({
      state: 'needs-person',
      detail: `Facebook received 10005 rows. Facebook does not let this audience be used in ads. ${URL}`,
    });
  });

  it('asks nothing about an upload that sent nothing', async () => {
    expect(await facebook.destination.confirm(uploadOf(), [])).toMatchObject({ state: 'confirmed' });
  });
});

describe('check', () => {
  const me = () => graph().get('/v26.0/me').query({ fields: 'id,name' });
  const account = () => graph().get('/v26.0/act_42').query({ fields: 'name,account_status,tos_accepted' });
  const permissions = () => graph().get('/v26.0/me/permissions');
  const list = () => graph().get('/v26.0/act_42/customaudiences').query(true);
  const inspect = () => graph().post('/v26.0/debug_token', { input_token: TOKEN, method: 'GET' });
  const granted = { data: [{ permission: 'ads_management', status: 'granted' }] };
  const good = { id: 'act_42', name: 'Acme', account_status: 1, tos_accepted: { custom_audience_tos: 1 } };
  const faults = async () => (await facebook.destination.check()).filter((p) => !p.ok).map((p) => p.name);

  it('names each prerequisite and only reads, the token never in an address', async () => {
    me().reply(200, { id: '1', name: 'Reach system user' });
    account().reply(200, good, { 'x-ad-api-version-warning': 'v26.0 ends soon' });
    const expires_at = Math.floor(Date.now() / 1000) + 12.5 * 86_400;
    inspect().reply(200, { data: { is_valid: true, expires_at, scopes: ['ads_management'] } });
    permissions().reply(200, granted);
    list().reply(200, {
      data: [
        { id: '1', subtype: 'CUSTOM' },
        { id: '2', subtype: 'LOOKALIKE' },
      ],
    });
    const found = await facebook.destination.check();
    expect(found.filter((p) => p.room !== undefined).map((p) => [p.name, p.room])).toEqual([['audience-cap', 499]]);
    expect(found.filter((p) => p.daysLeft !== undefined).map((p) => [p.name, p.daysLeft])).toEqual([['token', 12]]);
    expect(found.map((p) => [p.name, p.ok, p.detail])).toEqual([
      ['token', true, 'Belongs to Reach system user. Expires in 12 days: create a new one before that.'],
      ['scopes', true, 'ads_management is granted.'],
      ['account', true, 'Acme is active.'],
      ['terms', true, 'Accepted.'],
      ['audience-cap', true, '1 of 500 customer lists exist.'],
      ['quota', true, '0 % of the hourly quota is used.'],
      ['clock', true, 'Facebook does not say what time it is.'],
      ['api-version', true, 'v26.0 works. Facebook warns: v26.0 ends soon'],
    ]);
    const writes = facebook.calls.filter((call) => call.method !== 'GET');
    expect(writes.map((call) => call.target)).toEqual(['graph.facebook.test/v26.0/debug_token']);
  });

  it('finds what is wrong with the account', async () => {
    me().reply(200, { id: '1' });
    account().reply(200, { ...good, account_status: 2, tos_accepted: {} });
    inspect().reply(400, missing);
    permissions().reply(200, { data: [{ permission: 'ads_read', status: 'granted' }] });
    list().reply(200, { data: Array.from({ length: 500 }, (_, i) => ({ id: String(i), subtype: 'CUSTOM' })) });
    const found = await facebook.destination.check();
    expect(found.flatMap(({ name, ok }) => (ok ? [] : [name]))).toEqual(['scopes', 'account', 'terms', 'audience-cap']);
    expect(found.find(({ name }) => name === 'audience-cap')).toMatchObject({ room: 0 });
  });

  it('counts down to the earlier end of token and data access, and tells quota and clock', async () => {
    const now = new Date('2026-11-24T10:00:00Z');
    await facebook.destination.close();
    facebook = openFacebook({ now: () => now });
    const at = (days: number) => now.getTime() / 1000 + days * 86_400;
    const headers = {
      date: 'Tue, 24 Nov 2026 09:50:00 GMT',
      'x-business-use-case-usage': JSON.stringify({
        '42': [{ type: 'custom_audience', call_count: 74, estimated_time_to_regain_access: 0 }],
      }),
    };
    me().reply(200, { id: '1', name: 'Reach system user' });
    account().reply(200, good);
    inspect().reply(200, { data: { is_valid: true, expires_at: at(59.5), data_access_expires_at: at(3.2) } });
    permissions().reply(200, granted);
    list().reply(200, { data: [] }, headers);
    const found = new Map((await facebook.destination.check()).map((p) => [p.name, p]));
    expect(found.get('token')).toMatchObject({ ok: true, daysLeft: 3 });
    expect(found.get('quota')).toMatchObject({ ok: true, detail: '74 % of the hourly quota is used.' });
    expect(found.get('clock')).toMatchObject({
      ok: false,
      detail: 'The clock of this machine is 600 s ahead of Facebook. Set it right.',
    });
  });

  it('takes the word of Meta that a token is no longer valid', async () => {
    me().reply(200, { id: '1' });
    account().reply(200, good);
    inspect().reply(200, { data: { is_valid: false, expires_at: 1, scopes: [] } });
    permissions().reply(200, granted);
    list().reply(200, { data: [] });
    expect(await faults()).toEqual(['token']);
  });

  it('lets a token pass that cannot read itself but the account', async () => {
    me().reply(400, missing);
    account().reply(200, good);
    inspect().reply(400, missing);
    permissions().reply(404, missing);
    list().reply(200, { data: [] });
    expect(await faults()).toEqual([]);
  });

  it.each([
    [
      'a revoked token',
      401,
      {
        error: {
          message: 'Error validating access token',
          type: 'OAuthException',
          code: 190,
          error_subcode: 460,
          fbtrace_id: 'T',
        },
      },
      ['token', 'scopes', 'account', 'terms', 'audience-cap'],
    ],
    ['an outage', 503, '<html>', ['token', 'scopes', 'account', 'terms', 'audience-cap']],
    [
      'an expired version',
      400,
      { error: { message: 'deprecated', type: 'OAuthException', code: 2635, fbtrace_id: 'T' } },
      ['token', 'scopes', 'account', 'terms', 'audience-cap', 'api-version'],
    ],
  ])('reports %s instead of throwing', async (_, status, body, expected) => {
    me().reply(status, body);
    account().reply(status, body);
    expect(await faults()).toEqual(expected);
  });

  it('survives an answer of the wrong shape', async () => {
    me().reply(200, { id: '1' });
    account().reply(200, good);
    inspect().reply(200, { data: 'nonsense' });
    permissions().reply(200, { data: 'nonsense' });
    list().reply(200, { data: 5 });
    expect(await faults()).toEqual(['audience-cap']);
  });
});
