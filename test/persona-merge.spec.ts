import { createHash } from 'node:crypto';
import { until } from './support/service.ts';
import { type Person, type RunAnswer, twoKinds, World } from './support/world.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

interface Named {
  key: string;
  name: string;
}
interface Set {
  status: string;
  newestVersion: number;
}

/** Three kinds of people; two of them become one persona, and the platform is told. */
describe('a merge of personas that are delivered to', () => {
  let world: World;
  let people: Person[];
  let setId: string;
  let deliveryId: string;
  const personas: Record<string, Named> = {};

  const hashes = (...kinds: string[]) =>
    new Set(people.filter(({ plan }) => kinds.includes(plan)).map(({ email }) => sha256(email!)));
  const audiences = () => world.sandbox.facebook.audiences();
  const listOf = ({ name }: Named) => audiences().find((audience) => audience.name.startsWith(`Everyone – ${name}`))!;
  const emailsOf = (persona: Named) => world.sandbox.facebook.values(listOf(persona).id, 'EMAIL');

  beforeAll(async () => {
    world = await World.start();
    people = twoKinds(360).map((person, i) =>
      i % 3 === 2 ? { ...person, spend: 400 + (i % 30), plan: 'family' } : person,
    );
    await world.importPeople(people);
    const published = await world.publishPersonas(3);
    setId = published.setId;
    for (const plan of ['basic', 'premium', 'family']) {
      const contact = await world.contactId(people.find((person) => person.plan === plan)!.id);
      const { items } = await world.ask<{ items: Named[] }>('GET', `/v1/contacts/${contact}/persona?set=${setId}`);
      personas[plan] = published.personas.find(({ key }) => key === items[0]!.key)!;
    }
    const audienceId = await world.audience({
      name: 'Everyone',
      include: { condition: { everyone: true } },
      personaSetId: setId,
    });
    const connectionId = await world.connect('facebook');
    deliveryId = await world.delivery({ name: 'to facebook', audienceId, connectionId, splitByPersona: true });
  });
  afterAll(() => world.close());

  it('starts with a list for each', async () => {
    expect(new Set(Object.values(personas).map(({ key }) => key)).size).toBe(3);
    expect((await world.run(deliveryId)).reason).toBeNull();
    for (const plan of ['basic', 'premium', 'family']) expect(emailsOf(personas[plan]!)).toEqual(hashes(plan));
  });

  it('changes nothing at the platform as long as the merge is a draft', async () => {
    const keys = [personas.premium!.key, personas.family!.key];
    await world.ask('POST', `/v1/persona-sets/${setId}/versions/1/merge`, { keys, into: personas.premium!.key });
    const set = await until(
      () => world.ask<Set>('GET', `/v1/persona-sets/${setId}`),
      ({ status }) => status === 'ready' || status === 'error',
    );
    expect(set).toMatchObject({ status: 'ready', newestVersion: 2 });
    expect((await world.run(deliveryId)).verdict).toBe('unchanged');
  });

  it('hands the list over once published: added there first, then taken out here, and the old list says where to', async () => {
    await world.ask('POST', `/v1/persona-sets/${setId}/versions/2/publish`);
    const [from, into] = [listOf(personas.family!), listOf(personas.premium!)];
    const before = world.sandbox.requests.length;
    const { id } = await world.ask<{ id: string }>('POST', `/v1/deliveries/${deliveryId}/runs`);
    const held = await until(
      () => world.ask<RunAnswer>('GET', `/v1/runs/${id}`),
      ({ status }) => status === 'held',
    );
    expect(held.segments.find(({ key }) => key === personas.family!.key)!.planned).toMatchObject({ removes: 120 });
    expect(world.sandbox.requests.length).toBe(before);
    await world.ask('POST', `/v1/runs/${id}/approve`, { note: 'one campaign for both' });
    const run = await world.finished(id);
    expect(run).toMatchObject({ verdict: 'confirmed' });

    expect(world.sandbox.facebook.values(into.id, 'EMAIL')).toEqual(hashes('premium', 'family'));
    expect(world.sandbox.facebook.values(from.id, 'EMAIL')).toEqual(new Set());
    expect(emailsOf(personas.basic!)).toEqual(hashes('basic'));
    const renamed = audiences().find(({ id }) => id === from.id)!;
    expect(renamed.name).toBe(`Everyone – ${personas.family!.name} (merged into ${personas.premium!.name})`);
    const calls = world.sandbox.requests.slice(before).filter(({ path }) => path.includes('/users'));
    const removes = ({ body }: { body: string | null }) => body?.includes('DELETE') ?? false;
    const added = calls.findLastIndex((call) => call.path.includes(into.id) && !removes(call));
    const removed = calls.findIndex((call) => call.path.includes(from.id) && removes(call));
    expect(added).toBeGreaterThanOrEqual(0);
    expect(removed).toBeGreaterThan(added);
    expect((await world.run(deliveryId)).verdict).toBe('unchanged');
  });

  it('gives the list back its name and its people when the merge is rolled back', async () => {
    await world.ask('POST', `/v1/persona-sets/${setId}/versions/1/publish`);
    const { id } = await world.ask<{ id: string }>('POST', `/v1/deliveries/${deliveryId}/runs`);
    const held = await until(
      () => world.ask<RunAnswer>('GET', `/v1/runs/${id}`),
      ({ status, finishedAt }) => status === 'held' || finishedAt !== null,
    );
    if (held.status === 'held') await world.ask('POST', `/v1/runs/${id}/approve`);
    await world.finished(id);
    for (const plan of ['basic', 'premium', 'family']) expect(emailsOf(personas[plan]!)).toEqual(hashes(plan));
    expect(listOf(personas.family!).name).toBe(`Everyone – ${personas.family!.name}`);
  });
});
