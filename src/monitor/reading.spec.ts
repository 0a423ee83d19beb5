import { type Basis, driftBetween, readingOf, sameBasis } from './reading.ts';

const told = (persona: string) => ['in', `persona=${persona}`];
const row = (action: string, now: string | null, before: string | null, contacts: number) => ({
  action,
  told: now === null ? [] : told(now),
  previous: before === null ? [] : told(before),
  contacts,
});

describe('a reading', () => {
  const reading = readingOf([
    row('add', 'p1', null, 10),
    row('change', 'p2', 'p1', 4),
    row('change', '', 'p1', 1),
    row('unchanged', 'p1', 'p1', 80),
    row('refresh', 'p2', 'p2', 5),
    row('remove', null, 'p2', 3),
    row('withheld', 'p1', null, 2),
    row('refused', 'p1', null, 7),
  ]);

  it('counts changes by kind', () => {
    expect(reading.counts).toEqual({ entered: 10, moved: 5, left: 3, unchanged: 85, withheld: 2 });
    expect(reading.members).toBe(100);
  });

  it('shows who moved where, the most first', () => {
    expect(reading.moves).toEqual([
      { of: 'persona', from: 'p1', to: 'p2', contacts: 4 },
      { of: 'persona', from: 'p1', to: '', contacts: 1 },
    ]);
  });

  it('has the shares of those who are in', () => {
    expect(reading.shares).toEqual({ persona: { p1: 0.9, p2: 0.09, '': 0.01 } });
  });

  it('of nobody has no shares, and has not drifted', () => {
    const empty = readingOf([]);
    expect(empty).toMatchObject({ members: 0, shares: {} });
    expect(driftBetween(reading, empty)).toEqual({});
  });
});

describe('drift', () => {
  const of = (p1: number, p2: number) =>
    readingOf([row('unchanged', 'p1', 'p1', p1), row('unchanged', 'p2', 'p2', p2)]);

  it('is none between equals', () =>
    expect(driftBetween(of(5, 5), of(50, 50)).persona).toMatchObject({ psi: 0, band: 'stable' }));

  it('is the stability index of the shares', () => {
    const expected = (0.9 - 0.5) * Math.log(0.9 / 0.5) + (0.1 - 0.5) * Math.log(0.1 / 0.5);
    expect(driftBetween(of(5, 5), of(9, 1)).persona!.psi).toBeCloseTo(expected, 12);
    expect(driftBetween(of(5, 5), of(9, 1)).persona!.band).toBe('major');
  });

  it('is not measured of what the baseline did not tell', () => {
    const other = readingOf([{ action: 'add', told: ['in', 'buy_band=high'], previous: [], contacts: 1 }]);
    expect(driftBetween(of(5, 5), other)).toEqual({});
  });
});

describe('shares', () => {
  const bands = [
    { name: 'high', from: 80 },
    { name: 'low', from: 0 },
  ];
  const basis: Basis = { personaSetId: 'pst_1', outcomes: [{ outcomeId: 'out_1', as: 'buy', bands }] };
  const by = (part: object): Basis => ({ ...basis, outcomes: [{ ...basis.outcomes[0]!, ...part }] });

  it('compare where personas and bands are the same, in whatever order', () =>
    expect(sameBasis(basis, by({ bands: bands.toReversed() }))).toBe(true));

  it.each<[string, Basis | undefined]>([
    ['other personas', { ...basis, personaSetId: 'pst_2' }],
    ['no outcome', { ...basis, outcomes: [] }],
    ['another outcome', by({ outcomeId: 'out_2' })],
    ['a band that begins elsewhere', by({ bands: [{ name: 'high', from: 90 }, bands[1]!] })],
    ['a band of another name', by({ bands: [{ name: 'top', from: 80 }, bands[1]!] })],
    ['nothing known', undefined],
  ])('do not compare with %s', (_, other) => expect(sameBasis(basis, other)).toBe(false));
});
