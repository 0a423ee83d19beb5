import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Receiver, startReceiver } from './support/receiver.ts';
import { until } from './support/service.ts';
import { twoKinds, World } from './support/world.ts';

const HOUR = 3_600_000;
const PATH =
  '/accounts/{{delivery.account}}/{{delivery.audience}}/{{delivery.id}}/{{segment.id}}/{{segment.name}}/{{audience.id}}';

/** An HTTP audience with a templated address gets every removal at the address that it got the member at. */
describe('a templated removal', () => {
  let world: World;
  let receiver: Receiver;
  let audienceId: string;
  let deliveryId: string;
  let added: string;
  const people = twoKinds(12);

  beforeAll(async () => {
    world = await World.start();
    receiver = await startReceiver(() => ({ status: 200, body: {} }));
    await world.importPeople(people);
    audienceId = await world.audience({
      name: 'Frugal people',
      include: { condition: { trait: 'plan', op: 'eq', value: 'basic' } },
    });
    const body = { people: { $each: 'members', item: '{{member.contactId}}' } };
    const settings = {
      baseUrl: receiver.url,
      authValue: 'Bearer x',
      add: { method: 'PUT', path: PATH, body },
      remove: { method: 'DELETE', path: PATH, body },
    };
    const connection = { name: 'api', type: 'http-audience', settings };
    const { id: connectionId } = await world.ask<{ id: string }>('POST', '/v1/connections', connection);
    await world.ask('POST', `/v1/connections/${connectionId}/check`);
    deliveryId = await world.delivery({
      name: 'Not the name of the audience',
      audienceId,
      connectionId,
      options: { audienceId: '77' },
      guards: { maxRemovalShare: null },
    });
    expect((await world.run(deliveryId)).verdict).toBe('confirmed');
    [added] = addresses('PUT') as [string];
  });
  afterAll(async () => {
    await receiver.close();
    await world.close();
  });

  const addresses = (method: string) =>
    receiver.requests.filter((request) => request.method === method).map(({ path }) => path);
  const removed = () =>
    until(
      async () => addresses('DELETE'),
      (paths) => paths.length > 0,
    );

  it('of a run is called at the address of the add, with the names of account and audience', async () => {
    expect(decodeURIComponent(added)).toContain('/accounts/Default/Frugal people/');
    receiver.requests.length = 0;
    await world.importPeople([{ ...people[0]!, plan: 'premium' }]);
    expect((await world.run(deliveryId)).verdict).toBe('confirmed');
    expect(addresses('DELETE')).toEqual([added]);
  });

  it('of an erasure is called at the same address', async () => {
    receiver.requests.length = 0;
    await world.ask('POST', `/v1/contacts/${await world.contactId(people[2]!.id)}/erasure`);
    expect(await removed()).toEqual([added]);
  });

  it('of a withdrawal is called at the same address when the delivery is archived and its audience deleted', async () => {
    expect((await world.reach.api('DELETE', `/v1/deliveries/${deliveryId}`)).status).toBe(204);
    expect((await world.reach.api('DELETE', `/v1/audiences/${audienceId}`)).status).toBe(204);
    receiver.requests.length = 0;
    await world.ask('POST', '/v1/suppressions', { list: 'gone', emails: [people[4]!.email] });
    world.reach.clock.advance(HOUR + 1_000);
    expect(await removed()).toEqual([added]);
  });

  it('of an erasure is called at the same address after that', async () => {
    receiver.requests.length = 0;
    await world.ask('POST', `/v1/contacts/${await world.contactId(people[6]!.id)}/erasure`);
    expect(await removed()).toEqual([added]);
  });
});
