import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import nock from 'nock';
import type { Destination, Json } from '../destination.ts';
import { google } from './definition.ts';
import { GoogleOptions } from './settings.ts';
import { batch, digest, member, type Surroundings, settings, surroundings, upload } from './spec-support.ts';

const API = 'https://datamanager.googleapis.com';
const LISTS = '/v1/accountTypes/GOOGLE_ADS/accounts/7693729833/userLists';

/** One error of the API in full, as its guide on errors shows them. */
const refusal = (status: string, code: number, details: object[] = []) => ({
  error: {
    code,
    message: 'There was a problem with the request.',
    status,
    details: [...details, { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: 't-59f8b5bc' }],
  },
});

const violations = (...fieldViolations: { field: string; reason: string; description?: string }[]) => [
  {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: 'INVALID_ARGUMENT',
    domain: 'datamanager.googleapis.com',
    metadata: { requestId: 't-59f8b5bc' },
  },
  { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations },
];

describe('Data Manager API', () => {
  let environment: Surroundings;
  let destination: Destination<GoogleOptions>;

  const token = (times = 1, scope = 'https://www.googleapis.com/auth/datamanager') =>
    nock('https://oauth2.googleapis.com')
      .post('/token', {
        refresh_token: 'refresh-token-value',
        client_id: '1055-abc.apps.googleusercontent.com',
        client_secret: 'client-secret-value',
        grant_type: 'refresh_token',
      })
      .times(times)
      .reply(200, { access_token: 'ya29.first', expires_in: 3599, scope, token_type: 'Bearer' });

  const opened = (changes = {}) => google.open({ ...settings, ...changes }, environment);
  const tell = (work: Promise<unknown>) =>
    work.then(
      () => 'no error',
      (error) => error,
    );

  beforeEach(async () => {
    nock.disableNetConnect();
    environment = surroundings();
    destination = await opened();
  });

  afterEach(async () => {
    await destination.close();
    expect(nock.pendingMocks()).toEqual([]);
    nock.cleanAll();
    expect(JSON.stringify(environment.calls)).not.toMatch(/ya29|refresh-token-value|client-secret-value|[0-9a-f]{64}/);
  });

  afterAll(() => nock.restore());

  describe('members', () => {
    it('adds by one ingest request with consent, terms and encoding', async () => {
      token();
      nock(API, { reqheaders: { authorization: 'Bearer ya29.first', 'content-type': 'application/json' } })
        .post('/v1/audienceMembers:ingest', {
          destinations: [
            { operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '7693729833' }, productDestinationId: '4242' },
          ],
          audienceMembers: [
            {
              compositeData: {
                userData: {
                  userIdentifiers: [
                    { emailAddress: digest(1) },
                    { phoneNumber: digest(2) },
                    { address: { givenName: digest(3), familyName: digest(4), regionCode: 'US', postalCode: '94045' } },
                  ],
                },
              },
            },
            { compositeData: { userData: { userIdentifiers: [{ emailAddress: digest(5) }] } } },
          ],
          encoding: 'HEX',
          consent: { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_DENIED' },
          termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' },
        })
        .reply(200, {
          requestId: 'req-1',
          fieldWarnings: [{ field: 'x', reason: 'INVALID_POSTAL_CODE', description: 'secret' }],
        });
      const first: Json = {
        identifiers: [
          { emailAddress: digest(1) },
          { phoneNumber: digest(2) },
          { address: { givenName: digest(3), familyName: digest(4), regionCode: 'US', postalCode: '94045' } },
        ],
      };
      const receipt = await destination.add(
        batch([member('a', first), member('b', { identifiers: [{ emailAddress: digest(5) }] })], {
          consent: { adUserData: 'granted', adPersonalization: 'denied' },
        }),
      );
      expect(receipt).toEqual({
        outcomes: [
          { contactId: 'a', verdict: 'accepted' },
          { contactId: 'b', verdict: 'accepted' },
        ],
        vendorRequestId: 'req-1',
        unattributedRejects: 0,
        warnings: ['INVALID_POSTAL_CODE for 1 fields'],
        ticket: { requestIds: ['req-1'], direction: 'add' },
      });
      expect(
        environment.calls.map(({ method, target, status, vendorRequestId }) => [
          method,
          target,
          status,
          vendorRequestId,
        ]),
      ).toEqual([
        ['POST', 'https://oauth2.googleapis.com/token', 200, undefined],
        ['POST', `${API}/v1/audienceMembers:ingest`, 200, 'req-1'],
      ]);
    });

    it('leaves out consent that nobody stated, and takes the delivery’s where contacts state none', async () => {
      token();
      const consents: unknown[] = [];
      nock(API)
        .post('/v1/audienceMembers:ingest', (body) => consents.push(body.consent) > 0)
        .times(2)
        .reply(200, { requestId: 'req' });
      const none = { adUserData: 'unspecified', adPersonalization: 'unspecified' } as const;
      await destination.add(batch([member('a')], { consent: none }));
      await destination.add(
        batch([member('a')], { consent: none, options: { ...new GoogleOptions(), adUserData: 'granted' } }),
      );
      expect(consents).toEqual([undefined, { adUserData: 'CONSENT_GRANTED' }]);
    });

    it('removes with neither consent nor terms, through the manager account when there is one', async () => {
      token();
      const viaManager = await opened({ loginCustomerId: '1112223333' });
      nock(API)
        .post('/v1/audienceMembers:remove', {
          destinations: [
            {
              operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '7693729833' },
              loginAccount: { accountType: 'GOOGLE_ADS', accountId: '1112223333' },
              productDestinationId: '4242',
            },
          ],
          audienceMembers: [{ compositeData: { userData: { userIdentifiers: [{ emailAddress: digest(1) }] } } }],
          encoding: 'HEX',
        })
        .reply(200, { requestId: 'req-2' });
      const receipt = await viaManager.remove(batch([member('a')], { direction: 'remove' }));
      expect(receipt.ticket).toEqual({ requestIds: ['req-2'], direction: 'remove' });
      await viaManager.close();
    });

    it('cuts a person of more than ten identifiers into several members of one request', async () => {
      token();
      const sizes: number[] = [];
      nock(API)
        .post('/v1/audienceMembers:ingest', (body) => {
          sizes.push(
            ...body.audienceMembers.map(
              (m: { compositeData: { userData: { userIdentifiers: unknown[] } } }) =>
                m.compositeData.userData.userIdentifiers.length,
            ),
          );
          return true;
        })
        .reply(200, { requestId: 'req' });
      const many = { identifiers: Array.from({ length: 25 }, (_, n) => ({ emailAddress: digest(n + 1) })) };
      const receipt = await destination.add(batch([member('a', many), member('b')]));
      expect(sizes).toEqual([10, 10, 5, 1]);
      expect(receipt.outcomes.map(({ contactId }) => contactId)).toEqual(['a', 'b']);
    });

    it('sends nothing when no member is usable, and nothing for an empty batch', async () => {
      const bad = [
        { identifiers: [] },
        { identifiers: [{ emailAddress: 'a@b.example' }] },
        { identifiers: [{ emailAddress: digest(1), phoneNumber: digest(2) }] },
        { identifiers: [null] },
        'x',
        7,
      ];
      const receipt = await destination.add(batch(bad.map((wire, n) => member(`c${n}`, wire))));
      expect(receipt.outcomes.map(({ verdict, code }) => [verdict, code])).toEqual(
        bad.map(() => ['rejected', 'reach/malformed']),
      );
      expect(receipt.ticket).toBeUndefined();
      expect((await destination.add(batch([]))).outcomes).toEqual([]);
      expect(environment.calls).toEqual([]);
    });

    it('takes out the members Google names and sends the rest again', async () => {
      token();
      const bodies: number[] = [];
      nock(API)
        .post('/v1/audienceMembers:ingest', (body) => bodies.push(body.audienceMembers.length) > 0)
        .reply(
          400,
          refusal(
            'INVALID_ARGUMENT',
            400,
            violations(
              {
                field:
                  'audience_members.audience_members[1].composite_data.user_data.user_identifiers[0].email_address',
                reason: 'INVALID_SHA256_FORMAT',
                description: 'bad: secret',
              },
              { field: 'audience_members[3]', reason: 'SOMETHING_NEW' },
            ),
          ),
        )
        .post('/v1/audienceMembers:ingest', (body) => bodies.push(body.audienceMembers.length) > 0)
        .reply(200, { requestId: 'req-3' });
      const members = ['a', 'b', 'c', 'd'].map((id, n) =>
        member(id, { identifiers: [{ emailAddress: digest(n + 1) }] }),
      );
      const receipt = await destination.add(batch(members));
      expect(bodies).toEqual([4, 2]);
      expect(receipt.outcomes).toEqual([
        { contactId: 'a', verdict: 'accepted' },
        { contactId: 'b', verdict: 'rejected', code: 'INVALID_SHA256_FORMAT', text: 'A digest is not SHA-256.' },
        { contactId: 'c', verdict: 'accepted' },
        {
          contactId: 'd',
          verdict: 'rejected',
          code: 'SOMETHING_NEW',
          text: 'Google refused this member: SOMETHING_NEW.',
        },
      ]);
      expect(receipt.ticket).toEqual({ requestIds: ['req-3'], direction: 'add' });
    });

    it('stops at a fault that is not with members, although a member is named', async () => {
      token();
      nock(API)
        .post('/v1/audienceMembers:ingest')
        .reply(
          400,
          refusal(
            'INVALID_ARGUMENT',
            400,
            violations({
              field: 'audience_members[0]',
              reason: 'INVALID_USER_LIST_TYPE',
              description: 'Type of the user list is not applicable for this request.',
            }),
          ),
        );
      expect(await tell(destination.add(batch([member('a')])))).toMatchObject({
        code: 'config',
        vendorCode: 'INVALID_USER_LIST_TYPE',
      });
    });

    it.each([
      [
        400,
        refusal(
          'INVALID_ARGUMENT',
          400,
          violations({ field: 'destinations[0].product_destination_id', reason: 'INVALID_USER_LIST_ID' }),
        ),
        'audience-missing',
        'INVALID_USER_LIST_ID',
      ],
      [
        400,
        refusal('INVALID_ARGUMENT', 400, violations({ field: 'encoding', reason: 'REQUIRED_FIELD_MISSING' })),
        'unknown',
        'REQUIRED_FIELD_MISSING',
      ],
      [
        400,
        refusal('FAILED_PRECONDITION', 400, [
          { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'TERMS_AND_CONDITIONS_NOT_SIGNED' },
        ]),
        'policy',
        'TERMS_AND_CONDITIONS_NOT_SIGNED',
      ],
      [
        403,
        refusal('PERMISSION_DENIED', 403, [
          { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'NOT_ALLOWLISTED' },
        ]),
        'policy',
        'NOT_ALLOWLISTED',
      ],
      [403, refusal('PERMISSION_DENIED', 403), 'config', 'PERMISSION_DENIED'],
      [409, refusal('ABORTED', 409), 'transient', 'ABORTED'],
      [418, refusal('TEAPOT', 418), 'unknown', 'TEAPOT'],
      [500, refusal('INTERNAL', 500), 'transient', 'INTERNAL'],
      [503, refusal('UNAVAILABLE', 503), 'transient', 'UNAVAILABLE'],
      [504, refusal('DEADLINE_EXCEEDED', 504), 'transient', 'DEADLINE_EXCEEDED'],
      [502, '<html><body>Bad Gateway</body></html>', 'transient', '502'],
      [404, '<html><body>Not Found</body></html>', 'config', '404'],
      [200, '<html><body>Sign in to the proxy</body></html>', 'transient', 'unreadable'],
      [200, '', 'transient', 'unreadable'],
      [200, {}, 'transient', 'unreadable'],
    ])('answers HTTP %i with what it means', async (status, body, code, vendorCode) => {
      token();
      nock(API).post('/v1/audienceMembers:ingest').reply(status, body);
      const error = await tell(destination.add(batch([member('a')])));
      expect(error).toMatchObject({ name: 'DestinationError', code, vendorCode });
      expect(environment.calls.at(-1)).toMatchObject({ status });
    });

    it.each([
      [{ 'retry-after': '17' }, [], 17],
      [{ 'retry-after': 'Mon, 30 Nov 2026 13:00:00 GMT', date: 'Mon, 30 Nov 2026 12:00:00 GMT' }, [], 3600],
      [{}, [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12.2s' }], 13],
      [
        {},
        [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'RATE_LIMIT_EXCEEDED',
            metadata: { quota_unit: '1/d/{project}' },
          },
        ],
        3600,
      ],
      [{}, [], 60],
    ])('waits as long as Google says when throttled', async (headers, details, seconds) => {
      token();
      nock(API)
        .post('/v1/audienceMembers:ingest')
        .reply(429, refusal('RESOURCE_EXHAUSTED', 429, details), headers);
      expect(await tell(destination.add(batch([member('a')])))).toMatchObject({
        code: 'throttled',
        retryAfterSeconds: seconds,
      });
    });

    it('fetches a fresh token once after a 401', async () => {
      token(2);
      nock(API).post('/v1/audienceMembers:ingest').reply(401, refusal('UNAUTHENTICATED', 401));
      nock(API).post('/v1/audienceMembers:ingest').reply(200, { requestId: 'req-4' });
      expect((await destination.add(batch([member('a')]))).vendorRequestId).toBe('req-4');
    });

    it('gives up after a second 401', async () => {
      token(2);
      nock(API).post('/v1/audienceMembers:ingest').times(2).reply(401, refusal('UNAUTHENTICATED', 401));
      expect(await tell(destination.add(batch([member('a')])))).toMatchObject({
        code: 'auth',
        vendorCode: 'UNAUTHENTICATED',
      });
    });

    it('keeps its token for the next call', async () => {
      token(1);
      nock(API).post('/v1/audienceMembers:ingest').times(3).reply(200, { requestId: 'req' });
      for (let n = 0; n < 3; n++) await destination.add(batch([member('a')]));
    });

    it.each([
      [
        400,
        { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
        'auth',
        'oauth/invalid_grant',
      ],
      [
        401,
        { error: 'invalid_client', error_description: 'The OAuth client was not found.' },
        'auth',
        'oauth/invalid_client',
      ],
      [503, '<html>', 'transient', '503'],
      [200, { token_type: 'Bearer' }, 'transient', 'unreadable'],
    ])('explains a token that cannot be had (HTTP %i)', async (status, body, code, vendorCode) => {
      nock('https://oauth2.googleapis.com').post('/token').reply(status, body);
      const error = await tell(destination.add(batch([member('a')])));
      expect(error).toMatchObject({ code, vendorCode });
      expect(error.message).not.toMatch(/refresh-token-value|client-secret-value/);
    });

    it('says so when the network fails, and carries nothing of the request', async () => {
      token();
      nock(API)
        .post('/v1/audienceMembers:ingest')
        .replyWithError(Object.assign(new Error(`connect ${digest(1)}`), { code: 'ECONNREFUSED' }));
      const error = await tell(destination.add(batch([member('a')])));
      expect(error).toMatchObject({ code: 'transient', vendorCode: 'network' });
      expect(JSON.stringify({ ...error, message: error.message })).not.toMatch(/ya29|[0-9a-f]{64}/);
    });

    it('ends a call at its deadline though an answer goes on arriving byte by byte', async () => {
      token();
      const timeout = AbortSignal.timeout.bind(AbortSignal);
      jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(Math.min(ms, 300)));
      const answer = new PassThrough();
      const drip = setInterval(() => answer.write(' '), 20);
      nock(API)
        .post('/v1/audienceMembers:ingest')
        .reply(200, () => answer);
      await expect(destination.add(batch([member('a')]))).rejects.toMatchObject({
        code: 'transient',
        vendorCode: 'timeout',
      });
      clearInterval(drip);
      jest.restoreAllMocks();
    });

    it('ends calls under way when the run is cancelled', async () => {
      token();
      nock(API).post('/v1/audienceMembers:ingest').delay(900).reply(200, { requestId: 'late' });
      const sending = tell(destination.add(batch([member('a')])));
      setTimeout(() => environment.stop(), 200);
      expect(await sending).toMatchObject({ code: 'transient', vendorCode: 'cancelled' });
    });
  });

  describe('lists', () => {
    const options = new GoogleOptions();
    const { segment } = upload();
    const list = {
      name: 'accountTypes/GOOGLE_ADS/accounts/7693729833/userLists/4242',
      id: '4242',
      displayName: segment.name,
      description: segment.description,
      membershipStatus: 'OPEN',
      membershipDuration: '46656000s',
      ingestedUserListInfo: {
        uploadKeyTypes: ['CONTACT_ID'],
        contactIdInfo: { dataSourceType: 'DATA_SOURCE_TYPE_FIRST_PARTY' },
      },
    };
    const create = () =>
      nock(API).post(LISTS, {
        displayName: 'Acme: Bargain hunters',
        description: 'Buys on sale.',
        membershipDuration: '46656000s',
        ingestedUserListInfo: {
          uploadKeyTypes: ['CONTACT_ID'],
          contactIdInfo: { dataSourceType: 'DATA_SOURCE_TYPE_FIRST_PARTY' },
        },
      });
    const taken = refusal(
      'ALREADY_EXISTS',
      409,
      violations({ field: 'user_list.display_name', reason: 'DISPLAY_NAME_ALREADY_USED' }),
    );

    it('creates a first-party contact list of whole days', async () => {
      token();
      create().reply(200, list);
      expect(await destination.ensureAudience(segment, options)).toMatchObject({
        id: '4242',
        name: 'Acme: Bargain hunters',
      });
    });

    it('adopts a known list and changes only what differs', async () => {
      token();
      const viaManager = await opened({ loginCustomerId: '1112223333' });
      const manager = nock(API, { reqheaders: { 'login-account': 'accountTypes/GOOGLE_ADS/accounts/1112223333' } });
      manager.get(`${LISTS}/4242`).reply(200, { ...list, displayName: 'Old name', membershipStatus: 'CLOSED' });
      manager
        .patch(`${LISTS}/4242`, { displayName: segment.name, membershipDuration: '2592000s', membershipStatus: 'OPEN' })
        .query({ updateMask: 'displayName,membershipDuration,membershipStatus' })
        .reply(200, list);
      await viaManager.ensureAudience(segment, { ...options, membershipDays: 30 }, { id: '4242', name: 'Old name' });
      await viaManager.close();
    });

    it('adopts the list that the options name, for a delivery that is not split', async () => {
      token();
      const named = { ...options, listId: '4242' };
      const whole = { ...segment, key: 'all' };
      nock(API).get(`${LISTS}/4242`).reply(200, list);
      expect(await destination.ensureAudience(whole, named)).toMatchObject({ id: '4242', name: segment.name });
      nock(API)
        .get(`${LISTS}/4242`)
        .reply(200, { ...list, readOnly: true });
      expect(await tell(destination.ensureAudience(whole, named))).toMatchObject({ code: 'config' });
      nock(API).get(`${LISTS}/4242`).reply(404, refusal('NOT_FOUND', 404));
      expect(await tell(destination.ensureAudience(whole, named))).toMatchObject({
        code: 'config',
        message: 'There is no list 4242 in this Google Ads account.',
      });
      expect(await tell(destination.ensureAudience(segment, named))).toMatchObject({ code: 'config' });
    });

    it('changes nothing when nothing differs', async () => {
      token();
      nock(API).get(`${LISTS}/4242`).reply(200, list);
      await destination.ensureAudience(segment, options, { id: '4242', name: segment.name });
    });

    it('says when the known list is gone', async () => {
      token();
      nock(API).get(`${LISTS}/4242`).reply(404, refusal('NOT_FOUND', 404));
      expect(
        await tell(destination.ensureAudience(segment, options, { id: '4242', name: segment.name })),
      ).toMatchObject({ code: 'audience-missing' });
    });

    it('adopts the list of its name when an interrupted run has made it', async () => {
      token();
      create().reply(409, taken);
      nock(API)
        .get(LISTS)
        .query({ filter: 'display_name = "Acme: Bargain hunters"', pageSize: '50' })
        .reply(200, { userLists: [list] });
      expect(await destination.ensureAudience(segment, options)).toMatchObject({ id: '4242' });
    });

    it('quotes names for the search', async () => {
      token();
      nock(API).post(LISTS).reply(409, taken);
      nock(API).get(LISTS).query({ filter: 'display_name = "a \\"b\\" \\\\ c"', pageSize: '50' }).reply(200, {});
      expect(await tell(destination.ensureAudience({ ...segment, name: 'a "b" \\ c' }, options))).toMatchObject({
        code: 'config',
        vendorCode: 'DISPLAY_NAME_ALREADY_USED',
      });
    });

    it.each([
      [{ ingestedUserListInfo: { uploadKeyTypes: ['MOBILE_ID'] } }, 'reach/other_list_type'],
      [{ readOnly: true }, 'reach/read_only'],
    ])('does not take over a list that cannot be used', async (changes, vendorCode) => {
      token();
      create().reply(409, taken);
      nock(API)
        .get(LISTS)
        .query(true)
        .reply(200, { userLists: [{ ...list, ...changes }] });
      expect(await tell(destination.ensureAudience(segment, options))).toMatchObject({ code: 'config', vendorCode });
    });
  });

  describe('confirmation', () => {
    const ask = (requestId: string) => nock(API).get('/v1/requestStatus:retrieve').query({ requestId });
    const target = {
      operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '7693729833' },
      productDestinationId: '4242',
    };
    const success = {
      requestStatusPerDestination: [
        {
          destination: target,
          requestStatus: 'SUCCESS',
          audienceMembersIngestionStatus: {
            userDataIngestionStatus: {
              recordCount: '10000',
              userIdentifierCount: '25000',
              uploadMatchRateRange: 'MATCH_RATE_RANGE_51_TO_60',
            },
          },
        },
      ],
    };

    it('asks once for every request and adds the answers up', async () => {
      token();
      ask('r1').reply(200, success);
      ask('r2').reply(200, {
        requestStatusPerDestination: [
          {
            destination: target,
            requestStatus: 'PARTIAL_SUCCESS',
            errorInfo: { errorCounts: [{ reason: 'PROCESSING_ERROR_REASON_UNKNOWN_CONSENT', recordCount: '4' }] },
            audienceMembersIngestionStatus: {
              userDataIngestionStatus: { recordCount: '100', uploadMatchRateRange: 'MATCH_RATE_RANGE_31_TO_40' },
            },
          },
        ],
      });
      const tickets = [
        { requestIds: ['r1'], direction: 'add' },
        { requestIds: ['r1', 'r2'], direction: 'add' },
      ];
      expect(await destination.confirm(upload(), tickets)).toEqual({
        state: 'partial',
        detail:
          '2 requests: 1 processed, 1 in part. 4 refused: Google could not tell whether these people consented. Send their consent. Match rate 31 to 60 %.',
        received: 10_096,
        matchRate: '31 to 60 %',
        rejects: [{ code: 'UNKNOWN_CONSENT', count: 4 }],
        warnings: [],
        shortfalls: [{ ticket: 1, entries: 4 }],
      });
    });

    it('is pending while one request is in progress', async () => {
      token();
      ask('r1').reply(200, success);
      ask('r2').reply(200, { requestStatusPerDestination: [{ destination: target, requestStatus: 'PROCESSING' }] });
      expect(await destination.confirm(upload(), [{ requestIds: ['r1', 'r2'], direction: 'add' }])).toMatchObject({
        state: 'pending',
      });
    });

    it('confirms an upload that had nothing to send', async () => {
      expect(await destination.confirm(upload(), [])).toMatchObject({ state: 'confirmed', received: 0 });
    });
  });

  describe('check', () => {
    const lists = (body: object = {}) => nock(API).get(LISTS).query({ pageSize: '50' }).reply(200, body);
    const contactList = { id: '4242', displayName: 'x', ingestedUserListInfo: { uploadKeyTypes: ['CONTACT_ID'] } };
    const rehearsal = () =>
      nock(API).post(
        '/v1/audienceMembers:ingest',
        (body) => body.validateOnly === true && body.audienceMembers.length === 1,
      );
    const names = async () => (await destination.check()).map(({ name, ok }) => [name, ok]);

    it('finds everything in order', async () => {
      token();
      lists({ userLists: [contactList] });
      rehearsal().reply(200, { requestId: 'none' });
      expect(await names()).toEqual([
        ['token', true],
        ['scopes', true],
        ['account', true],
        ['clock', true],
        ['terms', true],
      ]);
    });

    it('finds terms that were not accepted', async () => {
      token();
      lists({ userLists: [contactList] });
      rehearsal().reply(
        400,
        refusal('FAILED_PRECONDITION', 400, [
          { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'TERMS_AND_CONDITIONS_NOT_SIGNED' },
        ]),
      );
      expect((await destination.check()).at(-1)).toMatchObject({
        name: 'terms',
        ok: false,
        url: expect.stringContaining('support.google.com'),
      });
    });

    it('says that terms show later when there is no list to try', async () => {
      token();
      lists();
      expect(await names()).toEqual([
        ['token', true],
        ['scopes', true],
        ['account', true],
        ['clock', true],
        ['terms', true],
      ]);
    });

    it('finds a missing scope, a revoked grant and an account out of reach', async () => {
      token(1, 'https://www.googleapis.com/auth/adwords');
      expect(await names()).toEqual([
        ['token', true],
        ['scopes', false],
      ]);
      nock('https://oauth2.googleapis.com').post('/token').reply(400, { error: 'invalid_grant' });
      expect(await names()).toEqual([['token', false]]);
      token();
      nock(API).get(LISTS).query(true).reply(403, refusal('PERMISSION_DENIED', 403));
      expect(await names()).toEqual([
        ['token', true],
        ['scopes', true],
        ['account', false],
      ]);
    });
  });
});
