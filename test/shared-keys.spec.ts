import { sha256 } from './support/held.ts';
import { sum } from './support/lab.ts';
import type { Person, RunAnswer } from './support/steps.ts';
import { twoKinds, World } from './support/world.ts';

/** Contacts that share keys, as duplicates do: one of them leaves, the other stays in the list. */
describe('people who share an e-mail', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ env: { REACH_RETRY_SECONDS: '0' } });
    await world.importPeople(twoKinds(120));
  });
  afterAll(() => world.close());

  const rich = { spend: 5000, plan: 'basic' };
  const poor = { spend: 1, plan: 'basic' };
  const deliver = async (type: 'facebook' | 'google', matchKeys?: string[]) => {
    const audienceId = await world.audience({
      name: `Rich ${Math.random()}`,
      include: { condition: { trait: 'spend', op: 'gte', value: 10 } },
    });
    const name = `Shared ${type} ${matchKeys ?? 'all'}`;
    const connectionId = await world.connect(type);
    const guards = { platformFloor: false };
    return world.delivery({
      name,
      audienceId,
      connectionId,
      guards,
      nameTemplate: name,
      ...(matchKeys && { matchKeys }),
    });
  };
  const holds = (type: 'facebook' | 'google', { segments }: RunAnswer, kind: string, value: string) =>
    world.sandbox[type].values(segments[0]!.remote!.id, kind).has(sha256(value));
  const has = (type: 'facebook' | 'google', run: RunAnswer, email: string) => holds(type, run, 'EMAIL', email);
  const removes = (run: RunAnswer) => sum(run.segments.map((segment) => segment.planned.removes));

  it.each(['facebook', 'google'] as const)('stay at %s when somebody leaves who is the same there', async (type) => {
    const email = `${type}@family.example`;
    const [leaver, stayer, other] = ['a', 'b', 'c'].map((id) => `${type}${id}`) as [string, string, string];
    const people: Person[] = [
      { id: leaver, email, ...rich },
      { id: stayer, email, ...rich },
      { id: other, email: `other-${email}`, ...rich },
    ];
    await world.importPeople(people);
    const id = await deliver(type, ['EMAIL']);
    expect((await world.run(id)).verdict).toBe('confirmed');
    await world.importPeople([
      { id: leaver, email, ...poor },
      { id: other, email: `other-${email}`, ...poor },
    ]);
    const run = await world.run(id);
    expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
    expect(removes(run)).toBe(2);
    expect(run.segments[0]!.counts.removed).toBe(2);
    expect(has(type, run, email)).toBe(true);
    expect(has(type, run, `other-${email}`)).toBe(false);
    expect((await world.run(id)).verdict).toBe('unchanged');
    // a record that takes the place of another in the same run
    await world.importPeople([
      { id: stayer, email, ...poor },
      { id: leaver, email, ...rich },
    ]);
    const replaced = await world.run(id);
    expect(replaced).toMatchObject({ verdict: 'confirmed', segments: [{ counts: { removed: 1 } }] });
    expect(has(type, replaced, email)).toBe(true);
    await world.importPeople([{ id: leaver, email, ...poor }]);
    expect(has(type, await world.run(id), email)).toBe(false);
  });

  it.each([
    ['facebook', []],
    // the name and postal code of the leaver are a key of their own there
    ['google', ['remove 1']],
  ] as const)('are neither removed from %s nor sent again when one of them leaves', async (type, uploads) => {
    const email = `${type}@company.example`;
    const [leaver, stayer] = [`${type}d`, `${type}e`];
    const of = (id: string, first: string) => ({ id, email, first, last: 'Doe', zip: '10001' });
    await world.importPeople([
      { ...of(leaver, 'Ann'), ...rich },
      { ...of(stayer, 'Bob'), ...rich },
    ]);
    const id = await deliver(type);
    expect((await world.run(id)).verdict).toBe('confirmed');
    await world.importPeople([{ ...of(leaver, 'Ann'), ...poor }]);
    const run = await world.run(id);
    expect(run).toMatchObject({ verdict: 'confirmed', segments: [{ counts: { ok: 0, removed: 1 } }] });
    const sent = run.segments[0]!.uploads.filter((upload) => upload.sent > 0);
    expect(sent.map((upload) => `${upload.direction} ${upload.sent}`)).toEqual(uploads);
    expect(has(type, run, email)).toBe(true);
    expect((await world.run(id)).verdict).toBe('unchanged');
  });

  it.each([
    [
      'as the same address written otherwise',
      'google',
      'EMAIL',
      { email: 'ada.love@gmail.com' },
      { email: 'adalove@gmail.com' },
    ],
    [
      'under one name without an address',
      'facebook',
      'FN',
      { first: 'Zoe', last: 'Ng', zip: '94110' },
      { first: 'zoe', last: 'NG', zip: '94110' },
    ],
  ] as const)('stay when somebody leaves who is sent %s at %s', async (_how, type, kind, one, other) => {
    const [leaver, stayer] = [`${type}1`, `${type}2`];
    await world.importPeople([
      { id: leaver, ...one, ...rich },
      { id: stayer, ...other, ...rich },
    ]);
    const id = await deliver(type, ['EMAIL', 'FN', 'LN', 'ZIP', ...(type === 'google' ? ['COUNTRY'] : [])]);
    const sent = { EMAIL: 'adalove@gmail.com', FN: 'zoe' }[kind];
    expect(holds(type, await world.run(id), kind, sent)).toBe(true);
    await world.importPeople([{ id: leaver, ...one, ...poor }]);
    const run = await world.run(id);
    expect(run).toMatchObject({ verdict: 'confirmed', segments: [{ counts: { ok: 0, removed: 1 } }] });
    expect(holds(type, run, kind, sent)).toBe(true);
    expect((await world.run(id)).verdict).toBe('unchanged');
    await world.importPeople([{ id: stayer, ...other, ...poor }]);
    expect(holds(type, await world.run(id), kind, sent)).toBe(false);
  });

  it('stay at Google when one of them leaves whose address differs from theirs only in its form', async () => {
    const of = (email: string, first: string) => ({ email, first, last: 'Doe', zip: '10001' });
    const [leaver, stayer] = [of('jo.doe+news@gmail.com', 'Jo'), of('jodoe@gmail.com', 'Joanna')];
    await world.importPeople([
      { id: 'gm1', ...leaver, ...rich },
      { id: 'gm2', ...stayer, ...rich },
    ]);
    const id = await deliver('google');
    expect((await world.run(id)).verdict).toBe('confirmed');
    await world.importPeople([{ id: 'gm1', ...leaver, ...poor }]);
    const run = await world.run(id);
    expect(run.segments[0]!.uploads.map(({ direction, sent }) => `${direction} ${sent}`)).toEqual(['remove 1']);
    expect(holds('google', run, 'EMAIL', 'jodoe@gmail.com')).toBe(true);
    expect((await world.run(id)).verdict).toBe('unchanged');
  });
});
