import { PEOPLE_MAPPING, peopleCsv, type RunAnswer, twoKinds, World } from './support/world.ts';

describe('contacts deleted with their dataset', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  }, 240_000);
  afterAll(() => world.close());

  it('leave their audience at once and the platform with the next run', async () => {
    const people = twoKinds(22);
    await world.importFile(peopleCsv(people.slice(0, 20)), PEOPLE_MAPPING);
    const late = await world.importFile(peopleCsv(people.slice(18)), PEOPLE_MAPPING);
    const audienceId = await world.audience({ name: 'Everyone', include: { condition: { everyone: true } } });
    const connectionId = await world.connect('facebook');
    const guards = { platformFloor: false };
    const delivery = await world.delivery({ name: 'Everyone', audienceId, connectionId, guards });
    const planned = ({ segments }: RunAnswer) => segments.map((each) => each.planned);
    expect(planned(await world.run(delivery))).toMatchObject([{ adds: 22 }]);
    await world.ask('DELETE', `/v1/datasets/${late.id}?contacts=delete`);
    const preview = { include: { condition: { everyone: true } } };
    expect(await world.ask('POST', '/v1/audiences/preview', preview)).toMatchObject({ size: 20 });
    expect(planned(await world.run(delivery))).toMatchObject([{ adds: 0, removes: 2, unchanged: 20 }]);
  });
});
