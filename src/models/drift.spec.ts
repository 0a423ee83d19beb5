import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DRIFT_BANDS, driftOf, measureDrift, stabilityIndex } from './drift.ts';
import { seededRandom } from './random.ts';
import type { Table } from './table.ts';
import { train } from './train.ts';

const shares = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 8 })
  .filter((counts) => counts.some((count) => count > 0))
  .map((counts) => counts.map((count) => count / counts.reduce((sum, each) => sum + each)));

describe('the population stability index', () => {
  it('is what its formula says, worked by hand', () => {
    // (0.6 − 0.5) ln(0.6 ÷ 0.5) + (0.4 − 0.5) ln(0.4 ÷ 0.5)
    expect(stabilityIndex([0.5, 0.5], [0.6, 0.4])).toBeCloseTo(0.0182321557 + 0.0223143551, 9);
    // 0.4 ln 5 + −0.4 ln(5 ÷ 9)
    expect(stabilityIndex([0.1, 0.9], [0.5, 0.5])).toBeCloseTo(0.6437751649 + 0.235114666, 9);
  });

  it('is 0 for equal shares, never negative, and the same both ways', () => {
    fc.assert(
      fc.property(shares, shares, (a, b) => {
        const now = a.map((_, i) => b[i] ?? 0);
        expect(stabilityIndex(a, a)).toBe(0);
        expect(stabilityIndex(a, now)).toBeGreaterThanOrEqual(0);
        expect(stabilityIndex(a, now)).toBeCloseTo(stabilityIndex(now, a), 9);
        expect(Number.isFinite(stabilityIndex(a, now))).toBe(true);
      }),
    );
  });

  it('sees a trait move whose values differ by little', () => {
    const random = seededRandom(5);
    const at = (from: number): Table => ({
      size: 2000,
      columns: [
        {
          trait: 'latitude',
          type: 'number',
          values: Float64Array.from({ length: 2000 }, () => from + random.next() / 250),
        },
        {
          trait: 'visits',
          type: 'number',
          values: Float64Array.from({ length: 2000 }, (_, i) => (i % 2) * 9 + random.next()),
        },
      ],
    });
    const { model, quality, personas } = train({ table: at(51.5), seed: 1, k: 2 });
    const [{ profile }] = personas as [(typeof personas)[number]];
    const moved = measureDrift({ model, shares: quality.shares, profile, table: at(51.52) });
    const latitude = moved.traits.find(({ trait }) => trait === 'latitude')!;
    expect(latitude.band).toBe('major');
    expect(new Set(latitude.bins.map(({ label }) => label)).size).toBe(5);
    expect(moved.traits.find(({ trait }) => trait === 'visits')!.band).toBe('stable');
  });

  it.each([
    [0.5, 'stable'],
    [0.36, 'stable'],
    [0.3, 'moderate'],
    [0.2, 'major'],
    [0, 'major'],
  ])('reads a half that became %s as %s', (now, band) => {
    const bins = [
      { label: 'a', before: 0.5, now },
      { label: 'b', before: 0.5, now: 1 - now },
    ];
    expect(driftOf(bins).band).toBe(band);
    expect(DRIFT_BANDS.map(({ below }) => below)).toEqual([0.1, 0.25, Number.POSITIVE_INFINITY]);
  });
});

function contacts(
  size: number,
  options: { shift?: number; city?: string; missing?: boolean; one?: number } = {},
): Table {
  const random = seededRandom(3);
  const group = Array.from({ length: size }, () => (random.next() < (options.one ?? 0.5) ? 1 : 0));
  const { shift = 0, city = 'Paris', missing = false } = options;
  return {
    size,
    columns: [
      { trait: 'spend', type: 'number', values: Float64Array.from(group, (g) => g * 50 + random.next() * 10) },
      { trait: 'visits', type: 'number', values: Float64Array.from(group, () => random.next() * 10 + shift) },
      { trait: 'vip', type: 'boolean', values: Float64Array.from(group, (g) => (missing ? Number.NaN : g)) },
      { trait: 'city', type: 'category', values: group.map(() => (random.next() < 0.5 ? city : 'Lyon')) },
    ],
  };
}

describe('drift of contacts since a training', () => {
  const { model, quality, personas } = train({ table: contacts(2000), seed: 1, k: 2 });
  const since = (table: Table) => measureDrift({ model, shares: quality.shares, profile: personas[0]!.profile, table });
  const trait = (table: Table, name: string) => since(table).traits.find(({ trait }) => trait === name)!;

  it('is none on the contacts that were trained on', () => {
    const { personas: all, traits } = since(contacts(2000));
    for (const { psi, bins } of [all, ...traits]) {
      expect(psi).toBeCloseTo(0, 9);
      expect(bins.reduce((sum, { now }) => sum + now, 0)).toBeCloseTo(1);
    }
  });

  it('is major for a number that moved, beyond the old bands too, and the first in the list', () => {
    const moved = contacts(2000, { shift: 100 });
    expect(trait(moved, 'visits').band).toBe('major');
    expect(since(moved).traits[0]!.trait).toBe('visits');
    expect(trait(moved, 'spend').band).toBe('stable');
  });

  it('counts values that nobody had as other, and lost ones as unknown', () => {
    const other = trait(contacts(2000, { city: 'Nice' }), 'city');
    expect(other.bins.find(({ label }) => label === 'other')).toMatchObject({ before: 0, now: expect.closeTo(0.5, 1) });
    const lost = trait(contacts(2000, { missing: true }), 'vip');
    expect(lost).toMatchObject({ band: 'major' });
    expect(lost.bins.find(({ label }) => label === 'unknown')).toMatchObject({ before: 0, now: 1 });
  });

  it('tells how the shares of the personas moved', () => {
    const { personas: shifted } = since(contacts(2000, { one: 0.8 }));
    expect(shifted.band).toBe('major');
    expect(Math.max(...shifted.bins.map(({ now }) => now))).toBeCloseTo(0.8, 1);
  });

  it('leaves out a trait that is no more', () => {
    const table = contacts(100);
    const { traits } = since({ ...table, columns: table.columns.slice(0, 3) });
    expect(traits.map(({ trait }) => trait).sort()).toEqual(['spend', 'vip', 'visits']);
  });
});
