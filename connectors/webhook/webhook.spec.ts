import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import nock from 'nock';
import { encodeAll, rehearsalBatch, rehearsalEnvironment, rehearsalMember, rehearsalUpload } from '../rehearsal.ts';
import { webhook } from './definition.ts';
import { WebhookOptions, WebhookSettings } from './settings.ts';

const NOW = new Date('2026-11-03T09:10:11.500Z');
const SECRET = 'a-shared-secret-of-ours';
const plain = { url: 'https://crm.example.com/hooks/reach', secret: SECRET, authorization: 'Bearer let-me-in' };
const settings = plainToInstance(WebhookSettings, plain, { exposeDefaultValues: true });
const audience = { id: 'del_1/p_loyal', name: 'Rehearsal p_loyal' };
const sha256 = {
  email: '4ce4ec4548b0d93be9e908324d29f3c890a7cdd29aca603661b209a7c60758ac',
};

const open = (more: Partial<WebhookSettings> = {}) => {
  const environment = { ...rehearsalEnvironment(), now: () => NOW };
  return webhook.open({ ...settings, ...more }, environment).then((destination) => ({ destination, environment }));
};
const batchOf = (direction: 'add' | 'remove', count = 1) => {
  const upload = rehearsalUpload(audience, {
    options: new WebhookOptions(),
    matchKeys: ['EMAIL', 'COUNTRY'],
    attributes: ['tenure', 'plan'],
    direction,
  });
  const members = Array.from({ length: count }, (_, n) => rehearsalMember(n + 1, { tenure: 41, other: 'x' }));
  return rehearsalBatch(upload, encodeAll(webhook, upload, members), 3, false);
};
const answering = (status: number, body: nock.Body = '') =>
  nock('https://crm.example.com').post('/hooks/reach').reply(status, body);

beforeAll(() => nock.disableNetConnect());
afterAll(() => nock.restore());
afterEach(() => nock.cleanAll());

test('the exact request: headers, signature and body', async () => {
  const body = {
    version: 1,
    id: 'upl_1:3',
    action: 'add',
    delivery: { id: 'del_1', account: 'Acme', audience: 'Spring sale', mode: 'mirror' },
    run: {
      id: 'run_1',
      uploadId: 'upl_1',
      startedAt: '2026-11-03T09:08:07.000Z',
      batch: 3,
      part: 1,
      lastBatch: false,
      estimatedMembers: 1,
    },
    segment: {
      id: 'del_1/p_loyal',
      key: 'p_loyal',
      name: 'Rehearsal p_loyal',
      description: 'Loyal families with long tenure',
      brief: batchOf('add').upload.segment.brief,
      creatives: batchOf('add').upload.segment.creatives,
    },
    consent: { adUserData: 'granted', adPersonalization: 'granted' },
    members: [
      {
        contactId: 'con_1',
        identifiers: [
          { key: 'EMAIL', value: sha256.email, hash: 'sha256' },
          { key: 'COUNTRY', value: 'US', hash: 'none' },
        ],
        attributes: { tenure: 41, plan: null },
      },
    ],
  };
  const digest = createHmac('sha256', SECRET)
    .update(`1793697011.${JSON.stringify(body)}`)
    .digest('hex');
  const scope = nock('https://crm.example.com', {
    reqheaders: {
      'content-type': 'application/json',
      'idempotency-key': 'upl_1:3',
      'reach-signature': `t=1793697011,v1=${digest}`,
      authorization: 'Bearer let-me-in',
      'user-agent': 'Reach',
    },
  });
  scope
    .post('/hooks/reach', body as unknown as nock.DataMatcherMap)
    .reply(200, { rejected: [] }, { 'x-request-id': 'req-77' });
  const { destination, environment } = await open();
  const receipt = await destination.add(batchOf('add'));
  expect(receipt).toEqual({
    outcomes: [{ contactId: 'con_1', verdict: 'accepted' }],
    unattributedRejects: 0,
    warnings: [],
    vendorRequestId: 'req-77',
    ticket: { received: 1, rejects: {} },
  });
  expect(environment.calls).toMatchObject([
    { method: 'POST', target: 'https://crm.example.com/hooks/reach', status: 200, vendorRequestId: 'req-77' },
  ]);
});

test('a removal names its people by their identifiers alone', async () => {
  const scope = nock('https://crm.example.com')
    .post(
      '/hooks/reach',
      (body) => body.action === 'remove' && Object.keys(body.members[0]).join() === 'contactId,identifiers',
    )
    .reply(202);
  const { destination } = await open();
  await destination.remove(batchOf('remove'));
  expect(scope.isDone()).toBe(true);
});

test('while a secret is being replaced, both sign', async () => {
  const scope = nock('https://crm.example.com', {
    reqheaders: { 'reach-signature': /^t=\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/ },
  })
    .post('/hooks/reach')
    .reply(204);
  const { destination } = await open({ formerSecret: 'the-secret-of-last-year' });
  await destination.add(batchOf('add'));
  expect(scope.isDone()).toBe(true);
});

