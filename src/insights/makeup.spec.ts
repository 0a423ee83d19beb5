import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Move, sizesOver } from './makeup.ts';
import { addDays, bucketStart, ends, INTERVALS, MOST_BUCKETS, nextStart, periodOf } from './period.ts';

const day = fc.integer({ min: 0, max: 80_000 }).map((days) => addDays('1970-01-01', days));

describe('a period', () => {
  const now = new Date('2026-03-29T22:30:00Z');

  it('ends today and begins with a whole bucket unless it is told otherwise', () => {
    const months = periodOf({ interval: 'month', timeZone: 'UTC' }, now);
    expect(months).toMatchObject({ from: '2025-04-01', to: '2026-03-29', end: '2026-03-30' });
    expect(months.starts).toHaveLength(12);
    // half past midnight of the thirtieth in Berlin, the clocks just put forward
    expect(periodOf({ interval: 'day', timeZone: 'europe/berlin' }, now)).toMatchObject({
      from: '2026-03-01',
      to: '2026-03-30',
      timeZone: 'Europe/Berlin',
    });
    const weeks = periodOf({ interval: 'week', timeZone: 'UTC' }, now);
    expect([weeks.starts[0], weeks.starts.at(-1), weeks.starts.length]).toEqual(['2025-09-29', '2026-03-23', 26]);
  });

  it('is cut at its own ends', () => {
    const period = periodOf({ from: '2024-02-28', to: '2024-03-04', interval: 'month', timeZone: 'UTC' }, now);
    expect(period.starts).toEqual(['2024-02-01', '2024-03-01']);
    expect(ends(period)).toEqual(['2024-03-01', '2024-03-05']);
    expect(periodOf({ ...period, interval: 'day' }, now).starts).toHaveLength(6);
  });

  it('has buckets that follow each other without gaps and hold every day', () => {
    fc.assert(
      fc.property(day, fc.constantFrom(...INTERVALS), (some, interval) => {
        const start = bucketStart(some, interval);
        const next = nextStart(start, interval);
        expect(start <= some && some < next).toBe(true);
        expect(bucketStart(next, interval)).toBe(next);
        expect(bucketStart(addDays(next, -1), interval)).toBe(start);
      }),
    );
    fc.assert(
      fc.property(
        day,
        fc.integer({ min: 0, max: MOST_BUCKETS - 1 }),
        fc.constantFrom(...INTERVALS),
        (from, days, interval) => {
          const period = periodOf({ from, to: addDays(from, days), interval, timeZone: 'UTC' }, now);
          expect(period.starts.slice(1)).toEqual(ends(period).slice(0, -1));
          expect(ends(period).at(-1)).toBe(addDays(from, days + 1));
        },
      ),
    );
  });
});

describe('sizes over time', () => {
  it('are first sizes and all moves until then, in whatever order they come', () => {
    const key = fc.constantFrom('', 'p1', 'p2', 'p3');
    const bucket = fc.integer({ min: 0, max: 9 }).map(String);
    const moves = fc.array(fc.record({ bucket, from: key, to: key, contacts: fc.integer({ min: 0, max: 99 }) }));
    const starts = Array.from({ length: 10 }, (_, i) => `${i}`);
    fc.assert(
      fc.property(moves, fc.integer({ min: 0, max: 1000 }), (all: Move[], size) => {
        const sizes = sizesOver(starts, all, (each, start) => each <= start, [['', size]]);
        for (const [i, start] of starts.entries()) {
          const until = all.filter((move) => move.bucket <= start);
          const net = (persona: string) =>
            until.reduce(
              (sum, { from, to, contacts }) => sum + contacts * (Number(to === persona) - Number(from === persona)),
              0,
            );
          expect(sizes[i]!.get('p1') ?? 0).toBe(net('p1'));
          expect([...sizes[i]!.values()].reduce((sum, each) => sum + each, 0)).toBe(size);
        }
      }),
    );
  });
});
