import { nextRun, scheduleFault } from './schedule.ts';

const daily = (cron: string, timeZone = 'Europe/Berlin') => ({
  cron,
  timeZone,
  afterImport: false,
  afterRebuild: false,
});
const next = (cron: string, from: string, timeZone?: string) =>
  nextRun(daily(cron, timeZone), new Date(from))?.toISOString();

describe('schedules', () => {
  it('reads the fields in their own time zone, summer and winter', () => {
    expect(next('0 6 * * *', '2026-01-10T00:00:00Z')).toBe('2026-01-10T05:00:00.000Z');
    expect(next('0 6 * * *', '2026-07-10T00:00:00Z')).toBe('2026-07-10T04:00:00.000Z');
    expect(next('0 6 * * *', '2026-07-10T00:00:00Z', 'America/New_York')).toBe('2026-07-10T10:00:00.000Z');
  });

  it('does not lose the run of a night whose hour is skipped', () => {
    const first = new Date(next('30 2 * * *', '2026-03-28T12:00:00Z')!);
    expect(first.toISOString().slice(0, 10)).toBe('2026-03-29');
    expect(next('30 2 * * *', first.toISOString())).toBe('2026-03-30T00:30:00.000Z');
  });

  it('runs once in a night whose hour comes twice', () => {
    const first = next('30 2 * * *', '2026-10-24T12:00:00Z')!;
    expect(first.slice(0, 10)).toBe('2026-10-25');
    expect(next('30 2 * * *', first)).toBe('2026-10-26T01:30:00.000Z');
  });

  /** The next times, one after the other. */
  const times = (cron: string, from: string, count: number, timeZone?: string) => {
    const found: string[] = [];
    for (let at: string | undefined = from; found.length < count; found.push(at.slice(5, 16)))
      at = next(cron, at!, timeZone)!;
    return found.join(' ');
  };

  it.each([
    ['0 1,2,3 * * *', '2026-10-24T22:30:00Z', '10-24T23:00 10-25T00:00 10-25T02:00 10-26T00:00'],
    ['0,30 2 * * *', '2026-10-24T22:30:00Z', '10-25T00:00 10-25T00:30 10-26T01:00 10-26T01:30'],
    ['0 */2 * * *', '2026-10-24T22:30:00Z', '10-25T00:00 10-25T03:00 10-25T05:00 10-25T07:00'],
    ['0 1,2,3 * * *', '2026-03-28T23:30:00Z', '03-29T00:00 03-29T01:00 03-29T23:00 03-30T00:00'],
    ['0,30 2 * * *', '2026-03-28T22:30:00Z', '03-29T01:00 03-29T01:30 03-30T00:00 03-30T00:30'],
  ])('fires once at each time of the list %s where the clocks change', (cron, from, expected) => {
    expect(times(cron, from, 4)).toBe(expected);
  });

  it('fires in each real hour when it names every hour', () => {
    const night = '10-24T23:00 10-25T00:00 10-25T01:00 10-25T02:00';
    expect(times('0 * * * *', '2026-10-24T22:30:00Z', 4)).toBe(night);
    expect(times('0 0-23 * * *', '2026-10-24T22:30:00Z', 4)).toBe(night);
    expect(times('0 * * * *', '2026-03-28T23:30:00Z', 3)).toBe('03-29T00:00 03-29T01:00 03-29T02:00');
  });

  it('fires at the first moment of a day without a midnight', () => {
    expect(times('0 0 * * *', '2026-09-04T12:00:00Z', 3, 'America/Santiago')).toBe(
      '09-05T04:00 09-06T04:00 09-07T03:00',
    );
  });

  it.each(['* * * * * *', '*/5 * * * * *', '* * * * *', '*/4 * * * *', '0,1 6 * * *', '0,58 1,5,6 * * *'])(
    'refuses %s, which fires more often than every five minutes',
    (cron) => expect(scheduleFault({ cron, timeZone: 'UTC' })?.path).toBe('cron'),
  );

  it.each(['*/5 * * * *', '0 6 * * *', '30 0 6 1 1 *', '0,55 6 29 2 *'])('accepts %s', (cron) =>
    expect(scheduleFault({ cron, timeZone: 'UTC' })).toBeUndefined(),
  );

  it('has no next time without a cron expression', () => {
    expect(nextRun(null, new Date())).toBeNull();
    expect(nextRun({ timeZone: 'UTC' }, new Date())).toBeNull();
  });

  it.each([
    [{ cron: '61 * * * *', timeZone: 'UTC' }, 'cron'],
    [{ cron: 'often', timeZone: 'UTC' }, 'cron'],
    [{ cron: '0 0 30 2 *', timeZone: 'UTC' }, 'cron'],
    [{ cron: '0 6 * * *', timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ cron: '0 6 * * *', timeZone: '+02:00' }, 'timeZone'],
  ])('refuses %j', (schedule, path) => {
    expect(scheduleFault(schedule)?.path).toBe(path);
  });

  it('accepts what comes round', () => {
    expect(scheduleFault({ cron: '0 6 * * 1-5', timeZone: 'Europe/Berlin' })).toBeUndefined();
    expect(scheduleFault({ timeZone: 'UTC' })).toBeUndefined();
  });
});
