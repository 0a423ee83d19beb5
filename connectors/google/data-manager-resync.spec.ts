import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import nock from 'nock';
import type { Destination } from '../destination.ts';
import { google } from './definition.ts';
import type { GoogleOptions } from './settings.ts';
import { batch, digest, member, type Surroundings, settings, surroundings, upload } from './spec-support.ts';

const API = 'https://datamanager.googleapis.com';
const LISTS = '/v1/accountTypes/GOOGLE_ADS/accounts/7693729833/userLists';
const account = { accountType: 'GOOGLE_ADS', accountId: '7693729833' };
const destinationOf = (id: string) => ({ operatingAccount: account, productDestinationId: id });
const person = (n: number) => ({ compositeData: { userData: { userIdentifiers: [{ emailAddress: digest(n) }] } } });

describe('Data Manager API: resync, dry run and erasure', () => {
  let environment: Surroundings;
  let destination: Destination<GoogleOptions>;
  const tell = (work: Promise<unknown>) =>
    work.then(
      () => 'no error',
      (error) => error,
    );
  const status = (requestId: string, requestStatus: string, headers = {}) =>
    nock(API)
      .get('/v1/requestStatus:retrieve')
      .query({ requestId })
      .reply(200, { requestStatusPerDestination: [{ requestStatus }] }, headers);
  const tickets = (...requestIds: string[]) => requestIds.map((id) => ({ requestIds: [id], direction: 'add' }));

  beforeEach(async () => {
    nock.disableNetConnect();
    nock('https://oauth2.googleapis.com').post('/token').reply(200, { access_token: 'ya29.first', expires_in: 3599 });
    environment = surroundings();
    destination = await google.open(settings, environment);
  });
  afterEach(async () => {
    await destination.close();
    const pending = nock.pendingMocks();
    nock.cleanAll();
    expect(pending).toEqual([]);
  });

  afterAll(() => nock.restore());

  it('replaces by adding everybody', async () => {
    nock(API)
      .post('/v1/audienceMembers:ingest', {
        destinations: [destinationOf('4242')],
        encoding: 'HEX',
        consent: { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' },
        termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' },
        audienceMembers: [person(1)],
      })
      .reply(200, { requestId: 'req-1' });
    expect(await destination.replace!(batch([member('a')]))).toMatchObject({ ticket: { requestIds: ['req-1'] } });
  });

  it('sweeps who was last added five minutes before it began, once everything is SUCCESS', async () => {
    status('req-1', 'SUCCESS', { date: 'Tue, 24 Nov 2026 00:02:00 GMT' });
    status('req-2', 'SUCCESS');
    nock(API)
      .post('/v1/audienceMembers:removeAll', {
        destinations: [destinationOf('4242')],
        removeAsOfTime: '2026-11-23T23:55:00.000Z',
      })
      .reply(200, { requestId: 'req-3' });
    expect(await destination.sweep!(upload(), tickets('req-1', 'req-2'))).toEqual({
      outcomes: [],
      unattributedRejects: 0,
      warnings: [],
      vendorRequestId: 'req-3',
      ticket: { requestIds: ['req-3'], direction: 'remove' },
    });
  });

  it.each([
    ['PARTIAL_SUCCESS', 'config', 'reach/incomplete'],
    ['FAILED', 'config', 'reach/incomplete'],
    ['REQUEST_STATUS_UNKNOWN', 'config', 'reach/incomplete'],
    ['PROCESSING', 'throttled', 'reach/not_processed'],
  ])('sweeps nobody when one request is %s', async (wrong, code, vendorCode) => {
    status('req-1', 'SUCCESS');
    status('req-2', wrong);
    const error = await tell(destination.sweep!(upload(), tickets('req-1', 'req-2')));
    expect(error).toMatchObject({ code, vendorCode });
  });

  it('sweeps nobody when nothing was sent, or clocks are apart', async () => {
    expect(await tell(destination.sweep!(upload(), []))).toMatchObject({ vendorCode: 'reach/incomplete' });
    status('req-1', 'SUCCESS', { date: 'Mon, 23 Nov 2026 23:50:00 GMT' });
    expect(await tell(destination.sweep!(upload(), tickets('req-1')))).toMatchObject({ vendorCode: 'reach/clock' });
  });

  it('sweeps nobody when it is not known which members of a batch are faulty', async () => {
    const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'INVALID_SHA256_FORMAT' };
    nock(API)
      .post('/v1/audienceMembers:ingest')
      .times(41)
      .reply(400, { error: { code: 400, status: 'INVALID_ARGUMENT', details: [info] } });
    const members = Array.from({ length: 10_000 }, (_, n) => member(`c${n}`));
    const { outcomes, ticket } = await destination.replace!(batch(members));
    expect(outcomes.filter(({ verdict }) => verdict === 'unattributed').length).toBeGreaterThan(9_000);
    status('req-1', 'SUCCESS');
    expect(await tell(destination.sweep!(upload(), [...tickets('req-1'), ticket!]))).toMatchObject({
      vendorCode: 'reach/incomplete',
    });
  });

  it('rehearses with validateOnly, takes out who is named, and leaves no ticket', async () => {
    const bodies: { validateOnly?: boolean; audienceMembers: unknown[] }[] = [];
    nock(API)
      .post('/v1/audienceMembers:ingest', (body) => bodies.push(body) > 0)
      .reply(400, {
        error: {
          code: 400,
          status: 'INVALID_ARGUMENT',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.BadRequest',
              fieldViolations: [{ field: 'audience_members[0]', reason: 'INVALID_SHA256_FORMAT' }],
            },
          ],
        },
      })
      .post('/v1/audienceMembers:ingest', (body) => bodies.push(body) > 0)
      .reply(200, {});
    const second = member('b', { identifiers: [{ emailAddress: digest(2) }] });
    expect(await destination.rehearse!(batch([member('a'), second]))).toEqual({
      outcomes: [
        { contactId: 'a', verdict: 'rejected', code: 'INVALID_SHA256_FORMAT', text: 'A digest is not SHA-256.' },
        { contactId: 'b', verdict: 'accepted' },
      ],
      unattributedRejects: 0,
      warnings: [],
    });
    expect(bodies.map(({ validateOnly, audienceMembers }) => [validateOnly, audienceMembers.length])).toEqual([
      [true, 2],
      [true, 1],
    ]);
  });

  it('erases from every contact list, ten in a request, page by page', async () => {
    const list = (id: number, more = {}) => ({
      id: String(id),
      displayName: `List ${id}`,
      ingestedUserListInfo: { uploadKeyTypes: ['CONTACT_ID'] },
      ...more,
    });
    const others = [
      list(20, { membershipStatus: 'CLOSED' }),
      list(21, { readOnly: true }),
      list(22, { ingestedUserListInfo: { uploadKeyTypes: ['MOBILE_ID'] } }),
    ];
    nock(API)
      .get(LISTS)
      .query({ pageSize: '1000' })
      .reply(200, { userLists: Array.from({ length: 8 }, (_, n) => list(n + 1)), nextPageToken: 'p2' })
      .get(LISTS)
      .query({ pageSize: '1000', pageToken: 'p2' })
      .reply(200, { userLists: [list(9), list(10), list(11), ...others] })
      .post('/v1/audienceMembers:remove', {
        destinations: Array.from({ length: 10 }, (_, n) => destinationOf(String(n + 1))),
        encoding: 'HEX',
        audienceMembers: [person(1), person(2)],
      })
      .reply(200, { requestId: 'req-1' })
      .post('/v1/audienceMembers:remove', {
        destinations: [destinationOf('11')],
        encoding: 'HEX',
        audienceMembers: [person(1), person(2)],
      })
      .reply(200, { requestId: 'req-2' });
    const other = member('a', { identifiers: [{ emailAddress: digest(2) }] });
    expect(await destination.erase!([member('a'), other])).toEqual({
      outcomes: [{ contactId: 'a', verdict: 'accepted' }],
      unattributedRejects: 0,
      warnings: [
        'List 20 is closed and could not be looked through for these people.',
        "List 21 is someone else's and could not be looked through for these people.",
      ],
      vendorRequestId: 'req-1',
      ticket: { requestIds: ['req-1', 'req-2'], direction: 'remove' },
    });
  });

  it('tells the size and match rate of the list beside a confirmation, and does without when it cannot be read', async () => {
    status('req-1', 'SUCCESS');
    nock(API)
      .get(`${LISTS}/4242`)
      .reply(200, {
        id: '4242',
        displayName: 'x',
        sizeInfo: { displayNetworkMembersCount: '900', searchNetworkMembersCount: '1100' },
        ingestedUserListInfo: { uploadKeyTypes: ['CONTACT_ID'], contactIdInfo: { matchRatePercentage: 64 } },
      });
    expect(await destination.confirm(upload(), tickets('req-1'))).toMatchObject({
      state: 'confirmed',
      audienceSize: { from: 900, to: 1100 },
      matchRate: '64 %',
    });
    status('req-1', 'SUCCESS');
    nock(API).get(`${LISTS}/4242`).reply(503, {});
    expect(await destination.confirm(upload(), tickets('req-1'))).toMatchObject({ state: 'confirmed' });
  });
});
