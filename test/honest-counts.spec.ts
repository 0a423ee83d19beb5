import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { until } from './support/service.ts';
import { PEOPLE_MAPPING, type Person, peopleCsv, type RunAnswer, twoKinds, World } from './support/world.ts';

/** Several addresses may stand in a cell. */
const MAPPING = { ...PEOPLE_MAPPING, separator: ';' };

type Channel = 'facebook' | 'sftp';

/** What a run says of its contacts where not one, or not all of one, can be sent or is taken. */
describe('counts of a run', () => {
  let world: World;
  let audiences = 0;
  const connections: Record<string, string> = {};
  beforeAll(async () => {
    world = await World.start({ env: { REACH_RETRY_SECONDS: '0' } });
    for (const type of ['facebook', 'sftp'] as const) connections[type] = await world.connect(type);
  });
  beforeEach(() => world.sandbox.facebook.faults.clear());
  afterAll(() => world.close());

  /** Contacts of a plan of their own, and a delivery to them by e-mail address. */
  async function deliver(type: Channel, people: (Omit<Person, 'plan'> & { plan?: string })[], options: object = {}) {
    const plan = `plan ${++audiences}`;
    await world.importFile(peopleCsv(people.map((person) => ({ ...person, plan }))), MAPPING);
    const name = `Counted ${audiences}`;
    const id = await world.delivery({
      name,
      connectionId: connections[type],
      audienceId: await world.audience({ name, include: { condition: { trait: 'plan', op: 'eq', value: plan } } }),
      matchKeys: ['EMAIL', 'PHONE'],
      guards: { platformFloor: false, maxRemovalShare: null },
      options,
    });
    return { id, plan };
  }
  const start = async (id: string) => (await world.ask<{ id: string }>('POST', `/v1/deliveries/${id}/runs`)).id;
  const settled = (id: string) =>
    until(
      () => world.ask<RunAnswer & { hold: { reasons: { code: string }[] } | null }>('GET', `/v1/runs/${id}`),
      ({ status }) => status === 'held' || status === 'finished',
    );
  const uploadsOf = ({ segments }: RunAnswer) => segments.flatMap(({ uploads }) => uploads);
  const withoutKeys = (from: number) =>
    twoKinds(12).map((person, i) => ({ ...person, id: `x${from + i}`, email: undefined, phone: undefined }));
  const withKeys = (from: number, count = 12) =>
    twoKinds(count).map((person, i) => ({ ...person, id: `y${from + i}`, email: `counted${from + i}@example.com` }));

  it.each([
    ['facebook', {}],
    ['sftp', { done: true }],
  ] as const)(
    'at %s a run of which no contact can be sent is held, and sends nothing when approved',
    async (type, options) => {
      const files = world.sandbox.sftp.files();
      const { id } = await deliver(type, withoutKeys(audiences * 100), options);
      const preview = await world.ask<{ holds: { code: string }[] }>('POST', `/v1/deliveries/${id}/preview`);
      expect(preview.holds.map(({ code }) => code)).toEqual(['nothing_usable']);
      const run = await settled(await start(id));
      expect([run.status, run.hold?.reasons.map(({ code }) => code)]).toEqual(['held', ['nothing_usable']]);
      await world.ask('POST', `/v1/runs/${run.id}/approve`, { note: 'looked at' });
      const ended = await world.finished(run.id);
      expect(ended.verdict).toBe('failed');
      expect(uploadsOf(ended)).toMatchObject([{ status: 'failed', sent: 0, error: { code: 'nothing-usable' } }]);
      expect(ended.segments[0]!.counts).toMatchObject({ ok: 0, fixed: 0, invalid: 12 });
      expect(world.sandbox.sftp.files()).toEqual(files);
    },
  );

  it('an upload of which the platform rejects every member has failed', async () => {
    const { id } = await deliver('facebook', withKeys(1_000));
    world.sandbox.facebook.faults.add({ match: { path: '/users' }, do: 'error', code: 100, times: 'always' });
    const run = await settled(await start(id));
    expect([run.verdict, uploadsOf(run).map(({ status }) => status)]).toEqual(['failed', ['failed']]);
    expect(run.segments[0]!.counts).toMatchObject({ ok: 0, rejected: 12 });
  });

  it('an upload of one member that the platform rejects is partial where others stay', async () => {
    const { id, plan } = await deliver('facebook', withKeys(2_000));
    expect((await settled(await start(id))).verdict).toBe('confirmed');
    await world.importPeople([{ ...withKeys(3_000, 1)[0]!, plan }]);
    world.sandbox.facebook.faults.add({ match: { path: '/users' }, do: 'error', code: 100, times: 'always' });
    const run = await settled(await start(id));
    expect([run.verdict, uploadsOf(run).map(({ status }) => status)]).toEqual(['confirmed-with-rejects', ['partial']]);
    const { items } = await world.ask<{ items: { state: string; reason: { code: string } }[] }>(
      'GET',
      `/v1/contacts/${await world.contactId('y3000')}/deliveries`,
    );
    expect(items.map(({ state }) => state)).toEqual(['rejected']);
  });

  it('a contact sent without one of its fields is fixed, and one without any is invalid, in every list', async () => {
    const [good, fixed] = withKeys(4_000, 2);
    const [invalid] = withoutKeys(4_000);
    // two addresses where the file has one column: the second cannot be sent
    const { id } = await deliver('sftp', [good!, { ...fixed!, email: 'one@example.com;two@example.com' }, invalid!]);
    const run = await settled(await start(id));
    expect(run.segments[0]!.counts).toMatchObject({ ok: 1, fixed: 1, invalid: 1 });
    const { body } = await world.reach.api<string>('GET', `/v1/runs/${run.id}/rejects.csv`);
    const rows = parse(String(body), { columns: true }) as { verdict: string; field: string; contact_id: string }[];
    const verdictOf = async (external: string) => {
      const contact = await world.contactId(external);
      return [...new Set(rows.filter((row) => row.contact_id === contact).map(({ verdict }) => verdict))];
    };
    expect(await verdictOf(fixed!.id)).toEqual(['fixed']);
    expect(await verdictOf(invalid!.id)).toEqual(['invalid']);
    expect(run.refusals.map(({ verdict }) => verdict).sort()).toEqual(['fixed', 'invalid']);
    const { items } = await world.ask<{ items: { state: string }[] }>(
      'GET',
      `/v1/contacts/${await world.contactId(invalid!.id)}/deliveries`,
    );
    expect(items.map(({ state }) => state)).toEqual(['invalid']);
  });
});
