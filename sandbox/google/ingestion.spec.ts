import { email, fields, GoogleClient, hash, member, reasons } from './spec-support.ts';

let client: GoogleClient;

beforeAll(async () => {
  client = await GoogleClient.start();
});
beforeEach(() => client.reset());
afterAll(async () => {
  await client.sandbox.close();
});

describe('ingestion', () => {
  it('adds members, counts composite data by type, and removes them again', async () => {
    const id = await client.createList();
    const address = { givenName: hash('ada'), familyName: hash('love'), regionCode: 'US', postalCode: '94105-1234' };
    const { status, body } = await client.ingest(id, [
      member(email('a'), { phoneNumber: hash('+1') }),
      member({ address }),
    ]);
    expect(status).toBe(200);
    expect(await client.statuses(body.requestId)).toEqual([
      {
        destination: client.destination(id),
        requestStatus: 'SUCCESS',
        audienceMembersIngestionStatus: {
          compositeDataIngestionStatus: {
            recordCount: '2',
            dataTypeCounts: [
              { type: 'EMAIL', count: '1' },
              { type: 'PHONE_NUMBER', count: '1' },
              { type: 'ADDRESS', count: '1' },
            ],
            uploadMatchRateRange: 'MATCH_RATE_RANGE_71_TO_80',
          },
        },
      },
    ]);
    expect(client.sandbox.google.members(id)).toEqual(
      new Set([`EMAIL=${hash('a')}|PHONE=${hash('+1')}`, `ADDRESS=${hash('ada')}/${hash('love')}/US/941051234`]),
    );
    const removal = { destinations: [client.destination(id)], audienceMembers: [member(email('a'))], encoding: 'HEX' };
    const removed = await client.send('POST', '/audienceMembers:remove', removal);
    expect(await client.statuses(removed.body.requestId)).toMatchObject([
      {
        audienceMembersRemovalStatus: {
          compositeDataRemovalStatus: { recordCount: '1', dataTypeCounts: [{ type: 'EMAIL', count: '1' }] },
        },
      },
    ]);
    expect(client.sandbox.google.members(id).size).toBe(1);
  });

  it.each([
    ['userData', { userData: { userIdentifiers: [email('a')] } }, 'CONTACT_ID', 'userIdentifierCount'],
    ['userIdData', { userIdData: { userId: 'u' } }, 'USER_ID', 'userIdCount'],
    ['pairData', { pairData: { pairIds: ['p'] } }, 'PAIR_ID', 'pairIdCount'],
  ])('answers a request with %s with the status of that data', async (field, one, keyType, countField) => {
    const id = await client.createList({ ingestedUserListInfo: { uploadKeyTypes: [keyType] } });
    const { body } = await client.ingest(id, [one]);
    expect(await client.statuses(body.requestId)).toMatchObject([
      { audienceMembersIngestionStatus: { [`${field}IngestionStatus`]: { recordCount: '1', [countField]: '1' } } },
    ]);
  });

  it('sends members to several lists in one request', async () => {
    const [one, two] = [await client.createList({ displayName: '1' }), await client.createList({ displayName: '2' })];
    const destinations = [client.destination(one, { reference: 'one' }), client.destination(two, { reference: 'two' })];
    await client.ingest(one, [{ ...member(email('a')), destinationReferences: ['two'] }, member(email('b'))], {
      destinations,
    });
    expect([one, two].map((id) => client.sandbox.google.members(id).size)).toEqual([1, 2]);
  });

  it('accepts base64 and finds the same people', async () => {
    const id = await client.createList();
    const base64 = Buffer.from(hash('a'), 'hex').toString('base64');
    await client.ingest(id, [member({ emailAddress: base64 })], { encoding: 'BASE64' });
    expect(client.sandbox.google.values(id, 'EMAIL')).toEqual(new Set([hash('a')]));
  });

  it.each<[string, object[], object, string]>([
    ['a value that is no hex', [member({ emailAddress: 'zz' })], {}, 'INVALID_HEX_ENCODING'],
    ['a hash of another length', [member({ emailAddress: 'abcd' })], {}, 'INVALID_SHA256_FORMAT'],
    ['a value that is no base64', [member({ emailAddress: '!!' })], { encoding: 'BASE64' }, 'INVALID_BASE64_ENCODING'],
    ['a member without identifiers', [member()], {}, 'REQUIRED_FIELD_MISSING'],
    ['two identifiers in one', [member({ ...email('a'), phoneNumber: hash('1') })], {}, 'REQUIRED_FIELD_MISSING'],
    [
      '11 identifiers',
      [member(...Array.from({ length: 11 }, (_, i) => email(`${i}`)))],
      {},
      'TOO_MANY_USER_IDENTIFIERS',
    ],
    [
      'an address with a part missing',
      [member({ address: { givenName: hash('a'), familyName: hash('b'), regionCode: 'US' } })],
      {},
      'REQUIRED_FIELD_MISSING',
    ],
    [
      'a bad region',
      [member({ address: { givenName: hash('a'), familyName: hash('b'), regionCode: 'USA', postalCode: '1234' } })],
      {},
      'INVALID_REGION_CODE',
    ],
    ['a member without data', [{}], {}, 'INVALID_AUDIENCE_MEMBER'],
    ['no members', [], {}, 'REQUIRED_FIELD_MISSING'],
    [
      'more than 10,000 members',
      Array.from({ length: 10_001 }, () => member(email('a'))),
      {},
      'TOO_MANY_AUDIENCE_MEMBERS',
    ],
    ['no encoding', [member(email('a'))], { encoding: undefined }, 'REQUIRED_FIELD_MISSING'],
    ['no terms', [member(email('a'))], { termsOfService: undefined }, 'TERMS_AND_CONDITIONS_NOT_SIGNED'],
    ['a bad consent', [member(email('a'))], { consent: { adUserData: 'GRANTED' } }, 'INVALID_ENUM_VALUE'],
    [
      'two wrappers',
      [member(email('a')), { userData: { userIdentifiers: [email('b')] } }],
      {},
      'MULTIPLE_DATA_TYPES_NOT_ALLOWED',
    ],
    ['two kinds of data', [member(email('a')), { userIdData: { userId: 'u' } }], {}, 'MULTIPLE_DATA_TYPES_NOT_ALLOWED'],
    ['data the list does not take', [{ userIdData: { userId: 'u' } }], {}, 'INVALID_USER_LIST_TYPE'],
    ['no destinations', [member(email('a'))], { destinations: [] }, 'REQUIRED_FIELD_MISSING'],
  ])('refuses all of a request with %s', async (_, members, changes, reason) => {
    const id = await client.createList();
    const answer = await client.ingest(id, [...members], changes);
    expect(answer.status).toBe(400);
    expect(reasons(answer)).toContain(reason);
    expect(answer.body.error.details.map((d) => d['@type'].split('.').at(-1))).toEqual([
      'ErrorInfo',
      'BadRequest',
      'RequestInfo',
    ]);
    expect(client.sandbox.google.members(id).size).toBe(0);
  });

  it('says which member is wrong and takes none', async () => {
    const id = await client.createList();
    const answer = await client.ingest(id, [member(email('a')), member(email('b'), { phoneNumber: '+15551234567' })]);
    expect(fields(answer)).toEqual([
      'audience_members.audience_members[1].composite_data.user_data.user_identifiers[1].phone_number',
    ]);
    expect(client.sandbox.google.members(id).size).toBe(0);
    expect(client.sandbox.violations).toMatchObject([{ kind: 'raw-value' }]);
  });

  it('refuses unknown lists, accounts, fields and too many destinations', async () => {
    const id = await client.createList();
    const people = [member(email('a'))];
    expect(reasons(await client.ingest('42', people))).toEqual(['INVALID_USER_LIST_ID']);
    const stranger = client.destination(id, { operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '111' } });
    expect((await client.ingest(id, people, { destinations: [stranger] })).status).toBe(403);
    const many = Array.from({ length: 11 }, (_, i) => client.destination(id, { reference: `${i}` }));
    expect(reasons(await client.ingest(id, people, { destinations: many }))).toEqual(['TOO_MANY_DESTINATIONS']);
    expect((await client.ingest(id, people, { partialFailure: true })).body.error.message).toContain(
      'Unknown name "partialFailure"',
    );
  });

  it('needs the manager as login account when that is the only way', async () => {
    const id = await client.createList();
    client.sandbox.google.options.access = 'manager';
    expect((await client.ingest(id, [member(email('a'))])).status).toBe(403);
    const loginAccount = { accountType: 'GOOGLE_ADS', accountId: client.sandbox.google.credentials.loginCustomerId };
    const destinations = [client.destination(id, { loginAccount })];
    expect((await client.ingest(id, [member(email('a'))], { destinations })).status).toBe(200);
  });

  it('validates without doing when asked', async () => {
    const id = await client.createList();
    const { status, body } = await client.ingest(id, [member(email('a'))], { validateOnly: true });
    expect(status).toBe(200);
    expect(client.sandbox.google.members(id).size).toBe(0);
    const answer = await client.send('GET', `/requestStatus:retrieve?requestId=${body.requestId}`);
    expect(reasons(answer)).toEqual(['INVALID_REQUEST_ID']);
  });

  it('does not take people who denied consent, and says how many', async () => {
    const id = await client.createList();
    const denied = { ...member(email('no')), consent: { adUserData: 'CONSENT_DENIED' } };
    const { body } = await client.ingest(id, [denied, member(email('yes'))]);
    expect(await client.statuses(body.requestId)).toMatchObject([
      {
        requestStatus: 'PARTIAL_SUCCESS',
        errorInfo: { errorCounts: [{ reason: 'PROCESSING_ERROR_REASON_DENIED_CONSENT', recordCount: '1' }] },
      },
    ]);
    expect(client.sandbox.google.values(id, 'EMAIL')).toEqual(new Set([hash('yes')]));
  });

  it('answers PROCESSING for some questions or some time', async () => {
    const id = await client.createList();
    client.sandbox.google.options.processingPolls = 1;
    const { body } = await client.ingest(id, [member(email('a'))]);
    expect(await client.statuses(body.requestId)).toMatchObject([{ requestStatus: 'PROCESSING' }]);
    expect(await client.statuses(body.requestId)).toMatchObject([{ requestStatus: 'SUCCESS' }]);
    Object.assign(client.sandbox.google.options, { processingPolls: 0, processingSeconds: 1800 });
    const later = await client.ingest(id, [member(email('a'))]);
    expect(await client.statuses(later.body.requestId)).toMatchObject([{ requestStatus: 'PROCESSING' }]);
    client.sandbox.clock.advance(1_801_000);
    expect(await client.statuses(later.body.requestId)).toMatchObject([{ requestStatus: 'SUCCESS' }]);
  });

  it('follows a scripted outcome', async () => {
    const id = await client.createList();
    const errorCounts = [{ reason: 'PROCESSING_ERROR_REASON_INVALID_FORMAT', recordCount: 1 }];
    client.sandbox.google.script({ status: 'FAILED' }, { errorCounts });
    const failed = await client.ingest(id, [member(email('a'))]);
    expect(await client.statuses(failed.body.requestId)).toMatchObject([{ requestStatus: 'FAILED' }]);
    expect(client.sandbox.google.members(id).size).toBe(0);
    const partial = await client.ingest(id, [member(email('a')), member(email('b'))]);
    expect(await client.statuses(partial.body.requestId)).toMatchObject([{ requestStatus: 'PARTIAL_SUCCESS' }]);
    expect(client.sandbox.google.members(id).size).toBe(1);
  });

  it('sweeps what was last added before a time', async () => {
    const id = await client.createList();
    await client.ingest(id, [member(email('old')), member(email('kept'))]);
    client.sandbox.clock.advance(10_000);
    const removeAsOfTime = client.sandbox.clock.now().toISOString();
    client.sandbox.clock.advance(10_000);
    await client.ingest(id, [member(email('kept')), member(email('new'))]);
    const destinations = [client.destination(id)];
    const swept = await client.send('POST', '/audienceMembers:removeAll', { destinations, removeAsOfTime });
    expect(await client.statuses(swept.body.requestId)).toEqual([
      { destination: destinations[0], requestStatus: 'SUCCESS', removeAllAudienceMembersStatus: {} },
    ]);
    expect(client.sandbox.google.values(id, 'EMAIL')).toEqual(new Set(['kept', 'new'].map(hash)));
    const future = new Date(client.sandbox.clock.now().getTime() + 60_000).toISOString();
    const refused = await client.send('POST', '/audienceMembers:removeAll', { destinations, removeAsOfTime: future });
    expect(reasons(refused)).toEqual(['INVALID_REMOVE_AS_OF_TIME']);
  });

  it('keeps to its quota by the minute', async () => {
    const id = await client.createList();
    client.sandbox.google.options.quotas.perMinute = 1;
    expect((await client.ingest(id, [member(email('a'))])).status).toBe(200);
    const over = await client.ingest(id, [member(email('b'))]);
    expect([over.status, over.body.error.status]).toEqual([429, 'RESOURCE_EXHAUSTED']);
    client.sandbox.clock.advance(61_000);
    expect((await client.ingest(id, [member(email('b'))])).status).toBe(200);
  });

  it('plays scripted errors in its own envelope', async () => {
    const id = await client.createList();
    client.sandbox.google.faults.add({ match: { path: 'ingest' }, do: 'error', code: 'UNAVAILABLE' });
    const answer = await client.ingest(id, [member(email('a'))]);
    expect([answer.status, answer.body.error.status]).toEqual([503, 'UNAVAILABLE']);
    expect((await client.ingest(id, [member(email('a'))])).status).toBe(200);
  });
});
