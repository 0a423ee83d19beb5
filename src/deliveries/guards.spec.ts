import { DEFAULT_GUARDS, type GuardInput, type GuardSettings, holdReasons, sensitiveWord } from './guards.ts';
import { NO_COUNTS, type SegmentCounts } from './states.ts';

const input = (
  counts: Partial<SegmentCounts>,
  guards: Partial<GuardSettings> = {},
  rest: Partial<GuardInput> = {},
): GuardInput => ({
  guards: { ...DEFAULT_GUARDS, ...guards },
  segments: [
    {
      key: 'p1',
      persona: 'Loyal',
      name: 'Spring – Loyal',
      description: 'Long-standing customers.',
      counts: { ...NO_COUNTS, ...counts },
      bound: true,
    },
  ],
  splitByPersona: true,
  memberFloor: 100,
  namesAreReviewed: true,
  now: new Date('2026-05-02T00:00:00Z'),
  newestInputAt: new Date('2026-05-01T00:00:00Z'),
  audienceCapFault: null,
  ...rest,
});
const codes = (value: GuardInput) => holdReasons(value).map(({ code }) => code);

describe('guards', () => {
  it.each([
    ['an ordinary day', input({ adds: 5, removes: 5, unchanged: 995 }), []],
    ['the first run', input({ adds: 5000 }), []],
    ['exactly the limit', input({ removes: 300, unchanged: 700 }), []],
    ['one above the limit', input({ removes: 301, unchanged: 699 }), ['removal_share']],
    ['everyone gone', input({ removes: 1000 }), ['removal_share']],
    ['everyone gone, guard off', input({ removes: 1000 }, { maxRemovalShare: null }), []],
    ['sudden growth', input({ adds: 600, unchanged: 1000 }, { maxGrowthShare: 0.5 }), ['growth_share']],
    ['a persona below the floor', input({ adds: 99 }), ['platform_floor']],
    ['a persona at the floor', input({ adds: 100 }), []],
    ['below the floor, but nothing to send', input({ unchanged: 50 }), []],
    ['below the floor without a split', input({ adds: 99 }, {}, { splitByPersona: false }), []],
    ['an emptied retired persona', input({ removes: 20 }, { maxRemovalShare: null }), []],
    ['old input', input({ adds: 200 }, { maxInputAgeHours: 23 }), ['stale_input']],
    ['fresh input', input({ adds: 200 }, { maxInputAgeHours: 25 }), []],
    ['no input at all', input({ adds: 200 }, { maxInputAgeHours: 25 }, { newestInputAt: null }), ['stale_input']],
  ])('%s', (_, value, expected) => {
    expect(codes(value)).toEqual(expected);
  });

  it('holds a new audience when the account has no room, and not when nothing new is needed', () => {
    const full = { audienceCapFault: '500 of 500 audiences are in use.' };
    const fresh = input({ adds: 200 }, {}, full);
    fresh.segments[0]!.bound = false;
    expect(codes(fresh)).toEqual(['audience_cap']);
    expect(codes(input({ adds: 200 }, {}, full))).toEqual([]);
  });

  it.each(['Diabetes patients', 'bad credit families', 'People in debt', 'Cancer survivors', 'Anxiety help seekers'])(
    'reads "%s" as a hint',
    (name) => {
      expect(sensitiveWord(name)).toBeTruthy();
      const value = input({ adds: 200 });
      value.segments[0]!.name = name;
      expect(codes(value)).toEqual(['sensitive_name']);
      expect(codes({ ...value, namesAreReviewed: false })).toEqual([]);
    },
  );

  it.each([
    'Loyal fiber customers',
    'Streaming households',
    'Credit card (automatic)',
    'Collectors',
    'Medici fans',
    'Aidsworth',
  ])('reads "%s" as harmless', (name) => {
    expect(sensitiveWord(name)).toBeUndefined();
  });

  it('says what is wrong in numbers', () => {
    expect(holdReasons(input({ removes: 400, unchanged: 600 }))[0]?.text).toBe(
      'Loyal: 400 of 1,000 members (40 %) would be removed; the limit is 30 %.',
    );
  });
});
