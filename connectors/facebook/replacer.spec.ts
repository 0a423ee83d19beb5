import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import nock from 'nock';
import { AUDIENCE, BASE, batchOf, digest, memberOf, openFacebook } from './test-environment.ts';

const [a, b] = ['a', 'b'].map(digest) as [string, string];
const SESSION = 9_778_993;

describe('replacing an audience', () => {
  let facebook: ReturnType<typeof openFacebook>;
  const graph = () => nock(BASE);
  const batch = (seq: number, last = false, rows = [[a, b]]) => ({
    ...batchOf(rows.map((row, n) => memberOf(`con_${seq}_${n}`, [row]))),
    seq,
    last,
  });
  const replaced = (answer: object, status = 200) =>
    graph().post(`/v26.0/${AUDIENCE}/usersreplace`).reply(status, answer);
  const session = (data: object[]) =>
    graph()
      .get(`/v26.0/${AUDIENCE}/sessions`)
      .query({ fields: 'session_id,num_received,num_matched,num_invalid_entries', session_id: String(SESSION) })
      .reply(200, { data });
  const status = (code: number) =>
    graph()
      .get(`/v26.0/${AUDIENCE}`)
      .query({ fields: 'id,operation_status' })
      .reply(200, { id: AUDIENCE, operation_status: { code } });
  const answer = (received: number) => ({
    account_id: '42',
    session_id: String(SESSION),
    num_received: received,
    num_invalid_entries: 0,
    invalid_entry_samples: {},
  });
  const failed = (error_subcode: number) => ({
    error: { message: 'x', type: 'OAuthException', code: 2650, error_subcode, fbtrace_id: 'T' },
  });

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

  it('asks before the first batch, and sends the body of an upload', async () => {
    session([]);
    status(200);
    graph()
      .post(`/v26.0/${AUDIENCE}/usersreplace`, {
        payload: { schema: ['EMAIL', 'PHONE'], data: [[a, b]] },
        session: { session_id: SESSION, batch_seq: 1, last_batch_flag: false, estimated_num_total: 3 },
      })
      .reply(200, answer(1));
    graph()
      .post(`/v26.0/${AUDIENCE}/usersreplace`, {
        payload: {
          schema: ['EMAIL', 'PHONE'],
          data: [
            [b, ''],
            ['', a],
          ],
        },
        session: { session_id: SESSION, batch_seq: 2, last_batch_flag: true, estimated_num_total: 3 },
      })
      .reply(200, { ...answer(3), num_invalid_entries: 1, invalid_entry_samples: [b] });
    expect(await facebook.destination.replace(batch(1))).toEqual({
      outcomes: [{ contactId: 'con_1_0', verdict: 'accepted' }],
      unattributedRejects: 0,
      warnings: [],
      vendorRequestId: `session ${SESSION} batch 1`,
      ticket: { audienceId: AUDIENCE, sessions: [{ id: SESSION, rows: 1 }] },
    });
    const second = await facebook.destination.replace(
      batch(2, true, [
        [b, ''],
        ['', a],
      ]),
    );
    expect(second.outcomes.map(({ verdict }) => verdict)).toEqual(['rejected', 'accepted']);
  });

  it('never sends the first batch again when it has arrived, although its answer was lost', async () => {
    session([]);
    status(200);
    graph()
      .post(`/v26.0/${AUDIENCE}/usersreplace`)
      .replyWithError(Object.assign(new Error('socket'), { code: 'ECONNRESET' }));
    await expect(facebook.destination.replace(batch(1))).rejects.toMatchObject({ code: 'transient' });
    session([{ session_id: String(SESSION), num_received: '1', num_matched: '-1', num_invalid_entries: '0' }]);
    expect(await facebook.destination.replace(batch(1))).toMatchObject({
      outcomes: [{ contactId: 'con_1_0', verdict: 'accepted' }],
      ticket: { sessions: [{ id: SESSION, rows: 1 }] },
    });
  });

  it('sends later batches again as often as needed', async () => {
    replaced(answer(2));
    replaced(answer(2));
    await facebook.destination.replace(batch(2));
    await facebook.destination.replace(batch(2));
  });

  it.each([
    [414, { code: 'throttled', retryAfterSeconds: 60 }],
    [441, { code: 'throttled', retryAfterSeconds: 60 }],
    [471, { code: 'policy', vendorCode: 'operation_status 471' }],
  ])('does not begin while the audience is in status %i', async (code, error) => {
    session([]);
    status(code);
    await expect(facebook.destination.replace(batch(1))).rejects.toMatchObject(error);
  });

  it.each([
    ['timed out', 1870158],
    ['was finished', 1870159],
  ])('adds what comes after the session %s, in a session of its own', async (_, subcode) => {
    replaced(failed(subcode), 400);
    status(200);
    graph()
      .post(`/v26.0/${AUDIENCE}/users`, (body) => body.session.session_id !== SESSION && body.session.batch_seq === 1)
      .reply(200, { ...answer(1), audience_id: AUDIENCE });
    const receipt = await facebook.destination.replace(batch(9, true));
    expect(receipt.outcomes).toEqual([{ contactId: 'con_9_0', verdict: 'accepted' }]);
    expect(receipt.warnings.join()).toContain('This batch was added.');
  });

  it('waits with adding the rest until the audience is normal', async () => {
    replaced(failed(1870158), 400);
    status(414);
    await expect(facebook.destination.replace(batch(9))).rejects.toMatchObject({ code: 'throttled' });
  });

  it.each([
    [1870145, 'throttled'],
    [1870147, 'config'],
    [1870148, 'transient'],
    [1870144, 'config'],
  ])('lets the refusal 2650/%i stand', async (subcode, code) => {
    replaced(failed(subcode), 400);
    await expect(facebook.destination.replace(batch(2))).rejects.toMatchObject({ code });
  });

  it('makes no call for an empty batch, and takes members of one schema only', async () => {
    expect((await facebook.destination.replace(batchOf([]))).outcomes).toEqual([]);
    const mixed = batchOf([memberOf('con_1', [[a, b]]), memberOf('con_2', [[a]], ['EMAIL'])]);
    await expect(facebook.destination.replace(mixed)).rejects.toMatchObject({ code: 'config' });
    const other = batchOf([memberOf('con_2', [[a]], ['EMAIL'])]);
    await expect(facebook.destination.replace(other)).rejects.toMatchObject({ code: 'config' });
    expect(facebook.calls).toEqual([]);
  });
});
