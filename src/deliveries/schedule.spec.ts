import { nextRun, scheduleFault } from './schedule.ts';

const daily = (cron: string, timezone = 'Europe/Berlin') => ({
  cron,
  timezone,
  afterImport: false,
  afterRebuild: false,
});
const next = (cron: string, from: string, timezone?: string) =>
  nextRun(daily(cron, timezone), new Date(from))?.toISOString();

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

  it('has no next time without a cron expression', () => {
    expect(nextRun(null, new Date())).toBeNull();
    expect(nextRun({ timezone: 'UTC', afterImport: true, afterRebuild: false }, new Date())).toBeNull();
  });

  it.each([
    [{ cron: '61 * * * *', timezone: 'UTC' }, 'cron'],
    [{ cron: 'often', timezone: 'UTC' }, 'cron'],
    [{ cron: '0 0 30 2 *', timezone: 'UTC' }, 'cron'],
    [{ cron: '0 6 * * *', timezone: 'Mars/Olympus' }, 'timezone'],
  ])('refuses %j', (schedule, path) => {
    expect(scheduleFault(schedule)?.path).toBe(path);
  });

  it('accepts what comes round', () => {
    expect(scheduleFault({ cron: '0 6 * * 1-5', timezone: 'Europe/Berlin' })).toBeUndefined();
    expect(scheduleFault({ timezone: 'UTC' })).toBeUndefined();
  });
});
