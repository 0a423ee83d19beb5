import { retryAfter, timeOf } from './retry-after.ts';

describe('a Retry-After header', () => {
  const now = new Date('2026-11-30T12:00:00Z');

  it.each([
    ['10', 10],
    [' 0 ', 1],
    ['999999', 86_400],
    ['Mon, 30 Nov 2026 12:00:10 GMT', 10],
    ['Mon, 30 Nov 2026 13:00:00 GMT', 3600],
    ['Monday, 30-Nov-26 12:01:00 GMT', 60],
    ['Mon, 30 Nov 2026 11:00:00 GMT', 1],
    ['Tue, 30 Nov 2027 12:00:00 GMT', 86_400],
    ['soon', undefined],
    [undefined, undefined],
    [null, undefined],
  ])('%s is read as %s seconds', (header, seconds) => expect(retryAfter(header, now)).toBe(seconds));

  it('counts a Retry-After date from the time that the receiver states', () => {
    expect(timeOf({ date: 'Mon, 30 Nov 2026 11:50:00 GMT' }, now)).toEqual(new Date('2026-11-30T11:50:00Z'));
    expect(timeOf({}, now)).toBe(now);
    expect(timeOf(undefined, now)).toBe(now);
  });
});
