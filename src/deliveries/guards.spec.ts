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
      counts: { ...NO_COUNTS, removals: counts.removes ?? 0, ...counts },
      bound: true,
      unusable: false,
    },
  ],
  memberFloor: 100,
  namesAreReviewed: true,
  now: new Date('2026-05-02T00:00:00Z'),
  newestInputAt: new Date('2026-05-01T00:00:00Z'),
  audienceCap: null,
  ...rest,
});
const codes = (value: GuardInput) => holdReasons(value).map(({ code }) => code);

describe('guards', () => {
  it.each([
    ['an ordinary day', input({ adds: 5, removes: 5, unchanged: 995 }), []],
    ['the first run', input({ adds: 5000 }), []],
    ['exactly the limit', input({ removes: 300, unchanged: 700 }), []],
    ['one above the limit', input({ removes: 301, unchanged: 699 }), ['removal_share']],
    [
      'outdated keys above the limit',
      input({ changes: 400, outdated: 301, removals: 301, unchanged: 600 }),
      ['removal_share'],
    ],
    ['everyone gone', input({ removes: 1000 }), ['removal_share']],
    ['everyone gone, guard off', input({ removes: 1000 }, { maxRemovalShare: null }), []],
    ['sudden growth', input({ adds: 600, unchanged: 1000 }, { maxGrowthShare: 0.5 }), ['growth_share']],
    ['a persona below the floor', input({ adds: 99 }), ['platform_floor']],
    ['a persona at the floor', input({ adds: 100 }), []],
    ['below the floor, but nothing to send', input({ unchanged: 50 }), []],
    ['an emptied retired persona', input({ removes: 20 }, { maxRemovalShare: null }), []],
    ['old input', input({ adds: 200 }, { maxInputAgeHours: 23 }), ['stale_input']],
    ['fresh input', input({ adds: 200 }, { maxInputAgeHours: 25 }), []],
    ['no input at all', input({ adds: 200 }, { maxInputAgeHours: 25 }, { newestInputAt: null }), ['stale_input']],
  ])('%s', (_, value, expected) => {
    expect(codes(value)).toEqual(expected);
  });

  it('holds a new audience when the account has no room, and not when nothing new is needed', () => {
    const full = { audienceCap: { detail: '500 of 500 audiences are in use.', room: 0 } };
    const fresh = input({ adds: 200 }, {}, full);
    fresh.segments[0]!.bound = false;
    expect(codes(fresh)).toEqual(['audience_cap']);
    expect(codes(input({ adds: 200 }, {}, full))).toEqual([]);
  });

  it('hold a segment of which no member can be sent, whatever else is switched off', () => {
    const off = { maxRemovalShare: null, platformFloor: false, sensitiveWords: false };
    const value = input({ adds: 12 }, off);
    value.segments[0]!.unusable = true;
    expect(holdReasons(value)).toEqual([
      { code: 'nothing_usable', segment: 'p1', text: expect.stringContaining('none of the 12 members') },
    ]);
  });

  it.each([
    [6, { room: 2 }, 'The run needs 6 new remote audiences and there is room for 2: 498 of 500 exist.'],
    [3, { room: 2 }, 'The run needs 3 new remote audiences and there is room for 2: 498 of 500 exist.'],
    [1, { room: 0 }, 'The run needs 1 new remote audience and there is room for 0: 498 of 500 exist.'],
    [2, { room: 2 }, undefined],
    [6, {}, undefined],
  ])('sets %i new audiences against the room %j', (needed, found, expected) => {
    const audienceCap = { detail: '498 of 500 exist.', ...found };
    const value = input({ adds: 200 }, {}, { audienceCap });
    const [known] = value.segments;
    value.segments.push(...Array.from({ length: needed }, (_, n) => ({ ...known!, key: `n${n}`, bound: false })));
    expect(holdReasons(value)[0]?.text).toBe(expected);
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
