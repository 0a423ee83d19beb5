import { Lab, type LabDelivery, sum } from './support/lab.ts';
import type { RunAnswer } from './support/steps.ts';

/** Changes that alter no key of a member, and changes that alter some: what is sent, planned and held. */
describe('a change of a delivery or of its members', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab.close());

  const EMAIL = { matchKeys: ['EMAIL'] };
  const patch = ({ id }: LabDelivery, change: object) => lab.world.ask('PATCH', `/v1/deliveries/${id}`, change);
  const preview = ({ id }: LabDelivery) =>
    lab.world.ask<{ holds: { code: string }[]; segments: { counts: Record<string, number> }[] }>(
      'POST',
      `/v1/deliveries/${id}/preview`,
    );
  const planned = (run: RunAnswer, name: keyof RunAnswer['segments'][number]['planned']) =>
    sum(run.segments.map((segment) => segment.planned[name]));

  /** Digests in requests to the platform since the `from`th one, by way. */
  const sent = (type: 'facebook' | 'google', from: number) => {
    const ways = { add: new Set<string>(), remove: new Set<string>() };
    for (const { path, body, method } of lab.world.sandbox[type].requests.slice(from)) {
      const isRemoval = /:remove$/.test(path) || method === 'DELETE' || /"method":"DELETE"/i.test(body ?? '');
      if (!/audienceMembers|\/users/.test(path)) continue;
      for (const digest of (body ?? '').match(/[0-9a-f]{64}/g) ?? []) ways[isRemoval ? 'remove' : 'add'].add(digest);
    }
    return ways;
  };
  const seen = (type: 'facebook' | 'google') => lab.world.sandbox[type].requests.length;

  it.each([
    ['facebook', { retentionDays: 60 }],
    ['google', { membershipDays: 30 }],
  ] as const)('at %s sends nothing when only an option of the audience changes', async (type, options) => {
    const delivery = await lab.deliver(type, {}, EMAIL);
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    await patch(delivery, { options });
    const before = seen(type);
    expect(await preview(delivery)).toMatchObject({ holds: [] });
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('unchanged');
    expect([planned(run, 'changes'), planned(run, 'removals')]).toEqual([0, 0]);
    const { add, remove } = sent(type, before);
    expect([add.size, remove.size]).toEqual([0, 0]);
    await lab.expectExact(delivery);
  });

  it.each(['facebook', 'google'] as const)(
    'at %s sends nothing when a field changes that is no match key',
    async (type) => {
      const delivery = await lab.deliver(type, {}, EMAIL);
      expect((await lab.run(delivery)).verdict).toBe('confirmed');
      for (const person of lab.people) person.last = `New${type}`;
      await lab.bring(...lab.people);
      const before = seen(type);
      const { segments } = await preview(delivery);
      const run = await lab.run(delivery);
      expect(run.verdict).toBe('unchanged');
      expect(segments.map(({ counts }) => counts)).toEqual(run.segments.map((s) => ({ ...s.planned, invalid: 0 })));
      expect(sent(type, before).add.size + sent(type, before).remove.size).toBe(0);
      // the second plan finds nothing to compare any more
      expect((await lab.run(delivery)).verdict).toBe('unchanged');
    },
  );

  it('at Google sends everyone again, and removes nobody, when the consent that travels with them changes', async () => {
    const delivery = await lab.deliver('google', {}, EMAIL);
    const first = await lab.run(delivery);
    await patch(delivery, { options: { adUserData: 'granted' } });
    const before = seen('google');
    const run = await lab.run(delivery);
    expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
    expect(planned(run, 'changes')).toBe(planned(first, 'adds'));
    expect(planned(run, 'removals')).toBe(0);
    expect(sent('google', before).remove.size).toBe(0);
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
  });

  it.each(['facebook', 'google'] as const)(
    'at %s removes only the key that members have no longer, and never one that it adds in the same run',
    async (type) => {
      const guards = { maxRemovalShare: null };
      const delivery = await lab.deliver(type, {}, { matchKeys: ['EMAIL', 'PHONE'], guards });
      const first = await lab.run(delivery);
      const everyone = planned(first, 'adds');
      await patch(delivery, { matchKeys: ['EMAIL'] });
      const before = seen(type);
      const run = await lab.run(delivery);
      expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
      expect([planned(run, 'outdated'), planned(run, 'removals')]).toEqual([everyone, everyone]);
      const { add, remove } = sent(type, before);
      if (type === 'google') expect([add.size, remove.size]).toEqual([everyone, everyone]);
      else expect(remove.size).toBe(0); // everyone takes the place of everyone
      expect([...remove].filter((digest) => add.has(digest))).toEqual([]);
      await lab.expectExact(delivery);
      expect((await lab.run(delivery)).verdict).toBe('unchanged');
    },
  );

  it('at Google adds a key without removing any', async () => {
    const delivery = await lab.deliver('google', {}, EMAIL);
    await lab.run(delivery);
    await patch(delivery, { matchKeys: ['EMAIL', 'PHONE'] });
    const before = seen('google');
    const run = await lab.run(delivery);
    expect(run).toMatchObject({ verdict: 'confirmed', reason: null });
    expect([planned(run, 'outdated'), planned(run, 'removals')]).toEqual([0, 0]);
    expect(sent('google', before).remove.size).toBe(0);
    await lab.expectExact(delivery);
  });

  it.each(['facebook', 'google'] as const)(
    'at %s is held when it takes out every key, and the plan counts each of them',
    async (type) => {
      const delivery = await lab.deliver(type, {}, EMAIL);
      const first = await lab.run(delivery);
      await patch(delivery, { matchKeys: ['PHONE'] });
      const { holds, segments } = await preview(delivery);
      expect(new Set(holds.map(({ code }) => code))).toEqual(new Set(['removal_share']));
      expect(sum(segments.map(({ counts }) => counts.removals!))).toBe(planned(first, 'adds'));
      const { id } = await lab.world.ask<{ id: string }>('POST', `/v1/deliveries/${delivery.id}/runs`);
      await lab.reached(id, 'held');
      await lab.world.ask('POST', `/v1/runs/${id}/reject`, { note: 'No.' });
    },
  );
});
