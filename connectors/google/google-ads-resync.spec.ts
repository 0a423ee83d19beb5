import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Destination } from '../destination.ts';
import { google } from './definition.ts';
import type { GoogleOptions } from './settings.ts';
import { ScriptedGoogleAds } from './spec-grpc.ts';
import { batch, digest, member, settings, surroundings, upload } from './spec-support.ts';

const JOB = 'customers/7693729833/offlineUserDataJobs/18025019462';
const [CREATE, ADD, RUN, SEARCH] = [
  'CreateOfflineUserDataJob',
  'AddOfflineUserDataJobOperations',
  'RunOfflineUserDataJob',
  'Search',
];
const INVALID_ARGUMENT = 3;
const create = { create: { user_identifiers: [{ hashed_email: digest(1) }] } };

describe('Google Ads API: resync, dry run and erasure', () => {
  const server = new ScriptedGoogleAds();
  let oauth: Server;
  let destination: Destination<GoogleOptions>;
  const seen = (method: string) => server.seen.filter((call) => call.method === method).map(({ request }) => request);
  const operations = () => seen(ADD).map((request) => request.operations);
  const failure = (code: string) =>
    server.failure(INVALID_ARGUMENT, { error_code: { offline_user_data_job_error: code }, message: 'It is wrong.' });

  beforeAll(async () => {
    await server.start();
    oauth = createServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: 'ya29.1', expires_in: 3599 }));
    });
    await new Promise<void>((resolve) => oauth.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.close();
    oauth.close();
  });
  beforeEach(async () => {
    const oauthUrl = `http://127.0.0.1:${(oauth.address() as AddressInfo).port}/token`;
    const environment = surroundings({ REACH_GOOGLE_ADS_URL: server.url, REACH_GOOGLE_OAUTH_URL: oauthUrl });
    destination = await google.open({ ...settings, api: 'google-ads', developerToken: 'token' }, environment);
  });
  afterEach(async () => {
    await destination.close();
    const { left } = server;
    server.reset();
    expect(left).toEqual([]);
  });

  it('removes everybody by the first operation of the first batch, and by no other', async () => {
    server.answer(CREATE, { resource_name: JOB }).answer(ADD, {}).answer(ADD, {}).answer(ADD, {}).answer(RUN, {});
    for (const seq of [1, 2, 3]) await destination.replace!({ ...batch([member('a')]), seq });
    await destination.finish(upload());
    expect(operations()).toEqual([[{ remove_all: true }, create], [create], [create]]);
    expect(await destination.sweep!(upload(), [])).toEqual({ outcomes: [], unattributedRejects: 0, warnings: [] });
  });

  it('does not put the removal down to a member', async () => {
    const at = (index: number) => ({
      error_code: { offline_user_data_job_error: 'INVALID_SHA256_FORMAT' },
      message: 'It is wrong.',
      location: { field_path_elements: [{ field_name: 'operations', index }] },
    });
    server
      .answer(CREATE, { resource_name: JOB })
      .answer(ADD, { partial_failure_error: server.partial(INVALID_ARGUMENT, at(2), at(0)) });
    const receipt = await destination.replace!(batch([member('a'), member('b')]));
    expect(receipt.outcomes.map(({ contactId, verdict }) => [contactId, verdict])).toEqual([
      ['a', 'accepted'],
      ['b', 'rejected'],
    ]);
    expect(receipt.unattributedRejects).toBe(1);
  });

  it('sends in halves what is too large together, and still blames the right person', async () => {
    const tooLarge = server.failure(INVALID_ARGUMENT, {
      error_code: { database_error: 'REQUEST_TOO_LARGE' },
      message: 'It is wrong.',
    });
    const second = {
      error_code: { offline_user_data_job_error: 'INVALID_SHA256_FORMAT' },
      message: 'It is wrong.',
      location: { field_path_elements: [{ field_name: 'operations', index: 0 }] },
    };
    server
      .answer(CREATE, { resource_name: JOB })
      .answer(ADD, tooLarge)
      .answer(ADD, {})
      .answer(ADD, { partial_failure_error: server.partial(INVALID_ARGUMENT, second) });
    const receipt = await destination.replace!(batch([member('a'), member('b'), member('c')]));
    expect(operations().map((sent) => (sent as object[]).length)).toEqual([4, 2, 2]);
    expect(receipt.outcomes.map(({ contactId, verdict }) => [contactId, verdict])).toEqual([
      ['a', 'accepted'],
      ['b', 'rejected'],
      ['c', 'accepted'],
    ]);
  });

  it('takes a removal that is there already for done', async () => {
    server.answer(CREATE, { resource_name: JOB }).answer(ADD, failure('INVALID_OPERATION_ORDER')).answer(ADD, {});
    await destination.replace!(batch([member('a')]));
    expect(operations()).toEqual([[{ remove_all: true }, create], [create]]);
  });

  it('does not empty the list again when the first job was run already', async () => {
    server
      .answer(CREATE, failure('EXTERNAL_UPDATE_ID_ALREADY_EXISTS'))
      .answer(SEARCH, { results: [{ offline_user_data_job: { resource_name: JOB, status: 'RUNNING' } }] })
      .answer(CREATE, { resource_name: `${JOB}2` })
      .answer(ADD, {});
    await destination.replace!(batch([member('a')]));
    expect(operations()).toEqual([[create]]);
  });

  it('rehearses the job, with its consent', async () => {
    server.answer(CREATE, {});
    const receipt = await destination.rehearse!(batch([member('a'), member('x', {})]));
    expect(receipt.outcomes.map(({ verdict }) => verdict)).toEqual(['accepted', 'rejected']);
    expect(seen(CREATE)).toEqual([
      {
        customer_id: '7693729833',
        job: {
          type: 'CUSTOMER_MATCH_USER_LIST',
          customer_match_user_list_metadata: {
            user_list: 'customers/7693729833/userLists/4242',
            consent: { ad_user_data: 'GRANTED', ad_personalization: 'GRANTED' },
          },
        },
        validate_only: true,
      },
    ]);
  });

  it('erases by one job for each list', async () => {
    const list = (id: string) => ({ user_list: { id, name: id, type: 'CRM_BASED', membership_status: 'OPEN' } });
    server.answer(SEARCH, { results: [list('1'), list('2')] });
    for (const n of [1, 2])
      server
        .answer(CREATE, { resource_name: `${JOB}${n}` })
        .answer(ADD, {})
        .answer(RUN, {});
    const receipt = await destination.erase!([member('a')]);
    expect(receipt).toMatchObject({
      outcomes: [{ contactId: 'a', verdict: 'accepted' }],
      ticket: { jobs: [`${JOB}1`, `${JOB}2`] },
    });
    expect(operations()).toEqual([[{ remove: create.create }], [{ remove: create.create }]]);
    expect(seen(CREATE).map(({ job }) => job)).toEqual(
      ['1', '2'].map((id) => ({
        type: 'CUSTOMER_MATCH_USER_LIST',
        customer_match_user_list_metadata: { user_list: `customers/7693729833/userLists/${id}` },
      })),
    );
  });

  it('tells size and match rate of the list beside a confirmation', async () => {
    server
      .answer(SEARCH, { results: [{ offline_user_data_job: { resource_name: JOB, status: 'SUCCESS' } }] })
      .answer(SEARCH, {
        results: [
          {
            user_list: {
              id: '4242',
              name: 'x',
              size_for_display: '500',
              size_for_search: '700',
              match_rate_percentage: 71,
            },
          },
        ],
      });
    expect(await destination.confirm(upload(), [{ jobs: [JOB] }])).toMatchObject({
      state: 'confirmed',
      audienceSize: { from: 500, to: 700 },
      matchRate: '71 %',
    });
  });
});
