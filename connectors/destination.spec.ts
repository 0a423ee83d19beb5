import { describe, expect, it } from '@jest/globals';
import { clockPrerequisite, skewOf } from './clock-skew.ts';
import { replacementPays } from './destination.ts';

describe('replacing in place of changing', () => {
  const capabilities = { batchSize: 10, replacing: { mostWeight: 1000, whenCheaper: true, sweeps: false } };

  it.each([
    [{ adds: 50, removes: 60, whole: 90 }, true, 'fewer batches'],
    [{ adds: 50, removes: 60, whole: 110 }, false, 'as many batches'],
    [{ adds: 0, removes: 100, whole: 20 }, true, 'most people leave'],
    [{ adds: 90, removes: 0, whole: 30 }, false, 'nobody leaves'],
    [{ adds: 0, removes: 100, whole: 0 }, false, 'nobody is left'],
    [{ adds: 9000, removes: 9000, whole: 1001 }, false, 'more than fits'],
  ])('%j: %s, %s', (change, expected) => {
    expect(replacementPays(capabilities, change)).toBe(expected);
  });

  it('is never chosen where it is not declared, or only for a resync', () => {
    const change = { adds: 50, removes: 60, whole: 20 };
    expect(replacementPays({ batchSize: 10 }, change)).toBe(false);
    expect(replacementPays({ batchSize: 10, replacing: { whenCheaper: false, sweeps: true } }, change)).toBe(false);
    expect(replacementPays({ batchSize: 10, replacing: { whenCheaper: true, sweeps: false } }, change)).toBe(true);
  });
});

describe('the clock of a platform', () => {
  const now = new Date('2026-11-24T10:00:00Z');

  it.each([
    ['Tue, 24 Nov 2026 09:59:30 GMT', true, 'Within 30 s of Meta.'],
    ['Tue, 24 Nov 2026 09:50:00 GMT', false, 'The clock of this machine is 600 s ahead of Meta. Set it right.'],
    ['Tue, 24 Nov 2026 10:10:00 GMT', false, 'The clock of this machine is 600 s behind Meta. Set it right.'],
    ['nonsense', true, 'Meta does not say what time it is.'],
    [undefined, true, 'Meta does not say what time it is.'],
  ])('%s', (header, ok, detail) => {
    expect(clockPrerequisite(skewOf(header, now), 'Meta')).toMatchObject({ name: 'clock', ok, detail });
  });
});