describe('representations', () => {
  const encode = (representation: 'hashed' | 'plain' | 'referenced') => {
    const { options, segment } = batchOf('add').upload;
    const member = rehearsalMember(1);
    member.identity.emailHashes = ['AB'.repeat(32)];
    const context = { options, segment, attributes: [], matchKeys: ['EMAIL', 'EXTERN_ID'], representation };
    return (webhook.encoder(context)(member).wire as { keys: object[] }).keys;
  };
  const theirs = { key: 'EMAIL', value: 'ab'.repeat(32), hash: 'sha256' };
  const reference = { key: 'EXTERN_ID', value: 'ext-1', hash: 'none' };

  test('hashed', () =>
    expect(encode('hashed')).toEqual([{ key: 'EMAIL', value: sha256.email, hash: 'sha256' }, theirs, reference]));
  test('plain, with digests of the user kept', () =>
    expect(encode('plain')).toEqual([
      { key: 'EMAIL', value: 'planted.person1@example.com', hash: 'none' },
      theirs,
      reference,
    ]));
  test('referenced', () => expect(encode('referenced')).toEqual([reference]));
});

describe('the answer', () => {
  test('refuses single contacts, in words without identifiers', async () => {
    answering(200, {
      rejected: [
        { contactId: 'con_2', code: 'unsubscribed', text: 'jane@example.com (+1 650 253 0000) opted out' },
        { contactId: 'con_3', code: 'bad code!' },
        { contactId: 'con_99', code: 'x' },
        'nonsense',
      ],
    });
    const { destination } = await open();
    const receipt = await destination.add(batchOf('add', 3));
    expect(receipt).toMatchObject({
      outcomes: [
        { contactId: 'con_1', verdict: 'accepted' },
        { contactId: 'con_2', verdict: 'rejected', code: 'unsubscribed', text: '… (…) opted out' },
        { contactId: 'con_3', verdict: 'rejected', code: 'rejected', text: 'The receiver refused this contact.' },
      ],
      unattributedRejects: 2,
    });
    expect(await destination.confirm(batchOf('add').upload, [receipt.ticket!])).toMatchObject({
      state: 'failed',
      received: 0,
      rejects: [
        { code: 'unattributed', count: 2 },
        { code: 'unsubscribed', count: 1 },
        { code: 'rejected', count: 1 },
      ],
    });
  });

  test.each<[string, nock.Body]>([
    ['nothing', ''],
    ['text', 'ok'],
    ['null', 'null'],
    ['JSON of another kind', '[1]'],
  ])('of %s accepts everyone', async (_name, body) => {
    answering(202, body);
    const { destination } = await open();
    const { outcomes } = await destination.add(batchOf('add', 2));
    expect(outcomes.every(({ verdict }) => verdict === 'accepted')).toBe(true);
  });

  test('422 refuses the members of its request, and nobody else', async () => {
    answering(422, { message: 'no' });
    const { destination } = await open();
    const { outcomes } = await destination.add(batchOf('add', 2));
    expect(outcomes).toMatchObject([
      { verdict: 'rejected', code: '422' },
      { verdict: 'rejected', code: '422' },
    ]);
  });

  test.each([
    [429, { 'retry-after': '120' }, { code: 'throttled', retryAfterSeconds: 120 }],
    [429, { 'retry-after': 'Tue, 03 Nov 2026 09:11:11 GMT' }, { code: 'throttled', retryAfterSeconds: 60 }],
    [429, {}, { code: 'throttled', retryAfterSeconds: 60 }],
    [308, { location: 'https://elsewhere.example.com/' }, { code: 'config', vendorCode: 'redirect' }],
    [418, {}, { code: 'unknown', vendorCode: '418' }],
    [599, {}, { code: 'transient', vendorCode: '599' }],
  ])('%s %j means %j', async (status, headers, expected) => {
    nock('https://crm.example.com').post('/hooks/reach').reply(status, 'planted@example.com', headers);
    const { destination } = await open();
    const error = await destination.add(batchOf('add')).catch((reason: Error) => reason);
    expect(error).toMatchObject(expected);
    expect((error as Error).message).not.toContain('planted');
  });

  test.each([
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['ENOTFOUND', 'dns'],
    ['ECONNRESET', 'network'],
  ])('%s is %s', async (code, vendorCode) => {
    nock('https://crm.example.com')
      .post('/hooks/reach')
      .replyWithError(Object.assign(new Error('x'), { code }));
    const { destination } = await open();
    await expect(destination.add(batchOf('add'))).rejects.toMatchObject({ vendorCode });
  });
});

test.each<[object, string[]]>([
  [{}, []],
  [{ url: 'https://127.0.0.1:8443/x' }, []],
  [{ url: 'http://localhost:8080/x' }, []],
  [{ url: 'http://receiver:8080' }, []],
  [{ url: 'http://[::1]:8080' }, []],
  [{ url: 'http://crm.example.com/hooks' }, ['url']],
  [{ url: 'https://user:pass@crm.example.com/' }, ['url']],
  [{ url: 'https://crm.example.com/?token=1' }, ['url']],
  [{ url: 'ftp://crm.example.com/' }, ['url']],
  [{ secret: 'short' }, ['secret']],
  [{ formerSecret: 'has spaces in it and is long' }, ['formerSecret']],
  [{ authorization: 'two\nlines' }, ['authorization']],
  [{ timeoutSeconds: 0 }, ['timeoutSeconds']],
])('settings %j are refused for %j', (more, faults) => {
  const given = plainToInstance(WebhookSettings, { ...plain, ...more }, { exposeDefaultValues: true });
  expect(validateSync(given).map(({ property }) => property)).toEqual(faults);
});
