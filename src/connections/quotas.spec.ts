import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Reach, startReach } from '../../test/support/service.ts';
import { Clock } from '../engines/clock.ts';
import { QuotasRepository } from './quotas.repository.ts';
import { Quotas } from './quotas.service.ts';

let reach: Reach;
let now = Date.parse('2026-11-24T12:00:10Z');
const clock = Object.assign(new Clock(), { now: () => new Date(now) });
/** A process of its own that shares the database. */
const process = () => new Quotas(reach.app.get(QuotasRepository), clock);

beforeAll(async () => {
  reach = await startReach();
});
afterAll(() => reach.close());

describe('quotas over processes', () => {
  it('share a minute: what one has used, the other has not', async () => {
    const [one, other] = [process(), process()];
    const allowance = { perMinute: 3 };
    expect(await one.take('minute', allowance)).toBe(0);
    expect(await other.take('minute', allowance)).toBe(0);
    expect(await one.take('minute', allowance)).toBe(0);
    expect(await other.take('minute', allowance)).toBe(50_000);
    now += 50_000;
    expect(await other.take('minute', allowance)).toBe(0);
  });

  it('never pass the minute, however many ask at once', async () => {
    const processes = Array.from({ length: 4 }, process);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => processes[n % 4]!.take('at once', { perMinute: 7 })),
    );
    expect(answers.filter((wait) => wait === 0)).toHaveLength(7);
  });

  it('keep the day over restarts, until its first minute is a day ago', async () => {
    const start = now;
    const allowance = { perMinute: 10, perDay: 3 };
    for (const hours of [0, 1, 2]) {
      now = start + hours * 3_600_000;
      expect(await process().take('day', allowance)).toBe(0);
    }
    const wait = await process().take('day', allowance);
    expect(wait).toBeGreaterThan(22 * 3_600_000 - 1);
    expect(wait).toBeLessThanOrEqual(22 * 3_600_000 + 60_000);
    now += wait;
    expect(await process().take('day', allowance)).toBe(0);
    expect(await process().take('day', allowance)).toBeGreaterThan(0);
  });

  it('count apart what has another name', async () => {
    expect(await process().take('google 1 write', { perMinute: 1 })).toBe(0);
    expect(await process().take('google 1 read', { perMinute: 1 })).toBe(0);
    expect(await process().take('google 1 write', { perMinute: 1 })).toBeGreaterThan(0);
  });
});
