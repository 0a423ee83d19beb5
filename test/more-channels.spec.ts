import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Received, type Receiver, startReceiver } from './support/receiver.ts';
import { type Person, twoKinds, World } from './support/world.ts';

const COUNT = 60;

interface Sent {
  action: string;
  segment: { id: string; brief: { personaKey: string } };
  members: { contactId: string; identifiers: { key: string; value: string; hash: string }[]; attributes?: object }[];
}

/** Webhook, HTTP audience and object storage through the whole service: planned, sent, entered, taken back. */
describe('more channels', () => {
  let world: World;
  let receiver: Receiver;
  let audienceId: string;
  let people: Person[];
  const paths = (path: string) => receiver.requests.filter((request) => request.path.startsWith(path));
  const bodies = (path: string) => paths(path).map(({ body }: Received) => JSON.parse(body) as Sent);
  const connect = async (type: string, settings: object): Promise<string> => {
    const { id } = await world.ask<{ id: string }>('POST', '/v1/connections', { name: type, type, settings });
    const { ok, prerequisites } = await world.ask<{ ok: boolean; prerequisites: object[] }>(
      'POST',
      `/v1/connections/${id}/check`,
    );
    expect({ ok, prerequisites }).toMatchObject({ ok: true });
    return id;
  };

  beforeAll(async () => {
    world = await World.start();
    receiver = await startReceiver(() => ({ status: 200, body: {} }));
    people = twoKinds(COUNT);
    await world.importPeople(people);
    audienceId = await world.audience({
      name: 'Frugal',
      include: { condition: { trait: 'plan', op: 'eq', value: 'basic' } },
    });
  });
  afterAll(async () => {
    await receiver.close();
    await world.close();
  });

  it('a webhook gets who joins and who leaves, in the representation that the delivery chose', async () => {
    const connectionId = await connect('webhook', { url: `${receiver.url}/hook`, secret: 'a-shared-secret-of-ours' });
    const delivery = await world.delivery({
      name: 'hook',
      audienceId,
      connectionId,
      representation: 'plain',
      attributes: ['spend'],
    });
    receiver.requests.length = 0;
    expect((await world.run(delivery)).verdict).toBe('confirmed');
    const [sent] = bodies('/hook');
    expect(sent!.members).toHaveLength(COUNT / 2);
    expect(sent!.members[0]!.identifiers).toContainEqual({
      key: 'EMAIL',
      value: expect.stringMatching(/@example\.com$/),
      hash: 'none',
    });
    expect(sent!.members[0]!.attributes).toEqual({ spend: expect.any(Number) });
    receiver.requests.length = 0;
    await world.importPeople([{ ...people[0]!, plan: 'premium' }]);
    expect((await world.run(delivery)).verdict).toBe('confirmed');
    const [left, ...others] = bodies('/hook');
    expect([left!.action, left!.members.length, others]).toEqual(['remove', 1, []]);
    expect(left!.segment.id).toBe(sent!.segment.id);
    expect(left!.members[0]!.identifiers).toContainEqual({ key: 'EMAIL', value: people[0]!.email, hash: 'none' });
  });

  it('an API described by its requests gets digests of the delivery’s choice', async () => {
    const item = { ref: '{{member.contactId}}', email: '{{member.EMAIL}}' };
    const request = (method: string) => ({
      method,
      path: '/lists/{{audience.id}}',
      body: { people: { $each: 'members', item } },
    });
    const settings = {
      baseUrl: receiver.url,
      authValue: 'Bearer x',
      add: request('PUT'),
      remove: request('DELETE'),
      membersPerRequest: 20,
    };
    const connectionId = await connect('http-audience', settings);
    const options = { audienceId: '77', hashes: { EMAIL: 'md5' } };
    const delivery = await world.delivery({ name: 'api', audienceId, connectionId, options });
    receiver.requests.length = 0;
    expect((await world.run(delivery)).verdict).toBe('confirmed');
    const sent = paths('/lists/77').map(({ body }) => (JSON.parse(body) as { people: { email: string }[] }).people);
    expect(sent.map(({ length }) => length)).toEqual([20, 9]);
    expect(sent.flat().every(({ email }) => /^[0-9a-f]{32}$/.test(email))).toBe(true);
  });

  it('a template that cannot work is refused when it is saved, with its place', async () => {
    const add = { method: 'POST', path: '/x', body: { name: '{{segment.nme}}' } };
    const { status, body } = await world.reach.api('POST', '/v1/connections', {
      name: 'api',
      type: 'http-audience',
      settings: { baseUrl: receiver.url, add },
    });
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('{{segment.nme}} is not known in the add request');
  });

  it('a bucket gets the whole segment and its manifest', async () => {
    const { endpoint, bucket, region, accessKeyId, secretAccessKey } = world.sandbox.s3.credentials;
    const connectionId = await connect('object-storage', { endpoint, bucket, region, accessKeyId, secretAccessKey });
    const delivery = await world.delivery({
      name: 'bucket',
      audienceId,
      connectionId,
      options: { fileName: 'frugal.csv' },
    });
    expect((await world.run(delivery)).verdict).toBe('confirmed');
    expect(world.sandbox.s3.keys()).toEqual(['frugal.csv', 'frugal.csv.manifest.json']);
    expect(world.sandbox.s3.text('frugal.csv').trim().split('\n')).toHaveLength(COUNT / 2 - 1 + 1);
  });
});
