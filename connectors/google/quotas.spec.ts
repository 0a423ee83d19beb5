import { expect, it } from '@jest/globals';
import { ALLOWANCES, quotaName } from './quotas.ts';

it('counts by Cloud project and kind of call, whichever OAuth client of the project calls', () => {
  const name = quotaName('1055-abc.apps.googleusercontent.com', 'write');
  expect(quotaName('1055-xyz.apps.googleusercontent.com', 'write')).toBe(name);
  expect(quotaName('1055-abc.apps.googleusercontent.com', 'read')).not.toBe(name);
  expect(quotaName('2066-abc.apps.googleusercontent.com', 'write')).not.toBe(name);
});

it('allows what Google documents: 300 calls a minute, 100,000 a day to ingest', () => {
  expect(ALLOWANCES).toEqual({
    write: { perMinute: 300, perDay: 100_000 },
    read: { perMinute: 300, perDay: 100_000 },
    other: { perMinute: 300, perDay: 50_000 },
  });
});
