import { describe, expect, it } from '@jest/globals';
import { Pace, ProjectPaces } from './pacing.ts';

describe('quota pacing', () => {
  const never = new AbortController().signal;

  it('starts no more calls in any minute than Google allows', async () => {
    let now = 0;
    const pace = new Pace({ perMinute: 3, perDay: 100 }, 0, () => now);
    for (let n = 0; n < 3; n++) await pace.turn(never);
    now = 20_000;
    await expect(pace.turn(never)).rejects.toMatchObject({ code: 'throttled', retryAfterSeconds: 40 });
    now = 60_000;
    for (let n = 0; n < 3; n++) await pace.turn(never);
    await expect(pace.turn(never)).rejects.toMatchObject({ code: 'throttled', retryAfterSeconds: 60 });
  });

  it('waits for a turn that comes soon, until it is told to stop', async () => {
    let now = 0;
    const pace = new Pace({ perMinute: 1, perDay: 100 }, 20_000, () => now);
    await pace.turn(never);
    now = 59_950;
    const started = Date.now();
    await pace.turn(never);
    expect(Date.now() - started).toBeGreaterThanOrEqual(40);
    now = 110_000;
    const stop = new AbortController();
    const waiting = pace.turn(stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'transient', vendorCode: 'cancelled' });
  });

  it('starts no more calls in any day than Google allows, however they are spread', async () => {
    let now = 0;
    const pace = new Pace({ perMinute: 10, perDay: 5 }, 0, () => now);
    for (let n = 0; n < 5; n++) {
      await pace.turn(never);
      now += 3_600_000;
    }
    await expect(pace.turn(never)).rejects.toMatchObject({ code: 'throttled', retryAfterSeconds: 19 * 3600 + 60 });
    now = 86_460_000;
    await pace.turn(never);
    await expect(pace.turn(never)).rejects.toMatchObject({ code: 'throttled', retryAfterSeconds: 3600 });
  });

  it('counts by Cloud project and kind of call', () => {
    const paces = new ProjectPaces();
    const pace = paces.of('1055-abc.apps.googleusercontent.com', 'write');
    expect(paces.of('1055-xyz.apps.googleusercontent.com', 'write')).toBe(pace);
    expect(paces.of('1055-abc.apps.googleusercontent.com', 'read')).not.toBe(pace);
    expect(paces.of('2066-abc.apps.googleusercontent.com', 'write')).not.toBe(pace);
  });
});
