import { twoKinds, World } from './support/world.ts';

interface ProblemBody {
  code: string;
  detail: string;
  errors: { path: string; code: string }[];
}

describe('definitions of deliveries', () => {
  let world: World;
  let audienceId: string;
  let setId: string;
  let draftSetId: string;
  const connections: Record<string, string> = {};
  let good: Record<string, unknown>;

  beforeAll(async () => {
    world = await World.start();
    await world.importPeople(twoKinds(60));
    ({ setId } = await world.publishPersonas(2));
    audienceId = await world.audience({ name: 'Everyone', include: { condition: { everyone: true } } });
    for (const type of ['facebook', 'sftp'] as const) connections[type] = await world.connect(type);
    good = { name: 'Good', audienceId, connectionId: connections.facebook, splitByPersona: true, personaSetId: setId };
    draftSetId = (
      await world.ask<{ id: string }>('POST', '/v1/persona-sets', { name: 'Draft', k: 2, traits: ['spend', 'plan'] })
    ).id;
  });
  afterAll(() => world.close());

  it.each([
    ['no audience', { audienceId: 'aud_none' }, 'audienceId'],
    ['no connection', { connectionId: 'con_none' }, 'connectionId'],
    ['no persona set to split by', { personaSetId: undefined }, 'personaSetId'],
    ['a persona set that is not there', { personaSetId: 'ps_none' }, 'personaSetId'],
    ['an unknown mode', { mode: 'sideways' }, 'mode'],
    ['an unknown match key', { matchKeys: ['EMAIL', 'SHOE_SIZE'] }, 'matchKeys[1]'],
    ['no match key at all', { matchKeys: [] }, 'matchKeys'],
    ['the same match key twice', { matchKeys: ['EMAIL', 'EMAIL'] }, 'matchKeys'],
    ['a trait that is not in the catalogue', { attributes: ['spend', 'mood'] }, 'attributes[1]'],
    ['plain identifiers for an ad platform', { representation: 'plain' }, 'representation'],
    ['one name for every segment', { nameTemplate: 'All of them' }, 'nameTemplate'],
    ['a broken template', { nameTemplate: '{{persona' }, 'nameTemplate'],
    ['an option that is not declared', { options: { colour: 'red' } }, 'options.colour'],
    ['an option out of range', { options: { retentionDays: 400 } }, 'options.retentionDays'],
    ['a country that is none', { defaultCountry: 'XX' }, 'defaultCountry'],
    ['a consent that is none', { consent: { adUserData: 'maybe' } }, 'consent.adUserData'],
    ['an unknown field', { splitByMood: true }, 'splitByMood'],
    ['a wrong type', { splitByPersona: 'yes' }, 'splitByPersona'],
  ])('%s is refused with its path, and nothing is stored', async (_, change, path) => {
    const { body: before } = await world.reach.api<{ items: object[] }>('GET', '/v1/deliveries');
    const answer = await world.reach.api<ProblemBody>('POST', '/v1/deliveries', { ...good, ...change });
    expect([400, 422]).toContain(answer.status);
    expect(answer.body.errors.map((error) => error.path)).toContain(path);
    const { body: after } = await world.reach.api<{ items: object[] }>('GET', '/v1/deliveries');
    expect(after.items).toHaveLength(before.items.length);
  });

  it('refuses one file name for all personas with its path', async () => {
    const answer = await world.reach.api<ProblemBody>('POST', '/v1/deliveries', {
      ...good,
      connectionId: connections.sftp,
      options: { fileName: 'all.csv' },
    });
    expect([answer.status, answer.body.errors.map(({ path }) => path)]).toEqual([422, ['options.fileName']]);
  });

  it('names every fault at once', async () => {
    const answer = await world.reach.api<ProblemBody>('POST', '/v1/deliveries', {
      ...good,
      matchKeys: ['X'],
      attributes: ['y'],
      nameTemplate: 'z',
    });
    expect(answer.body.errors.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['matchKeys[0]', 'attributes[0]', 'nameTemplate']),
    );
  });

  it('says at once when the columns of a file cannot be made', async () => {
    const options = { columns: [{ from: 'trait', name: 'mood' }] };
    const answer = await world.reach.api<ProblemBody>('POST', '/v1/deliveries', {
      ...good,
      connectionId: connections.sftp,
      options,
    });
    expect([400, 422]).toContain(answer.status);
    expect(answer.body.errors.some(({ path }) => path.startsWith('options'))).toBe(true);
  });

  it('keeps a delivery on its connection, and a connection that is in use', async () => {
    const id = await world.delivery(good);
    const moved = await world.reach.api<ProblemBody>('PATCH', `/v1/deliveries/${id}`, {
      connectionId: connections.sftp,
    });
    expect(moved).toMatchObject({ status: 422, body: { errors: [{ path: 'connectionId', code: 'immutable' }] } });
    const removed = await world.reach.api<ProblemBody>('DELETE', `/v1/connections/${connections.facebook}`);
    expect(removed).toMatchObject({ status: 409, body: { code: 'in_use' } });
    const renamed = await world.reach.api<{ name: string }>('PATCH', `/v1/deliveries/${id}`, { name: 'Better' });
    const { name: _name, ...rest } = good;
    expect(renamed).toMatchObject({ status: 200, body: { name: 'Better', mode: 'mirror', ...rest } });
    expect((await world.reach.api('DELETE', `/v1/deliveries/${id}`)).status).toBe(204);
    expect((await world.reach.api('GET', `/v1/deliveries/${id}`)).status).toBe(404);
  });

  it('keeps remote audiences to the personas of one set', async () => {
    const { setId: otherSetId } = await world.publishPersonas(2);
    const id = await world.delivery({ ...good, name: 'Bound', guards: { platformFloor: false } });
    const patch = (change: object) => world.reach.api<ProblemBody>('PATCH', `/v1/deliveries/${id}`, change);
    expect((await patch({ personaSetId: otherSetId })).status).toBe(200);
    expect((await patch({ personaSetId: setId })).status).toBe(200);
    expect((await world.run(id)).segments.every(({ remote }) => remote !== null)).toBe(true);

    const refused = { status: 422, body: { errors: [{ path: 'personaSetId', code: 'immutable' }] } };
    expect(await patch({ personaSetId: otherSetId })).toMatchObject(refused);
    const withOther = await world.audience({
      name: 'By the other set',
      include: { condition: { everyone: true } },
      personaSetId: otherSetId,
    });
    expect(await patch({ audienceId: withOther, personaSetId: null })).toMatchObject(refused);
    expect((await patch({ audienceId: withOther })).body).toMatchObject({ personaSetId: setId });
    expect((await patch({ splitByPersona: false })).status).toBe(200);
    expect(await patch({ personaSetId: null })).toMatchObject(refused);
    expect(await patch({ splitByPersona: true, personaSetId: otherSetId })).toMatchObject(refused);
    expect((await patch({ splitByPersona: true })).body).toMatchObject({ personaSetId: setId });
  });

  it('tells the personas of another set anew where all share one file', async () => {
    const { setId: otherSetId } = await world.publishPersonas(2);
    const { personaSetId: _set, ...rest } = good;
    const id = await world.delivery({
      ...rest,
      name: 'One file',
      connectionId: connections.sftp,
      personaSetId: setId,
      options: { oneFile: true },
      guards: { platformFloor: false },
    });
    await world.run(id);
    const preview = async () => {
      const { segments } = await world.ask<{ segments: { counts: { changes: number } }[] }>(
        'POST',
        `/v1/deliveries/${id}/preview`,
      );
      return segments.map(({ counts }) => counts.changes);
    };
    expect(await preview()).toEqual([0]);
    await world.ask('PATCH', `/v1/deliveries/${id}`, { personaSetId: otherSetId });
    expect(await preview()).toEqual([60]);
  });

  it('fails a run of personas that were never published, with words, and sends nothing', async () => {
    const before = world.sandbox.requests.length;
    const id = await world.delivery({ ...good, name: 'Too early', personaSetId: draftSetId });
    const run = await world.run(id);
    expect(run).toMatchObject({ verdict: 'failed', reason: expect.stringMatching(/publish/i) });
    expect(world.sandbox.requests.length).toBe(before);
  });
});
