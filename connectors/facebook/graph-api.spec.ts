import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import nock from 'nock';
import { DestinationError } from '../errors.ts';
import { errors } from './errors.ts';
import { AUDIENCE, BASE, batchOf, digest, memberOf, openFacebook, TOKEN } from './test-environment.ts';

const USERS = `/v26.0/${AUDIENCE}/users`;
const HTML = '<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>';
const EMAIL = digest('a');
const batch = () => batchOf([memberOf('con_1', [[EMAIL, '']])]);
const ok = {
  audience_id: AUDIENCE,
  session_id: '9778993',
  num_received: 1,
  num_invalid_entries: 0,
  invalid_entry_samples: {},
};

/** Sends one batch and returns the error it must end in. */
async function failure(facebook = openFacebook()): Promise<DestinationError> {
  const error = await facebook.destination.add(batch()).catch((e: unknown) => e);
  await facebook.destination.close();
  expect(error).toBeInstanceOf(DestinationError);
  return error as DestinationError;
}

const graphError = (code: number, subcode?: number, more: object = {}) => ({
  error: {
    message: '(#0) As Meta words it',
    type: 'OAuthException',
    code,
    ...(subcode ? { error_subcode: subcode } : {}),
    fbtrace_id: 'AbCdEf123',
    ...more,
  },
});

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => nock.restore());

describe('requests', () => {
  it('sends the token as a header and never in the address, and signs with the app secret', async () => {
    const now = new Date('2023-10-15T00:00:00Z');
    let body: Record<string, unknown> = {};
    nock(BASE, { reqheaders: { authorization: `Bearer ${TOKEN}` } })
      .post(USERS, (sent) => {
        body = sent;
        return true;
      })
      .query((query) => Object.keys(query).length === 0)
      .reply(200, ok);
    const { destination, calls } = openFacebook({ appSecret: 'dummySecret', now: () => now });
    await destination.add(batch());
    const time = now.getTime() / 1000;
    expect(body.appsecret_time).toBe(time);
    expect(body.appsecret_proof).toBe(createHmac('sha256', 'dummySecret').update(`${TOKEN}|${time}`).digest('hex'));
    expect(calls).toEqual([
      expect.objectContaining({ method: 'POST', target: `graph.facebook.test${USERS}`, status: 200 }),
    ]);
    await destination.close();
  });

  it('signs reads in the query', async () => {
    const proof = createHmac('sha256', 'dummySecret').update('ABC|1697328000').digest('hex');
    expect(proof).toBe('d103874f3b5f01f57c4f84edfb96ac94055da8f83c2b45e6f26dafca9188ff4d');
    const scope = nock(BASE)
      .get(`/v26.0/${AUDIENCE}`)
      .query((q) => 'appsecret_proof' in q && q.appsecret_time === '1697328000')
      .reply(200, { id: AUDIENCE });
    nock(BASE).get(`/v26.0/${AUDIENCE}/sessions`).query(true).reply(200, { data: [] });
    const { destination } = openFacebook({ appSecret: 'dummySecret', now: () => new Date(1_697_328_000_000) });
    await destination.confirm({}, [{ audienceId: AUDIENCE, sessions: [{ id: 1, rows: 1 }] }]);
    expect(scope.isDone()).toBe(true);
    await destination.close();
  });

  it('follows no redirect', async () => {
    nock(BASE).post(USERS).reply(302, '{}', { location: 'https://elsewhere.test/' });
    expect((await failure()).code).toBe('unknown');
  });
});

describe('errors', () => {
  const told = errors.filter(({ vendor }) => !vendor.startsWith('reach/'));
  it.each(told.map((rule) => [rule.vendor, rule] as const))('%s means what the table says', async (vendor, rule) => {
    const [code, subcode] = vendor.split('/');
    const message = {
      proof: 'API calls from the server require an appsecret_proof argument',
      'proof-refused': 'Invalid appsecret_proof provided in the API argument',
      reduce: "Please reduce the amount of data you're asking for, then retry your request",
    }[subcode ?? ''];
    const words = message ? { message } : {};
    nock(BASE)
      .persist()
      .post(USERS)
      .reply(400, graphError(Number(code), Number(subcode) || undefined, words));
    const facebook = openFacebook();
    const error = await failure(facebook);
    expect(error.code).toBe(rule.code);
    expect(error.vendorCode).toBe(vendor);
    expect(error.message).toContain(rule.text);
    expect(error.message).toContain('trace AbCdEf123');
    expect(error.url).toBe(rule.url?.replace('{adAccountId}', '42'));
    const recorded = vendor.replace(/\/[a-z-]+$/, '');
    expect(facebook.calls[0]).toMatchObject({ status: 400, code: recorded, vendorRequestId: 'AbCdEf123' });
    if (rule.code === 'throttled') expect(error.retryAfterSeconds).toBeGreaterThan(0);
  });

  it.each([
    ['an unknown code', 400, graphError(987_654), 'unknown'],
    ['an unknown code that passes', 400, graphError(987_654, undefined, { is_transient: true }), 'transient'],
    ['an unknown code with status 500', 500, graphError(987_654), 'transient'],
    ['an unknown code with status 429', 429, graphError(987_654), 'throttled'],
    ['a negative code', 400, graphError(-3), 'transient'],
    ['an unknown subcode of a known code', 400, graphError(190, 460), 'auth'],
    ['a known code that Meta calls passing', 400, graphError(100, undefined, { is_transient: true }), 'transient'],
    ['an error with status 200', 200, graphError(190), 'auth'],
    ['HTML with status 502', 502, HTML, 'transient'],
    ['HTML with status 400', 400, HTML, 'transient'],
    ['HTML with status 200', 200, HTML, 'transient'],
    ['an empty body with status 200', 200, '', 'transient'],
    ['an empty body with status 503', 503, '', 'transient'],
    ['a list with status 200', 200, '[]', 'transient'],
    ['JSON that is cut', 200, '{"audience_id":"1', 'transient'],
    ['an object without error, status 404', 404, {}, 'unknown'],
    ['a count that is missing', 200, { audience_id: AUDIENCE }, 'unknown'],
    ['a count of another audience', 200, { ...ok, audience_id: '7' }, 'unknown'],
  ] as const)('%s', async (_, status, body, expected) => {
    nock(BASE).post(USERS).reply(status, body);
    expect((await failure()).code).toBe(expected);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND'])('%s is transient and named', async (code) => {
    nock(BASE)
      .post(USERS)
      .replyWithError(Object.assign(new Error('socket'), { code }));
    const facebook = openFacebook();
    const error = await failure(facebook);
    expect(error).toMatchObject({ code: 'transient', vendorCode: code });
    expect(facebook.calls[0]).toMatchObject({ status: code });
  });

  it('shows no identifier, digest, phone or token that Meta echoes', async () => {
    const message = `Invalid value ada@example.com, ${EMAIL}, +1 (555) 123-4567 for token ${TOKEN} in act_123456789`;
    nock(BASE)
      .post(USERS)
      .reply(400, graphError(100, undefined, { message, error_user_title: undefined }));
    const error = await failure();
    const shown = JSON.stringify([error.message, error.stack, error]);
    for (const secret of ['ada@example.com', EMAIL, '555', TOKEN]) expect(shown).not.toContain(secret);
    expect(error.message).toContain('act_123456789');
  });
});

