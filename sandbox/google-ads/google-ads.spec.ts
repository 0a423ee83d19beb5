import { createHash } from 'node:crypto';
import grpc from '@grpc/grpc-js';
import { errors } from 'google-ads-api';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { loadProtos } from './protos.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const TRAILER = 'google.ads.googleads.v25.errors.googleadsfailure-bin';

interface AdsAnswer {
  resource_name: string;
  results: { resource_name: string; offline_user_data_job: Buffer; customer: Buffer }[];
  partial_failure_error?: { code: number; details: { value: Buffer }[] };
  warning?: { details: { value: Buffer }[] };
  name: string;
}

let sandbox: Sandbox;
let token = '';
let client: grpc.Client;

beforeAll(async () => {
  sandbox = await startSandbox();
  client = new grpc.Client(`127.0.0.1:${sandbox.googleAds.port}`, grpc.credentials.createInsecure());
});
beforeEach(async () => {
  sandbox.reset();
  const { clientId, clientSecret, refreshToken } = sandbox.googleAds.credentials;
  const form = {
    grant_type: 'refresh_token',
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
  };
  const response = await fetch(sandbox.google.oauthUrl, { method: 'POST', body: new URLSearchParams(form) });
  token = ((await response.json()) as { access_token: string }).access_token;
});
afterAll(async () => {
  client.close();
  await sandbox.close();
});

function call(
  method: string,
  request: object,
  headers: Record<string, string | undefined> = {},
  milliseconds = 30_000,
): Promise<AdsAnswer> {
  const definition = Object.values(loadProtos().services)
    .map((service) => service[method])
    .find(Boolean)!;
  const metadata = new grpc.Metadata();
  const all = {
    authorization: `Bearer ${token}`,
    'developer-token': sandbox.googleAds.credentials.developerToken,
    ...headers,
  };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) metadata.set(name, value);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      definition.path,
      definition.requestSerialize,
      (bytes) => definition.responseDeserialize(bytes) as AdsAnswer,
      request,
      metadata,
      { deadline: Date.now() + milliseconds },
      (error, answer) => (error ? reject(error) : resolve(answer!)),
    );
  });
}

/** Every error code of a failure, as `offline_user_data_job_error.INVALID_SHA256_FORMAT`, with its place. */
function decode(bytes: Buffer): { codes: string[]; places: string[] } {
  const failure = errors.GoogleAdsFailure.toObject(errors.GoogleAdsFailure.decode(bytes), { enums: String }) as {
    errors: {
      error_code: Record<string, string>;
      location?: { field_path_elements?: { field_name: string; index?: number }[] };
    }[];
  };
  return {
    codes: failure.errors.map(({ error_code }) => Object.entries(error_code)[0]!.join('.')),
    places: failure.errors.map(({ location }) =>
      (location?.field_path_elements ?? [])
        .map(({ field_name, index }) =>
          index === undefined || index === null ? field_name : `${field_name}[${index}]`,
        )
        .join('.'),
    ),
  };
}

async function refusal(attempt: Promise<unknown>): Promise<{ status: number; codes: string[] }> {
  const error = await attempt.then(
    () => {
      throw new Error('the call succeeded');
    },
    (problem: grpc.ServiceError) => problem,
  );
  const bytes = error.metadata?.get(TRAILER)[0] as Buffer | undefined;
  return { status: error.code, codes: bytes ? decode(bytes).codes : [] };
}

const customerId = () => sandbox.googleAds.credentials.customerId;

async function createList(more: object = {}): Promise<string> {
  const create = {
    name: 'Savers',
    membership_life_span: 540,
    crm_based_user_list: { upload_key_type: 'CONTACT_INFO', data_source_type: 'FIRST_PARTY' },
    ...more,
  };
  const { results } = await call('MutateUserLists', { customer_id: customerId(), operations: [{ create }] });
  return results[0]!.resource_name;
}

async function createJob(list: string, more: object = {}): Promise<string> {
  const job = { type: 'CUSTOMER_MATCH_USER_LIST', customer_match_user_list_metadata: { user_list: list }, ...more };
  const request = { customer_id: customerId(), job, enable_match_rate_range_preview: true };
  return (await call('CreateOfflineUserDataJob', request)).resource_name;
}

const add = (job: string, operations: object[], more: object = {}) =>
  call('AddOfflineUserDataJobOperations', { resource_name: job, operations, ...more });
const create = (...user_identifiers: object[]) => ({ create: { user_identifiers } });
const email = (name: string) => ({ hashed_email: hash(name) });
const members = () => sandbox.google.members(sandbox.google.userLists()[0]!.id);

