import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Destination, Json } from '../destination.ts';
import { google } from './definition.ts';
import { GoogleOptions } from './settings.ts';
import { ScriptedGoogleAds } from './spec-grpc.ts';
import { batch, digest, member, type Surroundings, settings, surroundings, upload } from './spec-support.ts';

const JOB = 'customers/7693729833/offlineUserDataJobs/18025019462';
const [CREATE, ADD, RUN, SEARCH, MUTATE] = [
  'CreateOfflineUserDataJob',
  'AddOfflineUserDataJobOperations',
  'RunOfflineUserDataJob',
  'Search',
  'MutateUserLists',
];
const INVALID_ARGUMENT = 3;
const UNAUTHENTICATED = 16;

const at = (index: number, error_code: object) => ({
  error_code,
  message: 'The SHA256 encoded value is malformed.',
  location: {
    field_path_elements: [
      { field_name: 'operations', index },
      { field_name: 'create' },
      { field_name: 'user_identifiers', index: 0 },
    ],
  },
});
const error = (error_code: object, more: object = {}) => ({ error_code, message: 'It is wrong.', ...more });
const job = (status: string, more: object = {}) => ({
  results: [{ offline_user_data_job: { resource_name: JOB, status, ...more } }],
});

describe('Google Ads API', () => {
  const server = new ScriptedGoogleAds();
  let oauth: Server;
  let tokens = 0;
  let environment: Surroundings;
  let destination: Destination<GoogleOptions>;

  const opened = (changes = {}) =>
    google.open({ ...settings, api: 'google-ads', developerToken: 'developer-token-value', ...changes }, environment);
  const tell = (work: Promise<unknown>) =>
    work.then(
      () => 'no error',
      (thrown) => thrown,
    );
  const seen = (method: string) => server.seen.filter((call) => call.method === method).map(({ request }) => request);

  beforeAll(async () => {
    await server.start();
    oauth = createServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          access_token: `ya29.${++tokens}`,
          expires_in: 3599,
          scope: 'https://www.googleapis.com/auth/adwords',
        }),
      );
    });
    await new Promise<void>((resolve) => oauth.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    server.close();
    oauth.close();
  });

  beforeEach(async () => {
    tokens = 0;
    const oauthUrl = `http://127.0.0.1:${(oauth.address() as AddressInfo).port}/token`;
    environment = surroundings({ REACH_GOOGLE_ADS_URL: server.url, REACH_GOOGLE_OAUTH_URL: oauthUrl });
    destination = await opened();
  });

  afterEach(async () => {
    await destination.close();
    const { left } = server;
    server.reset();
    expect(left).toEqual([]);
    expect(JSON.stringify(environment.calls)).not.toMatch(
      /ya29|developer-token-value|refresh-token-value|[0-9a-f]{64}/,
    );
  });

  it('creates a job, fills it and runs it, in this order', async () => {
    server.answer(CREATE, { resource_name: JOB }).answer(ADD, {}).answer(RUN, { name: 'operations/1' });
    const wire: Json = {
      identifiers: [
        { emailAddress: digest(1) },
        { phoneNumber: digest(2) },
        { address: { givenName: digest(3), familyName: digest(4), regionCode: 'US', postalCode: '94045' } },
      ],
    };
    const receipt = await destination.add(
      batch([member('a', wire)], { consent: { adUserData: 'granted', adPersonalization: 'denied' } }),
    );
    const finished = await destination.finish(upload());
    expect(server.seen.map(({ method }) => method)).toEqual([CREATE, ADD, RUN]);
    expect(seen(CREATE)).toEqual([
      {
        customer_id: '7693729833',
        job: {
          type: 'CUSTOMER_MATCH_USER_LIST',
          external_id: String(9_778_993 * 16),
          customer_match_user_list_metadata: {
            user_list: 'customers/7693729833/userLists/4242',
            consent: { ad_user_data: 'GRANTED', ad_personalization: 'DENIED' },
          },
        },
        enable_match_rate_range_preview: true,
      },
    ]);
    expect(seen(ADD)).toEqual([
      {
        resource_name: JOB,
        enable_partial_failure: true,
        enable_warnings: true,
        operations: [
          {
            create: {
              user_identifiers: [
                { hashed_email: digest(1) },
                { hashed_phone_number: digest(2) },
                {
                  address_info: {
                    hashed_first_name: digest(3),
                    hashed_last_name: digest(4),
                    country_code: 'US',
                    postal_code: '94045',
                  },
                },
              ],
            },
          },
        ],
      },
    ]);
    expect(receipt).toEqual({
      outcomes: [{ contactId: 'a', verdict: 'accepted' }],
      unattributedRejects: 0,
      warnings: [],
      ticket: { jobs: [JOB] },
      vendorRequestId: JOB,
    });
    expect(finished).toMatchObject({ outcomes: [], ticket: { jobs: [JOB] } });
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer ya29.1',
      'developer-token': 'developer-token-value',
    });
    expect(
      environment.calls.map(({ method, target, status }) => [method, target.replace(/^[^/]*\//, ''), status]).slice(1),
    ).toEqual([
      ['GRPC', 'OfflineUserDataJobService/createOfflineUserDataJob', 'OK'],
      ['GRPC', 'OfflineUserDataJobService/addOfflineUserDataJobOperations', 'OK'],
      ['GRPC', 'OfflineUserDataJobService/runOfflineUserDataJob', 'OK'],
    ]);
  });

  it('removes in a job of its own, without consent, through the manager account', async () => {
    const viaManager = await opened({ loginCustomerId: '1112223333' });
    server.answer(CREATE, { resource_name: JOB }).answer(ADD, {});
    await viaManager.remove(batch([member('a')], { direction: 'remove' }));
    await viaManager.close();
    expect(seen(CREATE)[0]).toMatchObject({
      job: { customer_match_user_list_metadata: { user_list: 'customers/7693729833/userLists/4242' } },
    });
    expect(JSON.stringify(seen(CREATE))).not.toContain('consent');
    expect(seen(ADD)[0]).toMatchObject({
      operations: [{ remove: { user_identifiers: [{ hashed_email: digest(1) }] } }],
    });
    expect(server.seen[0]?.headers['login-customer-id']).toBe('1112223333');
  });

  it('puts 45 identifiers in operations of 20, 20 and 5, and 10,000 in a call at most', async () => {
    const many = (count: number) => ({
      identifiers: Array.from({ length: count }, (_, n) => ({ emailAddress: digest(n + 1) })),
    });
    server.answer(CREATE, { resource_name: JOB }).answer(ADD, {}).answer(ADD, {});
    const members = [member('a', many(45)), ...Array.from({ length: 499 }, (_, n) => member(`b${n}`, many(20)))];
    await destination.add(batch(members));
    const sizes = seen(ADD).map(({ operations }) =>
      (operations as { create: { user_identifiers: unknown[] } }[]).map(({ create }) => create.user_identifiers.length),
    );
    expect(sizes[0]?.slice(0, 4)).toEqual([20, 20, 5, 20]);
    expect(sizes.map((call) => call.reduce((sum, n) => sum + n, 0))).toEqual([9985, 40]);
  });

  it('blames the contacts whose operations failed, and nobody else', async () => {
    server.answer(CREATE, { resource_name: JOB }).answer(ADD, {
      partial_failure_error: server.partial(
        INVALID_ARGUMENT,
        at(2, { offline_user_data_job_error: 'INVALID_SHA256_FORMAT' }),
        error({ offline_user_data_job_error: 'INVALID_COUNTRY_CODE' }),
      ),
      warning: server.partial(
        INVALID_ARGUMENT,
        at(0, { offline_user_data_job_error: 'OPERATION_LEVEL_CONSENT_PROVIDED' }),
      ),
    });
    const receipt = await destination.add(
      batch([member('a'), member('x', null), member('b'), member('y', {}), member('z', []), member('c')] as never),
    );
    expect(receipt.outcomes.map(({ contactId, verdict, code }) => [contactId, verdict, code])).toEqual([
      ['a', 'accepted', undefined],
      ['x', 'rejected', 'reach/malformed'],
      ['b', 'accepted', undefined],
      ['y', 'rejected', 'reach/malformed'],
      ['z', 'rejected', 'reach/malformed'],
      ['c', 'rejected', 'offlineUserDataJobError/INVALID_SHA256_FORMAT'],
    ]);
    expect(receipt).toMatchObject({
      unattributedRejects: 1,
      warnings: ['offlineUserDataJobError/OPERATION_LEVEL_CONSENT_PROVIDED'],
    });
  });

  it('keeps the positions of removes apart from those of adds', async () => {
    const refused = server.partial(INVALID_ARGUMENT, at(0, { offline_user_data_job_error: 'INVALID_SHA256_FORMAT' }));
    server
      .answer(CREATE, { resource_name: `${JOB}1` })
      .answer(ADD, {})
      .answer(CREATE, { resource_name: `${JOB}2` })
      .answer(ADD, { partial_failure_error: refused });
    const added = await destination.add(batch([member('r0'), member('r2')]));
    const removed = await destination.remove(
      batch([member('r1'), member('r3')], { id: 'upl_2', sessionId: 7, direction: 'remove' }),
    );
    expect(
      [...added.outcomes, ...removed.outcomes]
        .filter(({ verdict }) => verdict === 'rejected')
        .map(({ contactId }) => contactId),
    ).toEqual(['r1']);
  });

  it.each([1, 2, 4, 8, 10, 13, 14, 15])(
    'does not take a partial failure of code %i without details for success',
    async (code) => {
      server.answer(CREATE, { resource_name: JOB }).answer(ADD, { partial_failure_error: server.partial(code) });
      const expected = code === 2 ? 'unknown' : code === 8 ? 'throttled' : 'transient';
      expect(await tell(destination.add(batch([member('a')])))).toMatchObject({
        name: 'DestinationError',
        code: expected,
      });
    },
  );

  it('goes on filling the job of an interrupted upload', async () => {
    server
      .answer(
        CREATE,
        server.failure(INVALID_ARGUMENT, error({ offline_user_data_job_error: 'EXTERNAL_UPDATE_ID_ALREADY_EXISTS' })),
      )
      .answer(SEARCH, job('PENDING'))
      .answer(ADD, {});
    expect((await destination.add(batch([member('a')]))).ticket).toEqual({ jobs: [JOB] });
    expect(String(seen(SEARCH)[0]?.query)).toContain(`WHERE offline_user_data_job.external_id = ${9_778_993 * 16}`);
  });

  it('opens another job when the old one was started already', async () => {
    const exists = server.failure(
      INVALID_ARGUMENT,
      error({ offline_user_data_job_error: 'EXTERNAL_UPDATE_ID_ALREADY_EXISTS' }),
    );
    server
      .answer(CREATE, exists)
      .answer(SEARCH, job('RUNNING'))
      .answer(CREATE, { resource_name: `${JOB}2` })
      .answer(ADD, {});
    expect((await destination.add(batch([member('a')]))).ticket).toEqual({ jobs: [`${JOB}2`] });
    expect(seen(CREATE).map((request) => (request.job as { external_id: string }).external_id)).toEqual([
      String(9_778_993 * 16),
      String(9_778_993 * 16 + 1),
    ]);
  });

  it('moves on when a job is started while it is being filled', async () => {
    server
      .answer(CREATE, { resource_name: JOB })
      .answer(ADD, server.failure(INVALID_ARGUMENT, error({ offline_user_data_job_error: 'JOB_ALREADY_STARTED' })))
      .answer(
        CREATE,
        server.failure(INVALID_ARGUMENT, error({ offline_user_data_job_error: 'EXTERNAL_UPDATE_ID_ALREADY_EXISTS' })),
      )
      .answer(SEARCH, job('RUNNING'))
      .answer(CREATE, { resource_name: `${JOB}2` })
      .answer(ADD, {});
    expect((await destination.add(batch([member('a')]))).ticket).toEqual({ jobs: [`${JOB}2`] });
  });

  it('does not pass over a job that cannot be seen yet', async () => {
    server
      .answer(
        CREATE,
        server.failure(INVALID_ARGUMENT, error({ offline_user_data_job_error: 'EXTERNAL_UPDATE_ID_ALREADY_EXISTS' })),
      )
      .answer(SEARCH, {});
    expect(await tell(destination.add(batch([member('a')])))).toMatchObject({ code: 'transient' });
  });

  it('runs after a restart what an earlier process filled, and only what waits', async () => {
    const second = { results: [{ offline_user_data_job: { resource_name: `${JOB}2`, status: 'PENDING' } }] };
    server.answer(SEARCH, job('RUNNING')).answer(SEARCH, second).answer(SEARCH, {}).answer(RUN, {});
    expect((await destination.finish(upload())).ticket).toEqual({ jobs: [JOB, `${JOB}2`] });
    expect(seen(RUN)).toEqual([{ resource_name: `${JOB}2` }]);
  });

  it('takes a job that runs already for started', async () => {
    const started = server.failure(INVALID_ARGUMENT, error({ offline_user_data_job_error: 'JOB_ALREADY_STARTED' }));
    server.answer(SEARCH, job('PENDING')).answer(SEARCH, {}).answer(RUN, started);
    expect((await destination.finish(upload())).ticket).toEqual({ jobs: [JOB] });
  });

  it('has nothing to run when nothing was uploaded', async () => {
    server.answer(SEARCH, {});
    expect(await destination.finish(upload())).toEqual({ outcomes: [], unattributedRejects: 0, warnings: [] });
    expect((await destination.add(batch([]))).ticket).toBeUndefined();
  });

  it('does not run a job whose operations could not be added', async () => {
    server.answer(CREATE, { resource_name: JOB }).answer(ADD, server.failure(14));
    expect(await tell(destination.add(batch([member('a')])))).toMatchObject({ code: 'transient' });
    expect(seen(RUN)).toEqual([]);
  });

  it.each([
    ['PENDING', {}, { state: 'pending' }],
    ['RUNNING', {}, { state: 'pending' }],
    ['FAILED', {}, { state: 'failed', detail: '1 upload job: 0 processed, 1 failed.' }],
    [
      'SUCCESS',
      { operation_metadata: { match_rate_range: 'MATCH_RANGE_41_TO_50' } },
      { state: 'confirmed', detail: '1 upload job: 1 processed. Match rate 41 to 50 %.', matchRate: '41 to 50 %' },
    ],
  ])('reads job status %s', async (status, more, expected) => {
    server.answer(SEARCH, job(status, more));
    expect(await destination.confirm(upload(), [{ jobs: [JOB] }, { jobs: [JOB] }])).toMatchObject(expected);
    expect(String(seen(SEARCH)[0]?.query)).toContain(`resource_name = '${JOB}'`);
  });

  it.each([
    [
      7,
      { not_allowlisted_error: 'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE' },
      'policy',
      'notAllowlistedError/CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE',
      /api: data-manager/,
    ],
    [
      INVALID_ARGUMENT,
      { database_error: 'CONCURRENT_MODIFICATION' },
      'transient',
      'databaseError/CONCURRENT_MODIFICATION',
      /same list/,
    ],
    [
      INVALID_ARGUMENT,
      { offline_user_data_job_error: 'INVALID_USER_LIST_ID' },
      'audience-missing',
      'offlineUserDataJobError/INVALID_USER_LIST_ID',
      /list/,
    ],
    [
      INVALID_ARGUMENT,
      { offline_user_data_job_error: 'CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS' },
      'policy',
      'offlineUserDataJobError/CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS',
      /terms/,
    ],
    [
      7,
      { authorization_error: 'USER_PERMISSION_DENIED' },
      'config',
      'authorizationError/USER_PERMISSION_DENIED',
      /account/,
    ],
  ])('explains a refusal (gRPC %i, %j)', async (status, code, ours, vendorCode, text) => {
    server.answer(CREATE, server.failure(status, error(code)));
    const thrown = await tell(destination.add(batch([member('a')])));
    expect(thrown).toMatchObject({ name: 'DestinationError', code: ours, vendorCode });
    expect(thrown.message).toMatch(text);
    expect(environment.calls.at(-1)).toMatchObject({ code: vendorCode, vendorRequestId: 'lvB3KOjGHsgduHjt0wCglQ' });
  });

  it('waits as long as Google says when throttled', async () => {
    const details = { quota_error_details: { rate_scope: 'DEVELOPER', rate_name: 'x', retry_delay: { seconds: 30 } } };
    server.answer(CREATE, server.failure(8, error({ quota_error: 'RESOURCE_TEMPORARILY_EXHAUSTED' }, { details })));
    expect(await tell(destination.add(batch([member('a')])))).toMatchObject({
      code: 'throttled',
      retryAfterSeconds: 30,
    });
  });

  it('fetches a fresh token once when the old one is refused', async () => {
    server
      .answer(CREATE, server.failure(UNAUTHENTICATED, error({ authentication_error: 'OAUTH_TOKEN_EXPIRED' })))
      .answer(CREATE, { resource_name: JOB })
      .answer(ADD, {});
    await destination.add(batch([member('a')]));
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer ya29.1',
      'Bearer ya29.2',
      'Bearer ya29.2',
    ]);
  });

  it('ends calls under way when the run is cancelled, and starts none after', async () => {
    server.answer(CREATE, 'silence');
    const sending = tell(destination.add(batch([member('a')])));
    while (server.seen.length === 0) await sleep(10);
    const stopped = performance.now();
    environment.stop();
    expect(await sending).toMatchObject({ code: 'transient', vendorCode: 'cancelled' });
    expect(performance.now() - stopped).toBeLessThan(2_000);
    const another = await opened();
    expect(await tell(another.add(batch([member('a')])))).toMatchObject({ code: 'transient', vendorCode: 'cancelled' });
    await another.close();
  });

  describe('lists', () => {
    const { segment } = upload();
    const options = new GoogleOptions();
    const row = (changes: object = {}) => ({
      results: [
        {
          user_list: {
            resource_name: 'customers/7693729833/userLists/4242',
            id: 4242,
            name: segment.name,
            description: segment.description,
            membership_life_span: 540,
            membership_status: 'OPEN',
            crm_based_user_list: { upload_key_type: 'CONTACT_INFO' },
            ...changes,
          },
        },
      ],
    });

    it('creates a first-party contact list', async () => {
      server.answer(MUTATE, { results: [{ resource_name: 'customers/7693729833/userLists/4242' }] });
      expect(await destination.ensureAudience(segment, options)).toMatchObject({ id: '4242' });
      expect(seen(MUTATE)).toEqual([
        {
          customer_id: '7693729833',
          operations: [
            {
              create: {
                name: segment.name,
                description: segment.description,
                membership_status: 'OPEN',
                membership_life_span: '540',
                crm_based_user_list: { upload_key_type: 'CONTACT_INFO', data_source_type: 'FIRST_PARTY' },
              },
            },
          ],
        },
      ]);
    });

    it('adopts the list of its name and brings it up to date', async () => {
      server
        .answer(MUTATE, server.failure(INVALID_ARGUMENT, error({ user_list_error: 'NAME_ALREADY_USED' })))
        .answer(SEARCH, row({ description: 'Old.', membership_status: 'CLOSED' }))
        .answer(MUTATE, { results: [{ resource_name: 'customers/7693729833/userLists/4242' }] });
      await destination.ensureAudience({ ...segment, name: segment.name }, options);
      expect(seen(MUTATE)[1]?.operations).toEqual([
        {
          update: {
            resource_name: 'customers/7693729833/userLists/4242',
            description: segment.description,
            membership_status: 'OPEN',
          },
          update_mask: { paths: ['description', 'membership_status'] },
        },
      ]);
    });

    it('says when the known list is gone', async () => {
      server.answer(SEARCH, {});
      expect(await tell(destination.ensureAudience(segment, options, { id: '4242', name: 'x' }))).toMatchObject({
        code: 'audience-missing',
      });
      expect(String(seen(SEARCH)[0]?.query)).toMatch(/WHERE user_list.id = 4242$/);
    });

    it('keeps names out of the query’s grammar', async () => {
      server
        .answer(MUTATE, server.failure(INVALID_ARGUMENT, error({ user_list_error: 'NAME_ALREADY_USED' })))
        .answer(SEARCH, {});
      await tell(destination.ensureAudience({ ...segment, name: "it's \\ x" }, options));
      expect(String(seen(SEARCH)[0]?.query)).toMatch(/WHERE user_list.name = 'it\\'s \\\\ x'$/);
    });

    it('checks sign-in, token, account and allow-list without changing anything', async () => {
      server.answer(SEARCH, row()).answer(CREATE, {});
      const all = await destination.check();
      expect(all.map(({ name, ok }) => [name, ok])).toEqual([
        ['token', true],
        ['scopes', true],
        ['developer-token', true],
        ['account', true],
        ['allow-list', true],
      ]);
      expect(seen(CREATE)[0]).toMatchObject({ validate_only: true });
    });

    it('tells a token that is not allow-listed, and one that Google does not know', async () => {
      server
        .answer(SEARCH, row())
        .answer(
          CREATE,
          server.failure(7, error({ not_allowlisted_error: 'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE' })),
        );
      expect((await destination.check()).at(-1)).toMatchObject({
        name: 'allow-list',
        ok: false,
        detail: expect.stringContaining('api: data-manager'),
      });
      const unknown = server.failure(UNAUTHENTICATED, error({ authentication_error: 'DEVELOPER_TOKEN_INVALID' }));
      server.answer(SEARCH, unknown).answer(SEARCH, unknown);
      expect((await destination.check()).at(-1)).toMatchObject({ name: 'developer-token', ok: false });
      server.answer(SEARCH, server.failure(7, error({ authorization_error: 'USER_PERMISSION_DENIED' })));
      expect((await destination.check()).at(-1)).toMatchObject({ name: 'account', ok: false });
    });
  });
});
