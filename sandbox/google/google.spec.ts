import { createHash, createSign } from 'node:crypto';
import { type Sandbox, startSandbox } from '../sandbox.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

interface Violation {
  field: string;
  reason: string;
}
interface Details {
  '@type': string;
  reason?: string;
  fieldViolations?: Violation[];
  requestId?: string;
}
/** What the tests look at of the bodies Google answers. */
interface GoogleBody {
  id: string;
  name: string;
  access_token: string;
  expires_in: number;
  requestId: string;
  userLists: { displayName: string }[];
  nextPageToken?: string;
  sizeInfo: object;
  requestStatusPerDestination: { requestStatus: string; errorInfo?: object }[];
  error: { code: number; status: string; message: string; details: Details[] };
}
interface Answered {
  status: number;
  body: GoogleBody;
}

let sandbox: Sandbox;
let token = '';

beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(async () => {
  sandbox.reset();
  token = (await refresh()).body.access_token;
});
afterAll(async () => {
  await sandbox.close();
});

async function read(response: Response): Promise<Answered> {
  return { status: response.status, body: (await response.json()) as GoogleBody };
}

async function oauth(fields: Record<string, string>): Promise<Answered> {
  return read(await fetch(sandbox.google.oauthUrl, { method: 'POST', body: new URLSearchParams(fields) }));
}

function refresh(changes: Record<string, string> = {}): Promise<Answered> {
  const { clientId, clientSecret, refreshToken } = sandbox.google.credentials;
  return oauth({
    grant_type: 'refresh_token',
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
    ...changes,
  });
}

async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const response = await fetch(sandbox.google.dataManagerUrl + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  });
  return read(response);
}

const accountPath = () => `/accountTypes/GOOGLE_ADS/accounts/${sandbox.google.credentials.customerId}`;
const LIST = {
  displayName: 'Savers',
  description: 'persona 1',
  membershipDuration: '46656000s',
  ingestedUserListInfo: {
    uploadKeyTypes: ['CONTACT_ID'],
    contactIdInfo: { dataSourceType: 'DATA_SOURCE_TYPE_FIRST_PARTY' },
  },
};

async function createList(more: object = {}): Promise<string> {
  return (await call('POST', `${accountPath()}/userLists`, { ...LIST, ...more })).body.id;
}

const destination = (listId: string, more: object = {}) => ({
  operatingAccount: { accountType: 'GOOGLE_ADS', accountId: sandbox.google.credentials.customerId },
  productDestinationId: listId,
  ...more,
});
const member = (...userIdentifiers: object[]) => ({ compositeData: { userData: { userIdentifiers } } });
const email = (name: string) => ({ emailAddress: hash(name) });
const GRANTED = { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' };

function ingest(listId: string, audienceMembers: object[], more: object = {}): Promise<Answered> {
  return call('POST', '/audienceMembers:ingest', {
    destinations: [destination(listId)],
    audienceMembers,
    encoding: 'HEX',
    consent: GRANTED,
    termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' },
    ...more,
  });
}

const reasons = ({ body }: Answered) =>
  body.error?.details.flatMap((d) => d.fieldViolations?.map(({ reason }) => reason) ?? []);
const fields = ({ body }: Answered) =>
  body.error?.details.flatMap((d) => d.fieldViolations?.map(({ field }) => field) ?? []);
const statuses = async (requestId: string) => {
  const { body } = await call('GET', `/requestStatus:retrieve?requestId=${requestId}`);
  return body.requestStatusPerDestination;
};

describe('the token endpoint', () => {
  it('trades a refresh token for an access token', async () => {
    const { status, body } = await refresh();
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599 });
  });

  it.each([
    ['an unknown client', { client_id: 'x' }, 401, 'invalid_client'],
    ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client'],
    ['a wrong refresh token', { refresh_token: 'x' }, 400, 'invalid_grant'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses %s', async (_, changes, status, error) => {
    const answer = await refresh(changes);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ error })]);
  });

  it('refuses a revoked grant', async () => {
    sandbox.google.oauth.grantValid = false;
    const { status, body } = await refresh();
    expect([status, body]).toEqual([400, expect.objectContaining({ error: 'invalid_grant' })]);
  });

  it('accepts the JWT of a service account unless its time is off', async () => {
    const { client_email, private_key, token_uri } = sandbox.google.serviceAccount();
    const now = Math.floor(sandbox.clock.now().getTime() / 1000);
    const jwt = (iat: number) => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims = { iss: client_email, aud: token_uri, iat, exp: iat + 3600 };
      const signed = `${part({ alg: 'RS256' })}.${part(claims)}`;
      return `${signed}.${createSign('RSA-SHA256').update(signed).sign(private_key, 'base64url')}`;
    };
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    expect((await oauth({ grant_type, assertion: jwt(now) })).status).toBe(200);
    expect((await oauth({ grant_type, assertion: jwt(now - 7200) })).body).toMatchObject({ error: 'invalid_grant' });
    expect((await oauth({ grant_type, assertion: `${jwt(now)}x` })).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('issues tokens that expire and are bound to scopes', async () => {
    expect((await call('GET', `${accountPath()}/userLists`)).status).toBe(200);
    sandbox.clock.advance(3_600_000);
    const expired = await call('GET', `${accountPath()}/userLists`);
    expect([expired.status, expired.body.error.status]).toEqual([401, 'UNAUTHENTICATED']);
    sandbox.google.oauth.scopes = ['https://www.googleapis.com/auth/adwords'];
    token = (await refresh()).body.access_token;
    const scoped = await call('GET', `${accountPath()}/userLists`);
    expect([scoped.status, scoped.body.error.status]).toEqual([403, 'PERMISSION_DENIED']);
  });
});