describe('quota', () => {
  const usage = (percent: number, minutes = 0) => ({
    'x-business-use-case-usage': JSON.stringify({
      '42': [
        {
          type: 'custom_audience',
          call_count: percent,
          total_cputime: 1,
          total_time: 1,
          estimated_time_to_regain_access: minutes,
        },
      ],
    }),
  });

  it('80003 waits as long as Meta says and calls no more before that', async () => {
    nock(BASE).post(USERS).reply(400, graphError(80003, 2446079), usage(100, 12));
    let now = new Date('2026-11-24T10:00:00Z');
    const { destination, calls } = openFacebook({ now: () => now });
    await expect(destination.add(batch())).rejects.toMatchObject({ code: 'throttled', retryAfterSeconds: 720 });
    now = new Date('2026-11-24T10:10:00Z');
    await expect(destination.add(batch())).rejects.toMatchObject({ code: 'throttled', retryAfterSeconds: 120 });
    expect(calls).toHaveLength(1);
    await destination.close();
  });

  it('at 95 % the call that told us counts, and the next one is not made', async () => {
    nock(BASE)
      .post(USERS)
      .reply(200, ok, { 'x-app-usage': JSON.stringify({ call_count: 96, total_time: 3, total_cputime: 3 }) });
    const { destination, calls } = openFacebook();
    await expect(destination.add(batch())).resolves.toMatchObject({ unattributedRejects: 0 });
    await expect(destination.add(batch())).rejects.toMatchObject({ code: 'throttled', vendorCode: 'usage' });
    expect(calls).toHaveLength(1);
    await destination.close();
  });

  it('at 75 % it slows down', async () => {
    nock(BASE).post(USERS).reply(200, ok, usage(75)).post(USERS).reply(200, ok);
    const { destination } = openFacebook();
    await destination.add(batch());
    const started = Date.now();
    await destination.add(batch());
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
    await destination.close();
  });

  it('cannot be fooled by headers it cannot read', async () => {
    nock(BASE).post(USERS).reply(200, ok, { 'x-app-usage': '{oops', 'x-business-use-case-usage': 'null' });
    const { destination } = openFacebook();
    await expect(destination.add(batch())).resolves.toBeDefined();
    await destination.close();
  });
});

describe('ending', () => {
  it('abort and close end a call that hangs, with its socket', async () => {
    nock.enableNetConnect('127.0.0.1');
    for (const end of ['abort', 'close'] as const) {
      const server = createServer(() => undefined);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const gone = new Promise((resolve) => server.on('connection', (socket) => socket.on('close', resolve)));
      const { port } = server.address() as AddressInfo;
      const { destination, abort } = openFacebook({ url: `http://127.0.0.1:${port}` });
      const sending = destination.add(batch());
      setTimeout(() => (end === 'abort' ? abort() : void destination.close()), 50);
      await expect(sending).rejects.toMatchObject({ code: 'transient', vendorCode: 'cancelled' });
      await gone;
      server.close();
    }
    nock.disableNetConnect();
  });

  it('ends at its deadline though an answer goes on arriving byte by byte', async () => {
    nock.enableNetConnect('127.0.0.1');
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(Math.min(ms, 300)));
    const server = createServer((_, answer) => {
      const drip = setInterval(() => answer.write(' '), 20);
      answer.on('close', () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const facebook = openFacebook({ url: `http://127.0.0.1:${port}` });
    expect(await failure(facebook)).toMatchObject({ code: 'transient', vendorCode: 'ETIMEDOUT' });
    server.close();
    jest.restoreAllMocks();
    nock.disableNetConnect();
  });
});
