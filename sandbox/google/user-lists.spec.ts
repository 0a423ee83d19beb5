import { GoogleClient, LIST, reasons } from './spec-support.ts';

let client: GoogleClient;

beforeAll(async () => {
  client = await GoogleClient.start();
});
beforeEach(() => client.reset());
afterAll(async () => {
  await client.sandbox.close();
});

describe('user lists', () => {
  it('are created, read, updated and deleted', async () => {
    const id = await client.createList();
    const path = `${client.account}/userLists/${id}`;
    expect((await client.send('GET', path)).body).toMatchObject({
      name: path.slice(1),
      id,
      displayName: 'Savers',
      membershipDuration: '46656000s',
      membershipStatus: 'OPEN',
      sizeInfo: { displayNetworkMembersCount: '0' },
    });
    await client.send('PATCH', `${path}?updateMask=description`, { description: 'new', displayName: 'ignored' });
    expect(client.sandbox.google.userLists()).toMatchObject([{ displayName: 'Savers', description: 'new' }]);
    expect((await client.send('DELETE', path)).status).toBe(200);
    expect((await client.send('GET', path)).status).toBe(404);
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
    const answer = await client.send('POST', `${client.account}/userLists`, { ...LIST, ...changes });
    expect([answer.status, reasons(answer)]).toEqual([400, [reason]]);
  });

  it('have unique names and only known fields', async () => {
    await client.createList();
    const twice = await client.send('POST', `${client.account}/userLists`, LIST);
    expect([twice.status, reasons(twice)]).toEqual([409, ['DISPLAY_NAME_ALREADY_USED']]);
    const unknown = await client.send('POST', `${client.account}/userLists`, {
      ...LIST,
      displayName: 'x',
      color: 'red',
    });
    expect(unknown.body.error.message).toContain('Unknown name "color"');
  });

  it('are found by filter and listed in pages', async () => {
    for (const displayName of ['a', 'b "quoted"', 'c']) await client.createList({ displayName });
    const filter = encodeURIComponent('display_name = "b \\"quoted\\"" AND membership_status = "OPEN"');
    const found = await client.send('GET', `${client.account}/userLists?filter=${filter}`);
    expect(found.body.userLists).toMatchObject([{ displayName: 'b "quoted"' }]);
    const first = await client.send('GET', `${client.account}/userLists?pageSize=2`);
    expect(first.body.userLists).toHaveLength(2);
    const second = await client.send(
      'GET',
      `${client.account}/userLists?pageSize=2&pageToken=${first.body.nextPageToken}`,
    );
    expect(second.body.userLists).toMatchObject([{ displayName: 'c' }]);
    expect(second.body.nextPageToken).toBeUndefined();
    expect((await client.send('GET', `${client.account}/userLists?filter=nonsense`)).status).toBe(400);
  });

  it('are reached through the manager account only when that is the only way', async () => {
    const { loginCustomerId } = client.sandbox.google.credentials;
    const login = { 'login-account': `accountTypes/GOOGLE_ADS/accounts/${loginCustomerId}` };
    expect((await client.send('GET', `${client.account}/userLists`, undefined, login)).status).toBe(200);
    expect(
      (await client.send('GET', `${client.account}/userLists`, undefined, { 'login-account': loginCustomerId })).status,
    ).toBe(400);
    client.sandbox.google.options.access = 'manager';
    expect((await client.send('GET', `${client.account}/userLists`)).status).toBe(403);
    expect((await client.send('GET', `${client.account}/userLists`, undefined, login)).status).toBe(200);
    expect((await client.send('GET', '/accountTypes/GOOGLE_ADS/accounts/111/userLists')).status).toBe(403);
  });
});