describe('user lists', () => {
  it('are created, read, updated and deleted', async () => {
    const id = await createList();
    const path = `${accountPath()}/userLists/${id}`;
    expect((await call('GET', path)).body).toMatchObject({
      name: path.slice(1),
      id,
      displayName: 'Savers',
      membershipDuration: '46656000s',
      membershipStatus: 'OPEN',
      sizeInfo: { displayNetworkMembersCount: '0' },
    });
    await call('PATCH', `${path}?updateMask=description`, { description: 'new', displayName: 'ignored' });
    expect(sandbox.google.userLists()).toMatchObject([{ displayName: 'Savers', description: 'new' }]);
    expect((await call('DELETE', path)).status).toBe(200);
    expect((await call('GET', path)).status).toBe(404);
  });

  it.each([
    ['no name', { displayName: '' }, 'REQUIRED_FIELD_MISSING'],
    ['no key types', { ingestedUserListInfo: {} }, 'REQUIRED_FIELD_MISSING'],
    ['an unknown key type', { ingestedUserListInfo: { uploadKeyTypes: ['EMAIL'] } }, 'INVALID_ENUM_VALUE'],
    [
      'mobile ids without an app',
      { ingestedUserListInfo: { uploadKeyTypes: ['MOBILE_ID'] } },
      'REQUIRED_FIELD_MISSING',
    ],
    ['half a day', { membershipDuration: '43200s' }, 'INVALID_ARGUMENT'],
    ['541 days', { membershipDuration: `${541 * 86_400}s` }, 'MEMBERSHIP_DURATION_TOO_LONG'],
  ])('are refused with %s', async (_, changes, reason) => {
    const answer = await call('POST', `${accountPath()}/userLists`, { ...LIST, ...changes });
    expect([answer.status, reasons(answer)]).toEqual([400, [reason]]);
  });

  it('have unique names and only known fields', async () => {
    await createList();
    const twice = await call('POST', `${accountPath()}/userLists`, LIST);
    expect([twice.status, reasons(twice)]).toEqual([409, ['DISPLAY_NAME_ALREADY_USED']]);
    const unknown = await call('POST', `${accountPath()}/userLists`, { ...LIST, displayName: 'x', color: 'red' });
    expect(unknown.body.error.message).toContain('Unknown name "color"');
  });

  it('are found by filter and listed in pages', async () => {
    for (const displayName of ['a', 'b "quoted"', 'c']) await createList({ displayName });
    const filter = encodeURIComponent('display_name = "b \\"quoted\\"" AND membership_status = "OPEN"');
    const found = await call('GET', `${accountPath()}/userLists?filter=${filter}`);
    expect(found.body.userLists).toMatchObject([{ displayName: 'b "quoted"' }]);
    const first = await call('GET', `${accountPath()}/userLists?pageSize=2`);
    expect(first.body.userLists).toHaveLength(2);
    const second = await call('GET', `${accountPath()}/userLists?pageSize=2&pageToken=${first.body.nextPageToken}`);
    expect(second.body.userLists).toMatchObject([{ displayName: 'c' }]);
    expect(second.body.nextPageToken).toBeUndefined();
    expect((await call('GET', `${accountPath()}/userLists?filter=nonsense`)).status).toBe(400);
  });

  it('are reached through the manager account only when that is the only way', async () => {
    const { loginCustomerId } = sandbox.google.credentials;
    const login = { 'login-account': `accountTypes/GOOGLE_ADS/accounts/${loginCustomerId}` };
    expect((await call('GET', `${accountPath()}/userLists`, undefined, login)).status).toBe(200);
    expect(
      (await call('GET', `${accountPath()}/userLists`, undefined, { 'login-account': loginCustomerId })).status,
    ).toBe(400);
    sandbox.google.options.access = 'manager';
    expect((await call('GET', `${accountPath()}/userLists`)).status).toBe(403);
    expect((await call('GET', `${accountPath()}/userLists`, undefined, login)).status).toBe(200);
    expect((await call('GET', '/accountTypes/GOOGLE_ADS/accounts/111/userLists')).status).toBe(403);
  });
});

