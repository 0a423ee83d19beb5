import { sha256 } from './support/held.ts';
import { Lab, type LabDelivery, sum } from './support/lab.ts';
import type { Person, RunAnswer } from './support/steps.ts';

/** Runs that try those again who were refused or did not surely arrive. */
describe('a run that retries', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.heal());
  afterAll(() => lab.close());

  const newcomer = async (id: string) => {
    const person: Person = { id, email: `${id}@example.com`, spend: 25, plan: 'basic' };
    lab.people.push(person);
    await lab.bring(person);
    return person;
  };
  const retry = async ({ id }: LabDelivery) => {
    const body = { retryRefused: true };
    const run = await lab.world.ask<{ id: string; trigger: string }>('POST', `/v1/deliveries/${id}/runs`, body);
    expect(run.trigger).toBe('retry');
    return lab.world.finished(run.id);
  };
  const planned = ({ segments }: RunAnswer) => {
    const of = (name: keyof RunAnswer['segments'][number]['planned']) =>
      sum(segments.map((part) => part.planned[name]));
    return { adds: of('adds'), changes: of('changes'), refreshes: of('refreshes'), removes: of('removes') };
  };
  /** Which of the delivery's audiences hold each of these. */
  const places = (delivery: LabDelivery, people: Person[]) => {
    const held = lab.compare(delivery);
    return people.map(({ email }) => held.filter((part) => part.held.emails.has(sha256(email!))).map((p) => p.kind));
  };

  it('sends them, takes out who withdrew, and leaves everyone else as they are', async () => {
    const guards = { maxRemovalShare: 0.01 };
    const delivery = await lab.deliver('facebook', {}, { guards });
    await lab.run(delivery);
    const users = { path: '/users' };
    lab.arm(delivery, { match: users, do: 'error', code: 100, times: 'always' });
    const refused = await newcomer('refused');
    expect((await lab.run(delivery)).verdict).toBe('confirmed-with-rejects');
    lab.arm(delivery, { match: users, do: 'status', status: 500, body: {}, times: 'always' });
    const failed = await newcomer('failed');
    expect((await lab.run(delivery)).verdict).toBe('failed');
    lab.heal();

    const waiting = await newcomer('waiting');
    const [changed, mover, gone] = [lab.people[0]!, lab.people[2]!, lab.people[4]!];
    changed.first = 'Changed';
    Object.assign(mover, { plan: 'premium', spend: 930 });
    gone.consent = 'denied';
    await lab.bring(changed, mover, gone);
    const run = await retry(delivery);
    expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
    expect(planned(run)).toEqual({ adds: 1, changes: 0, refreshes: 1, removes: 1 });
    expect(places(delivery, [refused, failed, waiting, mover, gone])).toEqual([
      ['basic'],
      ['basic'],
      [],
      ['basic'],
      [],
    ]);

    await lab.world.ask('PATCH', `/v1/deliveries/${delivery.id}`, { guards: { maxRemovalShare: null } });
    const rest = await lab.run(delivery);
    expect(rest).toMatchObject({ verdict: 'confirmed', reason: null });
    expect(planned(rest)).toEqual({ adds: 2, changes: 1, refreshes: 0, removes: 1 });
    await lab.expectExact(delivery);
  });

  it('has nothing to do where everyone arrived', async () => {
    const delivery = await lab.deliver('google');
    await lab.run(delivery);
    await newcomer('later');
    expect((await retry(delivery)).verdict).toBe('unchanged');
    const all = { retryRefused: true, resync: true };
    const { id, trigger } = await lab.world.ask<{ id: string; trigger: string }>(
      'POST',
      `/v1/deliveries/${delivery.id}/runs`,
      all,
    );
    expect(trigger).toBe('manual');
    expect((await lab.world.finished(id)).verdict).toBe('confirmed');
    await lab.expectExact(delivery);
  });
});
