import { sha256 } from './support/held.ts';
import { expectSumsUp, Lab, type LabDelivery, sum } from './support/lab.ts';
import { type Received, startReceiver } from './support/receiver.ts';
import type { Person, RunAnswer } from './support/steps.ts';

/** A run can wait for hours before it sends: who may not be delivered any more by then is left out of it. */
describe('people who withdraw after a run was planned', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab.close());

  /** A run that is planned and waits for a person. */
  const held = async (id: string, how: object = {}) => {
    await lab.world.ask('PATCH', `/v1/deliveries/${id}`, { guards: { maxInputAgeHours: 24 } });
    lab.world.reach.clock.advance(25 * 3_600_000);
    const run = await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${id}/runs`, how);
    await lab.reached(run.id, 'held');
    lab.world.reach.clock.advance(-25 * 3_600_000);
    await lab.world.ask('PATCH', `/v1/deliveries/${id}`, { guards: { maxInputAgeHours: null } });
    return run.id;
  };
  const approved = async (runId: string) => {
    await lab.world.ask('POST', `/v1/runs/${runId}/approve`, { note: 'it is meant' });
    return lab.world.finished(runId);
  };
  const suppress = async (person: Person) => {
    await lab.world.ask('POST', '/v1/suppressions', { list: 'complaints', emails: [person.email] });
    person.consent = 'denied'; // here only, for what is wanted at the platform
  };
  const release = async (person: Person) => {
    await lab.world.ask('POST', '/v1/suppressions/remove', { list: 'complaints', emails: [person.email] });
    person.consent = undefined;
  };
  const deny = async (person: Person) => {
    person.consent = 'denied';
    await lab.bring(person);
  };
  const total = (run: RunAnswer, name: 'adds' | 'refreshes' | 'removes' | 'withheld') =>
    sum(run.segments.map(({ planned }) => planned[name]));
  const kept = (run: RunAnswer) => sum(run.segments.map(({ counts }) => counts.withheld));
  /** Google sweeps out nobody who was added just now, so everyone was a while ago. */
  const age = (run: RunAnswer) => {
    const { clock, google } = lab.world.sandbox;
    const longAgo = new Date(clock.now().getTime() - 3_600_000);
    for (const { remote } of run.segments) {
      const { members } = google.state.lists.get(remote!.id)!;
      for (const row of members.list()) members.add(row.split('|'), longAgo);
    }
  };
  const isThere = (delivery: LabDelivery, person: Person) =>
    lab.compare(delivery).some(({ held: { emails } }) => emails.has(sha256(person.email!)));

  it.each(['facebook', 'google', 'sftp'] as const)('are not brought to %s, and are accounted for', async (type) => {
    const from = { facebook: 20, google: 40, sftp: 60 }[type];
    const [one, other, member, returning] = lab.people.slice(from) as [Person, Person, Person, Person];
    const delivery = await lab.deliver(type);
    const first = await held(delivery.id);
    await suppress(one);
    await deny(other);
    const run = await approved(first);
    expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
    expectSumsUp(run);
    expect(kept(run) - total(run, 'withheld')).toBe(2);
    expect(run.refusals.map(({ verdict, code }) => `${verdict} ${code}`)).toEqual(
      expect.arrayContaining(['withheld suppressed', 'withheld consent_denied']),
    );
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');

    const again = await held(delivery.id, { resync: true });
    if (type === 'google') age(run);
    await suppress(member);
    await suppress(returning);
    const resync = await approved(again);
    expect(resync).toMatchObject({ verdict: 'confirmed', reason: null });
    expectSumsUp(resync);
    expect([member, returning].filter((person) => isThere(delivery, person))).toEqual([]);
    await release(returning);
    const next = await lab.run(delivery);
    expect(next.verdict).toBe('confirmed');
    // of whom Google swept out nothing is known for certain
    expect(total(next, type === 'google' ? 'refreshes' : 'adds')).toBe(1);
    expect(total(next, 'removes')).toBe(type === 'google' ? 1 : 0);
    await lab.expectExact(delivery);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
  });

  it('are not told as newcomers where changes are told', async () => {
    const receiver = await startReceiver((_: Received) => ({ status: 200, body: {} }));
    const person = lab.people[80]!;
    const audienceId = await lab.world.audience({ name: 'All', include: { condition: { everyone: true } } });
    const settings = { url: receiver.url, secret: 'a-shared-secret-of-ours' };
    const { id: connectionId } = await lab.world.ask<{ id: string }>('POST', '/v1/connections', {
      name: 'CRM',
      type: 'webhook',
      settings,
    });
    const told = { mode: 'changes', representation: 'referenced' };
    const id = await lab.world.delivery({ name: 'Told', audienceId, connectionId, ...told });
    const runId = await held(id);
    await suppress(person);
    const run = await approved(runId);
    expectSumsUp(run);
    expect(kept(run) - total(run, 'withheld')).toBe(1);
    const sent = receiver.requests.map(({ body }) => body).join();
    expect(sent).toContain(lab.people[81]!.id);
    expect(sent).not.toContain(person.id);
    expect((await lab.world.run(id)).verdict).toBe('unchanged');
    await receiver.close();
  });
});
