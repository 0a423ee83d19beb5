import { Lab, type LabDelivery, sum } from './support/lab.ts';
import type { RunAnswer } from './support/steps.ts';

/** What is done about a remote audience that a run created, or that other options are chosen for. */
describe('a remote audience', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.heal());
  afterAll(() => lab.close());

  it.each([
    ['803', { code: 803 }],
    ['100/33', { code: 100, subcode: 33 }],
  ])('is tried again when Facebook answers %s right after creating it', async (_, error) => {
    const delivery = await lab.deliver('facebook');
    lab.arm(delivery, { match: { path: '/users' }, do: 'error', ...error, times: 2 });
    expect(await lab.run(delivery)).toMatchObject({ verdict: 'confirmed', reason: null });
    await lab.expectExact(delivery);
  });

  it('is not tried again when it existed before the run and is missing', async () => {
    const delivery = await lab.deliver('facebook');
    expect((await lab.run(delivery)).verdict).toBe('confirmed');
    lab.people[0]!.consent = 'denied';
    await lab.bring(lab.people[0]!);
    lab.arm(delivery, { match: { path: '/users' }, do: 'error', code: 803, times: 2 });
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('failed');
    expect(run.segments.flatMap(({ uploads }) => uploads.map(({ error }) => error?.code))).toEqual([
      'audience-missing',
    ]);
  });

  const audience = ({ segments }: RunAnswer) => segments.map(({ remote }) => remote!.id);
  const retention = (run: RunAnswer) =>
    audience(run).map((id) => lab.world.sandbox.facebook.state.audiences.get(id)!.retentionDays);
  const patch = ({ id }: LabDelivery, change: object) => lab.world.ask('PATCH', `/v1/deliveries/${id}`, change);

  it('gets a changed retention at Facebook though nobody is sent', async () => {
    const delivery = await lab.deliver('facebook', {}, { options: { retentionDays: 30 } });
    const first = await lab.run(delivery);
    expect(retention(first)).toEqual([30, 30]);
    await patch(delivery, { options: { retentionDays: 180 } });
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('unchanged');
    expect(retention(run)).toEqual([180, 180]);
    const seen = lab.world.sandbox.facebook.requests.length;
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
    expect(lab.world.sandbox.facebook.requests.length).toBe(seen);
  });

  it('gets a changed membership and name at Google though nobody is sent', async () => {
    const delivery = await lab.deliver('google');
    await lab.run(delivery);
    await patch(delivery, { options: { membershipDays: 60 }, nameTemplate: 'Renamed {{persona}}' });
    const run = await lab.run(delivery);
    expect(run.verdict).toBe('unchanged');
    for (const id of audience(run))
      expect(lab.world.sandbox.google.userLists().find((list) => list.id === id)).toMatchObject({
        membershipDays: 60,
        displayName: expect.stringMatching(/^Renamed /),
      });
  });

  it('is reported when it is gone while there is a change to bring to it', async () => {
    const delivery = await lab.deliver('facebook', {}, { options: { retentionDays: 30 } });
    const first = await lab.run(delivery);
    lab.world.sandbox.facebook.state.audiences.delete(audience(first)[0]!);
    await patch(delivery, { options: { retentionDays: 60 } });
    const run = await lab.run(delivery);
    expect(run).toMatchObject({ verdict: 'partly-failed', reason: expect.stringContaining('does not exist') });
  });

  it('has members sent again by the retention that it had before it was adopted', async () => {
    const { facebook } = lab.world.sandbox;
    const own = {
      name: 'Their own',
      subtype: 'CUSTOM',
      customer_file_source: 'USER_PROVIDED_ONLY',
      retention_days: 30,
    };
    const { accessToken, adAccountId } = facebook.credentials;
    const address = `${facebook.url}/v26.0/act_${adAccountId.replace('act_', '')}/customaudiences`;
    const made = await fetch(address, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(own),
    });
    const { id } = (await made.json()) as { id: string };
    const delivery = await lab.deliver('facebook', {}, { splitByPersona: false, options: { audienceId: id } });
    const first = await lab.run(delivery);
    expect(first.verdict).toBe('confirmed');
    expect((await lab.run(delivery)).verdict).toBe('unchanged');
    lab.world.reach.clock.advance(28 * 86_400_000);
    const renewed = await lab.run(delivery);
    expect(sum(renewed.segments.map(({ planned }) => planned.refreshes))).toBe(
      sum(first.segments.map(({ planned }) => planned.adds)),
    );
    expect(retention(renewed)).toEqual([30]);
  });
});