describe('ingestion', () => {
  it('adds members in either wrapper, and removes them again', async () => {
    const id = await createList();
    const address = { givenName: hash('ada'), familyName: hash('love'), regionCode: 'US', postalCode: '94105-1234' };
    const { status, body } = await ingest(id, [
      member(email('a'), { phoneNumber: hash('+1') }),
      { userData: { userIdentifiers: [{ address }] } },
    ]);
    expect(status).toBe(200);
    expect(await statuses(body.requestId)).toMatchObject([
      {
        requestStatus: 'SUCCESS',
        audienceMembersIngestionStatus: {
          userDataIngestionStatus: {
            recordCount: '2',
            userIdentifierCount: '3',
            uploadMatchRateRange: 'MATCH_RATE_RANGE_71_TO_80',
          },
        },
      },
    ]);
    expect(sandbox.google.members(id)).toEqual(
      new Set([`EMAIL=${hash('a')}|PHONE=${hash('+1')}`, `ADDRESS=${hash('ada')}/${hash('love')}/US/941051234`]),
    );
    const removal = { destinations: [destination(id)], audienceMembers: [member(email('a'))], encoding: 'HEX' };
    const removed = await call('POST', '/audienceMembers:remove', removal);
    expect(removed.status).toBe(200);
    expect(sandbox.google.members(id).size).toBe(1);
  });

  it('sends members to several lists in one request', async () => {
    const [one, two] = [await createList({ displayName: '1' }), await createList({ displayName: '2' })];
    const destinations = [destination(one, { reference: 'one' }), destination(two, { reference: 'two' })];
    await ingest(one, [{ ...member(email('a')), destinationReferences: ['two'] }, member(email('b'))], {
      destinations,
    });
    expect([one, two].map((id) => sandbox.google.members(id).size)).toEqual([1, 2]);
  });

  it('accepts base64 and finds the same people', async () => {
    const id = await createList();
    const base64 = Buffer.from(hash('a'), 'hex').toString('base64');
    await ingest(id, [member({ emailAddress: base64 })], { encoding: 'BASE64' });
    expect(sandbox.google.values(id, 'EMAIL')).toEqual(new Set([hash('a')]));
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
    ['two kinds of data', [member(email('a')), { userIdData: { userId: 'u' } }], {}, 'MULTIPLE_DATA_TYPES_NOT_ALLOWED'],
    ['data the list does not take', [{ userIdData: { userId: 'u' } }], {}, 'INVALID_USER_LIST_TYPE'],
    ['no destinations', [member(email('a'))], { destinations: [] }, 'REQUIRED_FIELD_MISSING'],
  ])('refuses all of a request with %s', async (_, members, changes, reason) => {
    const id = await createList();
    const answer = await ingest(id, [...members], changes);
    expect(answer.status).toBe(400);
    expect(reasons(answer)).toContain(reason);
    expect(answer.body.error.details.map((d) => d['@type'].split('.').at(-1))).toEqual([
      'ErrorInfo',
      'BadRequest',
      'RequestInfo',
    ]);
    expect(sandbox.google.members(id).size).toBe(0);
  });

  it('says which member is wrong and takes none', async () => {
    const id = await createList();
    const answer = await ingest(id, [member(email('a')), member(email('b'), { phoneNumber: '+15551234567' })]);
    expect(fields(answer)).toEqual([
      'audience_members.audience_members[1].composite_data.user_data.user_identifiers[1].phone_number',
    ]);
    expect(sandbox.google.members(id).size).toBe(0);
    expect(sandbox.violations).toMatchObject([{ kind: 'raw-value' }]);
  });

  it('refuses unknown lists, accounts, fields and too many destinations', async () => {
    const id = await createList();
    const people = [member(email('a'))];
    expect(reasons(await ingest('42', people))).toEqual(['INVALID_USER_LIST_ID']);
    const stranger = destination(id, { operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '111' } });
    expect((await ingest(id, people, { destinations: [stranger] })).status).toBe(403);
    const many = Array.from({ length: 11 }, (_, i) => destination(id, { reference: `${i}` }));
    expect(reasons(await ingest(id, people, { destinations: many }))).toEqual(['TOO_MANY_DESTINATIONS']);
    expect((await ingest(id, people, { partialFailure: true })).body.error.message).toContain(
      'Unknown name "partialFailure"',
    );
  });

  it('needs the manager as login account when that is the only way', async () => {
    const id = await createList();
    sandbox.google.options.access = 'manager';
    expect((await ingest(id, [member(email('a'))])).status).toBe(403);
    const loginAccount = { accountType: 'GOOGLE_ADS', accountId: sandbox.google.credentials.loginCustomerId };
    const destinations = [destination(id, { loginAccount })];
    expect((await ingest(id, [member(email('a'))], { destinations })).status).toBe(200);
  });

  it('validates without doing when asked', async () => {
    const id = await createList();
    const { status, body } = await ingest(id, [member(email('a'))], { validateOnly: true });
    expect(status).toBe(200);
    expect(sandbox.google.members(id).size).toBe(0);
    const answer = await call('GET', `/requestStatus:retrieve?requestId=${body.requestId}`);
    expect(reasons(answer)).toEqual(['INVALID_REQUEST_ID']);
  });

  it('does not take people who denied consent, and says how many', async () => {
    const id = await createList();
    const denied = { ...member(email('no')), consent: { adUserData: 'CONSENT_DENIED' } };
    const { body } = await ingest(id, [denied, member(email('yes'))]);
    expect(await statuses(body.requestId)).toMatchObject([
      {
        requestStatus: 'PARTIAL_SUCCESS',
        errorInfo: { errorCounts: [{ reason: 'PROCESSING_ERROR_REASON_DENIED_CONSENT', recordCount: '1' }] },
      },
    ]);
    expect(sandbox.google.values(id, 'EMAIL')).toEqual(new Set([hash('yes')]));
  });

  it('answers PROCESSING for some questions or some time', async () => {
    const id = await createList();
    sandbox.google.options.processingPolls = 1;
    const { body } = await ingest(id, [member(email('a'))]);
    expect(await statuses(body.requestId)).toMatchObject([{ requestStatus: 'PROCESSING' }]);
    expect(await statuses(body.requestId)).toMatchObject([{ requestStatus: 'SUCCESS' }]);
    Object.assign(sandbox.google.options, { processingPolls: 0, processingSeconds: 1800 });
    const later = await ingest(id, [member(email('a'))]);
    expect(await statuses(later.body.requestId)).toMatchObject([{ requestStatus: 'PROCESSING' }]);
    sandbox.clock.advance(1_801_000);
    expect(await statuses(later.body.requestId)).toMatchObject([{ requestStatus: 'SUCCESS' }]);
  });

  it('follows a scripted outcome', async () => {
    const id = await createList();
    const errorCounts = [{ reason: 'PROCESSING_ERROR_REASON_INVALID_FORMAT', recordCount: 1 }];
    sandbox.google.script({ status: 'FAILED' }, { errorCounts });
    const failed = await ingest(id, [member(email('a'))]);
    expect(await statuses(failed.body.requestId)).toMatchObject([{ requestStatus: 'FAILED' }]);
    expect(sandbox.google.members(id).size).toBe(0);
    const partial = await ingest(id, [member(email('a')), member(email('b'))]);
    expect(await statuses(partial.body.requestId)).toMatchObject([{ requestStatus: 'PARTIAL_SUCCESS' }]);
    expect(sandbox.google.members(id).size).toBe(1);
  });

  it('sweeps what was last added before a time', async () => {
    const id = await createList();
    await ingest(id, [member(email('old')), member(email('kept'))]);
    sandbox.clock.advance(10_000);
    const removeAsOfTime = sandbox.clock.now().toISOString();
    sandbox.clock.advance(10_000);
    await ingest(id, [member(email('kept')), member(email('new'))]);
    const destinations = [destination(id)];
    expect((await call('POST', '/audienceMembers:removeAll', { destinations, removeAsOfTime })).status).toBe(200);
    expect(sandbox.google.values(id, 'EMAIL')).toEqual(new Set(['kept', 'new'].map(hash)));
    const future = new Date(sandbox.clock.now().getTime() + 60_000).toISOString();
    const refused = await call('POST', '/audienceMembers:removeAll', { destinations, removeAsOfTime: future });
    expect(refused.status).toBe(400);
  });

  it('keeps to its quota by the minute', async () => {
    const id = await createList();
    sandbox.google.options.quotas.perMinute = 1;
    expect((await ingest(id, [member(email('a'))])).status).toBe(200);
    const over = await ingest(id, [member(email('b'))]);
    expect([over.status, over.body.error.status]).toEqual([429, 'RESOURCE_EXHAUSTED']);
    sandbox.clock.advance(61_000);
    expect((await ingest(id, [member(email('b'))])).status).toBe(200);
  });

  it('plays scripted errors in its own envelope', async () => {
    const id = await createList();
    sandbox.google.faults.add({ match: { path: 'ingest' }, do: 'error', code: 'UNAVAILABLE' });
    const answer = await ingest(id, [member(email('a'))]);
    expect([answer.status, answer.body.error.status]).toEqual([503, 'UNAVAILABLE']);
    expect((await ingest(id, [member(email('a'))])).status).toBe(200);
  });
});
