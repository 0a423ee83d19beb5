import { jest } from '@jest/globals';
import { ReplacementsRepository } from '../src/deliveries/replacements.repository.ts';
import { type Received, type Receiver, startReceiver } from './support/receiver.ts';
import { type Person, type RunAnswer, twoKinds, World } from './support/world.ts';

interface Preview {
  segments: { counts: Record<'adds' | 'changes' | 'removes' | 'invalid', number> }[];
}

/** Google's answer to a request whose first member it does not like. */
const FIRST_IS_REFUSED = {
  error: {
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: 'There was a problem with the request.',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field: 'audience_members.audience_members[0]', reason: 'INVALID_FORMAT', description: '' }],
      },
    ],
  },
};

/** What the ledger says of members decides what later runs do with them, and what a preview says. */
describe('the ledger', () => {
  let world: World;
  let receiver: Receiver;
  let people: Person[];
  let everyone: string;
  const COUNT = 120;

  beforeAll(async () => {
    world = await World.start({ env: { REACH_RETRY_SECONDS: '0' } });
    receiver = await startReceiver((_: Received) => ({ status: 200, body: {} }));
    people = twoKinds(COUNT);
    people[1] = { id: people[1]!.id, spend: 900, plan: 'premium' }; // nothing that an ad platform could use
    await world.importPeople(people);
    everyone = await world.audience({ name: 'Everyone', include: { condition: { everyone: true } } });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    await receiver.close();
    await world.close();
  });

  const preview = async (id: string) =>
    (await world.ask<Preview>('POST', `/v1/deliveries/${id}/preview`)).segments[0]!.counts;
  const googleRows = ({ segments }: RunAnswer) => world.sandbox.google.members(segments[0]!.remote!.id).size;

  it('is what a preview of changes with attributes is set against', async () => {
    const settings = { url: receiver.url, secret: 'a-shared-secret-of-ours' };
    const connection = { name: 'CRM', type: 'webhook', settings };
    const { id: connectionId } = await world.ask<{ id: string }>('POST', '/v1/connections', connection);
    const told = { mode: 'changes', representation: 'referenced', attributes: ['plan', 'spend'] };
    const id = await world.delivery({ name: 'Changes', audienceId: everyone, connectionId, ...told });
    const contactId = await world.contactId(people[1]!.id);
    const payload = () => world.ask<{ wire: object }>('GET', `/v1/deliveries/${id}/payload?contactId=${contactId}`);
    expect(await preview(id)).toMatchObject({ adds: COUNT, invalid: 0 });
    expect(await payload()).toMatchObject({ attributes: { change: 'entered', plan: people[1]!.plan } });
    await world.run(id);
    expect(await preview(id)).toMatchObject({ adds: 0, changes: 0, invalid: 0 });
    expect((await payload()).wire).toMatchObject({ attributes: { change: 'same', plan: people[1]!.plan } });
  });

  it('makes nobody new in a preview because options need a trait', async () => {
    const connectionId = await world.connect('facebook');
    const options = { valueAttribute: 'spend' };
    const id = await world.delivery({ name: 'Valued', audienceId: everyone, connectionId, options });
    expect(await preview(id)).toMatchObject({ adds: COUNT, invalid: 1 });
    await world.run(id);
    expect(await preview(id)).toMatchObject({ adds: 0, changes: 0, invalid: 0 });
  });

  it('still has those who were refused as they are there: they are removed like others', async () => {
    const connectionId = await world.connect('google');
    const guards = { maxRemovalShare: null, platformFloor: false };
    const id = await world.delivery({ name: 'Renewed', audienceId: everyone, connectionId, guards });
    const match = { path: 'audienceMembers:ingest' };
    const { faults } = world.sandbox.google;
    faults.add({ match, do: 'status', status: 500, body: {}, apply: true, times: 'always' });
    const unanswered = await world.run(id);
    faults.clear();
    expect(unanswered.verdict).toBe('failed');
    expect(googleRows(unanswered)).toBe(COUNT - 1);
    faults.add({ match, do: 'status', status: 400, body: FIRST_IS_REFUSED, times: 10 });
    const refused = await world.run(id);
    expect(refused.segments[0]).toMatchObject({
      planned: { refreshes: COUNT - 1 },
      counts: { ok: COUNT - 11, rejected: 10 },
    });
    await world.importPeople(people.map((person) => ({ ...person, consent: 'denied' })));
    expect(await world.run(id)).toMatchObject({ verdict: 'confirmed', segments: [{ counts: { removed: COUNT - 1 } }] });
    expect(googleRows(refused)).toBe(0);
    await world.importPeople(people.map((person) => ({ ...person, consent: 'granted' })));
  });

  it('has those who left by a file that turned out broken, so that the file is written again', async () => {
    const condition = { trait: 'plan', op: 'eq', value: 'basic' };
    const audienceId = await world.audience({ name: 'Basic', include: { condition } });
    const connectionId = await world.connect('sftp');
    const guards = { maxRemovalShare: null };
    const options = { fileName: 'basic.csv' };
    const id = await world.delivery({ name: 'File', audienceId, connectionId, options, guards });
    expect((await world.run(id)).verdict).toBe('confirmed');
    await world.importPeople(people.map((person) => ({ ...person, plan: 'premium' })));
    const replacements = world.reach.app.get(ReplacementsRepository);
    const enter = replacements.enterOmissions.bind(replacements);
    jest.spyOn(replacements, 'enterOmissions').mockImplementationOnce(async (...entry) => {
      const omitted = await enter(...entry);
      world.sandbox.sftp.write('/upload/basic.csv', 'overwritten by somebody else');
      return omitted;
    });
    expect((await world.run(id)).verdict).toBe('failed');
    expect(await world.run(id)).toMatchObject({
      verdict: 'confirmed',
      segments: [{ planned: { removes: COUNT / 2 } }],
    });
    expect(world.sandbox.sftp.text('/upload/basic.csv')).not.toContain('overwritten');
    expect((await world.run(id)).verdict).toBe('unchanged');
    await world.importPeople(people);
  });

  it('keeps an adopted list adopted, and a list of ours ours', async () => {
    const connectionId = await world.connect('google');
    const of = (name: string, options: object) => world.delivery({ name, audienceId: everyone, connectionId, options });
    const own = await of('Own list', {});
    const listId = (await world.run(own)).segments[0]!.remote!.id;
    const adopting = await of('Their list', { listId });
    const patch = (id: string, options: object) => world.reach.api('PATCH', `/v1/deliveries/${id}`, { options });
    expect((await patch(adopting, {})).status).toBe(200); // nothing is bound yet
    expect((await patch(adopting, { listId })).status).toBe(200);
    await world.run(adopting);
    for (const [id, options] of [
      [adopting, {}],
      [own, { listId }],
    ] as const)
      expect(await patch(id, options)).toMatchObject({
        status: 422,
        body: { errors: [expect.objectContaining({ path: 'options', code: 'immutable' })] },
      });
  });
});