describe('the fake Google Ads API', () => {
  it('carries a job from list to success', async () => {
    const list = await createList();
    const job = await createJob(list, { external_id: '77' });
    const address_info = {
      hashed_first_name: hash('a'),
      hashed_last_name: hash('b'),
      country_code: 'US',
      postal_code: '94105',
    };
    await add(job, [create(email('a'), { hashed_phone_number: hash('+1') }), create({ address_info })]);
    expect(members().size).toBe(0);
    sandbox.google.options.processingPolls = 1;
    expect((await call('RunOfflineUserDataJob', { resource_name: job })).name).toContain('/operations/');
    const query = `SELECT offline_user_data_job.id, offline_user_data_job.status FROM offline_user_data_job WHERE offline_user_data_job.resource_name = '${job}'`;
    const ask = async () => {
      const { results } = await call('Search', { customer_id: customerId(), query });
      expect(results).toHaveLength(1);
      return sandbox.googleAds.offlineJobs()[0]!.status;
    };
    expect([await ask(), await ask()]).toEqual(['RUNNING', 'SUCCESS']);
    expect(members()).toEqual(
      new Set([`EMAIL=${hash('a')}|PHONE=${hash('+1')}`, `ADDRESS=${hash('a')}/${hash('b')}/US/94105`]),
    );
  });

  it('finds lists and the customer by query', async () => {
    await createList();
    const query = "SELECT user_list.id FROM user_list WHERE user_list.name = 'Savers'";
    expect((await call('Search', { customer_id: customerId(), query })).results).toHaveLength(1);
    const none = "SELECT user_list.id FROM user_list WHERE user_list.name = 'x'";
    expect((await call('Search', { customer_id: customerId(), query: none })).results ?? []).toHaveLength(0);
    const customer = await call('Search', { customer_id: customerId(), query: 'SELECT customer.id FROM customer' });
    expect(customer.results).toHaveLength(1);
    expect((await refusal(call('Search', { customer_id: customerId(), query: 'SELECT x FROM campaign' }))).status).toBe(
      3,
    );
  });

  it.each<[string, Record<string, string | undefined>, number, string]>([
    ['no OAuth token', { authorization: undefined }, 16, 'authentication_error.AUTHENTICATION_ERROR'],
    ['a bad OAuth token', { authorization: 'Bearer x' }, 16, 'authentication_error.OAUTH_TOKEN_INVALID'],
    ['a bad developer token', { 'developer-token': 'x' }, 16, 'authentication_error.DEVELOPER_TOKEN_INVALID'],
    [
      'a malformed login customer',
      { 'login-customer-id': '123-456-7890' },
      3,
      'header_error.INVALID_LOGIN_CUSTOMER_ID',
    ],
    [
      'an unrelated login customer',
      { 'login-customer-id': '1111111111' },
      7,
      'authorization_error.USER_PERMISSION_DENIED',
    ],
  ])('refuses %s', async (_, headers, status, code) => {
    const query = 'SELECT customer.id FROM customer';
    expect(await refusal(call('Search', { customer_id: customerId(), query }, headers))).toEqual({
      status,
      codes: [code],
    });
  });

  it('closes uploads to developer tokens that are not allow-listed', async () => {
    const list = await createList();
    const job = { type: 'CUSTOMER_MATCH_USER_LIST', customer_match_user_list_metadata: { user_list: list } };
    const attempt = call(
      'CreateOfflineUserDataJob',
      { customer_id: customerId(), job },
      { 'developer-token': sandbox.googleAds.credentials.newDeveloperToken },
    );
    expect(await refusal(attempt)).toEqual({
      status: 7,
      codes: ['not_allowlisted_error.CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE'],
    });
  });

  it.each<[string, object, string]>([
    ['a name twice', {}, 'user_list_error.NAME_ALREADY_USED'],
    ['541 days', { name: 'x', membership_life_span: 541 }, 'range_error.TOO_HIGH'],
    ['no type', { name: 'x', crm_based_user_list: null }, 'user_list_error.CONCRETE_TYPE_REQUIRED'],
    [
      'mobile ids without an app',
      { name: 'x', crm_based_user_list: { upload_key_type: 'MOBILE_ADVERTISING_ID' } },
      'user_list_error.APP_ID_NOT_SET',
    ],
  ])('refuses a list with %s', async (_, more, code) => {
    await createList();
    expect((await refusal(createList(more))).codes).toEqual([code]);
  });

  it('refuses jobs for unknown lists, denied consent and repeated external ids', async () => {
    const list = await createList();
    expect((await refusal(createJob('customers/1234567890/userLists/1'))).codes).toEqual([
      'offline_user_data_job_error.INVALID_USER_LIST_ID',
    ]);
    const denied = { customer_match_user_list_metadata: { user_list: list, consent: { ad_user_data: 'DENIED' } } };
    expect((await refusal(createJob(list, denied))).codes).toEqual([
      'offline_user_data_job_error.CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS',
    ]);
    await createJob(list, { external_id: '5' });
    expect((await refusal(createJob(list, { external_id: '5' }))).codes).toEqual([
      'offline_user_data_job_error.EXTERNAL_UPDATE_ID_ALREADY_EXISTS',
    ]);
  });

  it('reports bad operations by place when partial failure is on, and refuses all when off', async () => {
    const job = await createJob(await createList());
    const operations = [create(email('a')), create({ hashed_email: 'zz' }), create()];
    const answer = await add(job, operations, { enable_partial_failure: true });
    expect(decode(answer.partial_failure_error!.details[0]!.value)).toEqual({
      codes: [
        'offline_user_data_job_error.INVALID_SHA256_FORMAT',
        'offline_user_data_job_error.MISSING_USER_IDENTIFIER',
      ],
      places: ['operations[1].create.user_identifiers[0].hashed_email', 'operations[2].create'],
    });
    expect(sandbox.googleAds.offlineJobs()[0]!.operations).toHaveLength(1);
    expect((await refusal(add(job, operations))).codes).toHaveLength(2);
    expect(sandbox.googleAds.offlineJobs()[0]!.operations).toHaveLength(1);
  });

  it.each<[string, object[], string]>([
    [
      'creates and removes together',
      [create(email('a')), { remove: { user_identifiers: [email('b')] } }],
      'CONFLICTING_OPERATION',
    ],
    ['remove_all not first', [create(email('a')), { remove_all: true }], 'INVALID_OPERATION_ORDER'],
    [
      '21 identifiers in one',
      [create(...Array.from({ length: 21 }, (_, i) => email(`${i}`)))],
      'TOO_MANY_USER_IDENTIFIERS',
    ],
    ['another key type', [create({ third_party_user_id: 'u' })], 'INCOMPATIBLE_UPLOAD_KEY_TYPE'],
  ])('refuses %s', async (_, operations, code) => {
    const job = await createJob(await createList());
    expect((await refusal(add(job, operations))).codes).toEqual([`offline_user_data_job_error.${code}`]);
  });

  it('refuses more than 100,000 identifiers in a request', async () => {
    const job = await createJob(await createList());
    const one = create(...Array.from({ length: 20 }, (_, i) => email(`${i}`)));
    const operations = Array.from({ length: 5001 }, () => one);
    expect((await refusal(add(job, operations))).codes).toEqual([
      'offline_user_data_job_error.TOO_MANY_USER_IDENTIFIERS',
    ]);
  });

  it('replaces with remove_all first, and takes nothing after the run', async () => {
    const list = await createList();
    const first = await createJob(list);
    await add(first, [create(email('old'))]);
    await call('RunOfflineUserDataJob', { resource_name: first });
    const second = await createJob(list);
    await add(second, [{ remove_all: true }, create(email('new'))]);
    await call('RunOfflineUserDataJob', { resource_name: second });
    expect(members()).toEqual(new Set([`EMAIL=${hash('new')}`]));
    expect((await refusal(add(second, [create(email('x'))]))).codes).toEqual([
      'offline_user_data_job_error.JOB_ALREADY_STARTED',
    ]);
  });

  it('warns about consent on an operation', async () => {
    const job = await createJob(await createList());
    const operation = { create: { user_identifiers: [email('a')], consent: { ad_user_data: 'GRANTED' } } };
    const answer = await add(job, [operation], { enable_warnings: true });
    expect(decode(answer.warning!.details[0]!.value).codes).toEqual([
      'offline_user_data_job_error.OPERATION_LEVEL_CONSENT_PROVIDED',
    ]);
  });

  it('plays scripted faults', async () => {
    const query = 'SELECT customer.id FROM customer';
    const search = (milliseconds?: number) => call('Search', { customer_id: customerId(), query }, {}, milliseconds);
    sandbox.googleAds.faults.add(
      { do: 'error', code: 'quota_error.RESOURCE_EXHAUSTED' },
      { do: 'status', status: 14 },
      { do: 'reset' },
      { do: 'hang' },
    );
    expect(await refusal(search())).toEqual({ status: 8, codes: ['quota_error.RESOURCE_EXHAUSTED'] });
    expect((await refusal(search())).status).toBe(14);
    expect((await refusal(search())).status).toBe(14);
    expect((await refusal(search(300))).status).toBe(4);
    expect((await search()).results).toHaveLength(1);
  });

  it('is left in doubt by a job that was created but not answered for', async () => {
    const list = await createList();
    sandbox.googleAds.faults.add({ match: { method: 'CreateOfflineUserDataJob' }, do: 'reset', apply: true });
    expect((await refusal(createJob(list))).status).toBe(14);
    expect(sandbox.googleAds.offlineJobs()).toHaveLength(1);
  });
});
