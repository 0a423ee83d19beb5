import { describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '../errors.ts';
import { type GraphErrorBody, toDestinationError } from './errors.ts';

/** What Meta documents of each code, and what has to follow from it. */
const DOCUMENTED: [about: string, error: GraphErrorBody, status: number, code: ErrorCode][] = [
  ['an edge or proxy failed', {}, 502, 'transient'],
  ['any code that Meta calls passing', { code: 100, is_transient: true }, 400, 'transient'],
  ['negative codes', { code: -2 }, 400, 'transient'],
  ['unknown error', { code: 1 }, 500, 'transient'],
  ['reduce the amount of data', { code: 1, message: 'Please reduce the amount of data' }, 500, 'transient'],
  ['service unavailable', { code: 2 }, 500, 'transient'],
  ['internal error', { code: 5000 }, 500, 'transient'],
  ['app rate limit', { code: 4 }, 400, 'throttled'],
  ['user rate limit', { code: 17 }, 400, 'throttled'],
  ['user rate limit, named', { code: 17, error_subcode: 2446079 }, 400, 'throttled'],
  ['page rate limit', { code: 32 }, 400, 'throttled'],
  ['custom rate limit', { code: 613 }, 400, 'throttled'],
  ['inconsistent volume', { code: 613, error_subcode: 1996 }, 400, 'throttled'],
  ['custom audience limit', { code: 80003, error_subcode: 2446079 }, 400, 'throttled'],
  ['blocked for a while', { code: 368 }, 400, 'throttled'],
  ['blocked for a while', { code: 1404078 }, 400, 'throttled'],
  ['blocked for a while', { code: 2859015 }, 400, 'throttled'],
  ['update in progress', { code: 2650, error_subcode: 1870145 }, 400, 'throttled'],
  ['partly replaced', { code: 2650, error_subcode: 1870148 }, 400, 'transient'],
  ['90 minutes are over', { code: 2650, error_subcode: 1870158 }, 400, 'config'],
  ['no first batch', { code: 2650, error_subcode: 1870147 }, 400, 'config'],
  ['session finished', { code: 2650, error_subcode: 1870159 }, 400, 'config'],
  ['100 million people', { code: 2650, error_subcode: 1870144 }, 400, 'config'],
  ['another data source', { code: 2650 }, 400, 'config'],
  ['invalid parameter', { code: 100 }, 400, 'payload'],
  ['does not exist', { code: 100, error_subcode: 33 }, 400, 'audience-missing'],
  ['invalid audience parameter', { code: 100, error_subcode: 1713098 }, 400, 'payload'],
  ['cannot be edited', { code: 100, error_subcode: 1713228 }, 400, 'policy'],
  ['upload blocked', { code: 100, error_subcode: 1713230 }, 400, 'policy'],
  ['restricted fields', { code: 100, error_subcode: 1713231 }, 400, 'policy'],
  ['no lookalike of a flagged one', { code: 100, error_subcode: 1713232 }, 400, 'policy'],
  ['too many parameters', { code: 105 }, 400, 'payload'],
  ['missing parameter', { code: 194 }, 400, 'payload'],
  ['token invalid', { code: 190 }, 401, 'auth'],
  ['token invalid, the password changed', { code: 190, error_subcode: 460 }, 401, 'auth'],
  ['session invalid', { code: 102 }, 401, 'auth'],
  ['bad signature', { code: 104 }, 400, 'auth'],
  ['permission denied', { code: 10 }, 403, 'config'],
  ['permission', { code: 200 }, 403, 'config'],
  ['access tier', { code: 270 }, 400, 'config'],
  ['ads_management missing', { code: 294 }, 400, 'config'],
  ['account not in a business', { code: 200, error_subcode: 1870050 }, 403, 'config'],
  ['terms', { code: 200, error_subcode: 1870034 }, 403, 'policy'],
  ['terms', { code: 200, error_subcode: 1870090 }, 403, 'policy'],
  ['terms', { code: 2663 }, 400, 'policy'],
  ['corporate terms', { code: 2664 }, 400, 'policy'],
  ['removal leaves too few', { code: 200, error_subcode: 1870047 }, 403, 'policy'],
  ['cannot create', { code: 2654 }, 400, 'config'],
  ['no write permission', { code: 2654, error_subcode: 1713092 }, 400, 'config'],
  ['has lookalikes', { code: 2656 }, 400, 'config'],
  ['version expired', { code: 2635 }, 400, 'config'],
];

describe('the documented errors', () => {
  const meaning = (error: GraphErrorBody, status: number) =>
    toDestinationError(error, status, { adAccountId: '42', quote: (text) => text });

  it.each(DOCUMENTED)('%s %j, status %i: %s', (_, error, status, code) => {
    expect(meaning(error, status).code).toBe(code);
  });

  it('lead people to where the terms are accepted', () => {
    for (const error of [{ code: 200, error_subcode: 1870034 }, { code: 200, error_subcode: 1870090 }, { code: 2663 }])
      expect(meaning(error, 400).url).toBe('https://business.facebook.com/ads/manage/customaudiences/tos/?act=42');
  });

  it('wait where waiting helps, as long as Meta says or else long enough', () => {
    const throttled = DOCUMENTED.filter(([, , , code]) => code === 'throttled');
    for (const [, error, status] of throttled)
      expect(meaning(error, status).retryAfterSeconds).toBeGreaterThanOrEqual(60);
    const blocked = meaning({ code: 368 }, 400);
    expect(blocked.retryAfterSeconds).toBe(1800);
    const told = toDestinationError({ code: 80003 }, 400, {
      adAccountId: '42',
      retryAfterSeconds: 900,
      quote: (text) => text,
    });
    expect(told.retryAfterSeconds).toBe(900);
  });

  it.each([
    [undefined, /refused the proof of the app secret/],
    [600_000, /The clock of this machine is 600 s ahead: set it right\./],
    [-600_000, /The clock of this machine is 600 s behind: set it right\./],
    [2_000, /The clock agrees with that of Facebook, so the secret is wrong/],
  ])('tell a wrong app secret from a wrong clock that is %s ms ahead', (skewMs, text) => {
    for (const code of [100, 104]) {
      const body = { code, message: 'Invalid appsecret_proof provided in the API argument' };
      const error = toDestinationError(body, 400, { adAccountId: '42', quote: (words) => words, skewMs });
      expect([error.code, error.message]).toEqual(['auth', expect.stringMatching(text)]);
      expect(error.message).not.toMatch(/requires proof/);
    }
  });

  it('ask for the app secret where a call had no proof', () => {
    const body = { code: 100, message: 'API calls from the server require an appsecret_proof argument' };
    expect(meaning(body, 400)).toMatchObject({ code: 'config', vendorCode: '100/proof' });
  });

  it('wait after a 429 whatever it holds', () => {
    for (const body of [{}, { code: 100 }, { code: 4 }])
      expect(toDestinationError(body, 429, { adAccountId: '42', retryAfterSeconds: 10, quote: String })).toMatchObject({
        code: 'throttled',
        retryAfterSeconds: 10,
      });
    expect(meaning({}, 429)).toMatchObject({ code: 'throttled', retryAfterSeconds: 300 });
  });
});
