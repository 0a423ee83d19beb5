import { sha256 } from './support/held.ts';
import { type RunAnswer, twoKinds, World } from './support/world.ts';

/** Two deliveries of one connection whose lists would have one name. */
describe('lists of one name at Google', () => {
  const people = twoKinds(240);
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { REACH_RETRY_SECONDS: '0' } });
    await world.importPeople(people);
  });
  afterAll(() => world.close());

  it('are a list for each delivery, with its own people', async () => {
    const connectionId = await world.connect('google');
    const deliver = async (plan: string) => {
      const audienceId = await world.audience({
        name: `All of ${plan}`,
        include: { condition: { trait: 'plan', op: 'eq', value: plan } },
      });
      const matchKeys = ['EMAIL'];
      return world.delivery({ name: plan, audienceId, connectionId, nameTemplate: 'Savers', matchKeys });
    };
    const remote = ({ segments }: RunAnswer) => segments[0]!.remote!;
    const [basic, premium] = [await deliver('basic'), await deliver('premium')];
    const first = remote(await world.run(basic));
    expect(first.name).toBe('Savers');
    // whoever wrote another description in Google Ads took the mark away with the old one
    world.sandbox.google.userLists()[0]!.description = 'Ours';
    const second = remote(await world.run(premium));
    expect(second.id).not.toBe(first.id);
    expect(second.name).toMatch(/^Savers \([0-9a-f]{6}\)$/);
    for (const [plan, { id }] of [
      ['basic', first],
      ['premium', second],
    ] as const) {
      const emails = people.filter((person) => person.plan === plan).map(({ email }) => sha256(email!));
      expect(world.sandbox.google.values(id, 'EMAIL')).toEqual(new Set(emails));
    }
    expect((await world.run(basic)).verdict).toBe('unchanged');
  });
});
