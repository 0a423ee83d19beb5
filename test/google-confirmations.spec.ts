import { Lab, sum } from './support/lab.ts';

/** What a run says of the answers that Google gives later. */
describe('the confirmation of an upload at Google', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab.close());

  it('states how many members were received and how many of them matched, and how many were removed', async () => {
    lab.world.sandbox.google.options.matchRateRange = 'MATCH_RATE_RANGE_61_TO_70';
    const delivery = await lab.deliver('google');
    const added = await lab.run(delivery);
    const confirmations = added.segments.flatMap(({ uploads }) => uploads.map(({ confirmation }) => confirmation!));
    expect(confirmations.map(({ state, matchRate }) => [state, matchRate])).toEqual([
      ['confirmed', '61 to 70 %'],
      ['confirmed', '61 to 70 %'],
    ]);
    expect(sum(confirmations.map(({ received }) => received ?? 0))).toBe(
      sum(added.segments.map(({ planned }) => planned.adds)),
    );
    expect(confirmations[0]!.detail).toMatch(/Sent: \d+ e-mail addresses, \d+ phone numbers, \d+ postal addresses\./);
    const leavers = lab.people.slice(0, 3);
    for (const person of leavers) person.consent = 'denied';
    await lab.bring(...leavers);
    const { segments } = await lab.run(delivery);
    const removals = segments.flatMap(({ uploads }) => uploads.filter(({ direction }) => direction === 'remove'));
    expect(sum(removals.map(({ confirmation }) => confirmation?.received ?? 0))).toBe(leavers.length);
  });
});
