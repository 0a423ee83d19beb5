import type { Prerequisite } from '../../connectors/destination.ts';
import { nextDailyCheck } from './daily.ts';
import { follow, nearestEnd, urgencyOf } from './prerequisites.ts';

const one = (name: string, ok = true, more: Partial<Prerequisite> = {}): Prerequisite => ({
  name,
  title: name,
  ok,
  detail: '',
  ...more,
});
const first = new Date('2026-03-01T00:00:00Z');
const second = new Date('2026-03-02T00:00:00Z');

describe('following prerequisites from check to check', () => {
  it('says since when each stands as it does, and what changed', () => {
    const before = follow([], [one('host'), one('login')], first);
    expect(before.changes).toEqual([
      { name: 'host', title: 'host', from: null, to: 'ok' },
      { name: 'login', title: 'login', from: null, to: 'ok' },
    ]);
    const after = follow(before.states, [one('host'), one('login', false)], second);
    expect(after.states.map(({ since }) => since)).toEqual([first.toISOString(), second.toISOString()]);
    expect(after.changes).toEqual([{ name: 'login', title: 'login', from: 'ok', to: 'failing' }]);
  });

  it('keeps what a failed check did not come to, as untried, and drops it when all is well without it', () => {
    const before = follow([], [one('token'), one('scopes')], first);
    const failed = follow(before.states, [one('token', false)], second);
    expect(failed.states).toEqual([
      expect.objectContaining({ name: 'token', ok: false }),
      expect.objectContaining({ name: 'scopes', ok: false, untried: true, since: second.toISOString() }),
    ]);
    expect(follow(failed.states, [one('token')], second).states).toHaveLength(1);
  });

  it.each([
    [undefined, 0],
    [31, 0],
    [30, 1],
    [15, 1],
    [14, 2],
    [7, 3],
    [2, 3],
    [1, 4],
    [0, 4],
  ])('%s days left are of urgency %i', (daysLeft, urgency) => {
    expect(urgencyOf(one('token', true, { daysLeft }))).toBe(urgency);
  });

  it('names the end that comes first', () => {
    const { states } = follow([], [one('a', true, { daysLeft: 40 }), one('b', true, { daysLeft: 3 }), one('c')], first);
    expect(nearestEnd(states)).toEqual({ title: 'b', daysLeft: 3 });
    expect(nearestEnd(null)).toBeNull();
  });
});

describe('the time of day of a check', () => {
  const ids = Array.from({ length: 2000 }, (_, n) => `con_${n}`);

  it('comes within a day, again after a day, and at the same time', () => {
    for (const id of ids) {
      const next = nextDailyCheck(id, first);
      expect(next.getTime() - first.getTime()).toBeGreaterThan(0);
      expect(next.getTime() - first.getTime()).toBeLessThanOrEqual(86_400_000);
      expect(nextDailyCheck(id, next).getTime() - next.getTime()).toBe(86_400_000);
    }
  });

  it('spreads connections over the day', () => {
    const hours = new Set(ids.map((id) => nextDailyCheck(id, first).getUTCHours()));
    expect(hours.size).toBe(24);
  });
});
