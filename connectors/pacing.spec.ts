import { describe, expect, it } from '@jest/globals';
import type { Allowance } from './destination.ts';
import { DestinationError } from './errors.ts';
import { Pace, Paces, type Turn } from './pacing.ts';

const never = new AbortController().signal;

const caller = (allowance: Allowance, more: Partial<Turn['environment']> = {}): Turn => ({
  allowance,
  environment: { signal: never, ...more },
  throttled: (retryAfterSeconds) => new DestinationError('throttled', 'Too many.', { retryAfterSeconds }),
  cancelled: () => new DestinationError('transient', 'Cancelled.', { vendorCode: 'cancelled' }),
});
const throttledFor = (retryAfterSeconds: number) => ({ code: 'throttled', retryAfterSeconds });

describe('pacing', () => {
  it('starts no more calls in any minute than are allowed', async () => {
    let now = 0;
    const pace = new Pace('x', 0, () => now);
    const three = caller({ perMinute: 3, perDay: 100 });
    for (let n = 0; n < 3; n++) await pace.turn(three);
    now = 20_000;
    await expect(pace.turn(three)).rejects.toMatchObject(throttledFor(40));
    now = 60_000;
    for (let n = 0; n < 3; n++) await pace.turn(three);
    await expect(pace.turn(three)).rejects.toMatchObject(throttledFor(60));
  });

  it('follows an allowance that changes between calls', async () => {
    const pace = new Pace('x', 0, () => 0);
    for (let n = 0; n < 3; n++) await pace.turn(caller({ perMinute: 3 }));
    await expect(pace.turn(caller({ perMinute: 2 }))).rejects.toMatchObject(throttledFor(60));
    await pace.turn(caller({ perMinute: 5 }));
  });

  it('waits for a turn that comes soon, until it is told to stop', async () => {
    let now = 0;
    const pace = new Pace('x', 20_000, () => now);
    const one = { perMinute: 1, perDay: 100 };
    await pace.turn(caller(one));
    now = 59_950;
    const started = Date.now();
    await pace.turn(caller(one));
    expect(Date.now() - started).toBeGreaterThanOrEqual(40);
    now = 110_000;
    const stop = new AbortController();
    const waiting = pace.turn(caller(one, { signal: stop.signal }));
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'transient', vendorCode: 'cancelled' });
  });

  it('starts no more calls in any day than are allowed, however they are spread', async () => {
    let now = 0;
    const pace = new Pace('x', 0, () => now);
    const five = caller({ perMinute: 10, perDay: 5 });
    for (let n = 0; n < 5; n++) {
      await pace.turn(five);
      now += 3_600_000;
    }
    await expect(pace.turn(five)).rejects.toMatchObject(throttledFor(19 * 3600 + 60));
    now = 86_460_000;
    await pace.turn(five);
    await expect(pace.turn(five)).rejects.toMatchObject(throttledFor(3600));
  });

  it('asks what the calls of other processes leave, waits when that is soon, and gives up when it is not', async () => {
    const asked: unknown[] = [];
    const answers = [20, 0, 45_000];
    const quota = async (name: string, allowance: Allowance) => {
      asked.push([name, allowance]);
      return answers.shift() ?? 0;
    };
    const pace = new Pace('google 1055 write', 20_000, () => 0);
    const shared = caller({ perMinute: 300, perDay: 100_000 }, { quota });
    await pace.turn(shared);
    await expect(pace.turn(shared)).rejects.toMatchObject(throttledFor(45));
    expect(asked).toEqual(Array.from({ length: 3 }, () => ['google 1055 write', { perMinute: 300, perDay: 100_000 }]));
  });

  it('keeps one pace for each name', () => {
    const paces = new Paces();
    expect(paces.of('a')).toBe(paces.of('a'));
    expect(paces.of('b')).not.toBe(paces.of('a'));
  });
});
