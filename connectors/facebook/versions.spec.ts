import { describe, expect, it } from '@jest/globals';
import { VERSIONS, versionPrerequisite } from './versions.ts';

describe('the versions of the Marketing API', () => {
  const on = (day: string, version: string, warning?: string) =>
    versionPrerequisite(version, new Date(`${day}T12:00:00Z`), warning);

  it('are in order, and end after they begin', () => {
    expect(VERSIONS.map(({ since }) => since)).toEqual(VERSIONS.map(({ since }) => since).sort());
    for (const { since, until } of VERSIONS) expect(until === undefined || until > since).toBe(true);
  });

  it('count down to an announced end, and fail after it', () => {
    expect(on('2026-01-01', 'v24.0')).toMatchObject({ ok: true, daysLeft: 277, detail: 'v24.0 works.' });
    expect(on('2026-09-06', 'v24.0')).toMatchObject({
      ok: true,
      daysLeft: 29,
      detail: 'v24.0 ends in 29 days. Set REACH_FACEBOOK_API_VERSION to v26.0.',
    });
    expect(on('2026-11-24', 'v24.0')).toMatchObject({
      ok: false,
      daysLeft: 0,
      detail: 'v24.0 ended on 2026-10-06. Set REACH_FACEBOOK_API_VERSION to v26.0.',
    });
  });

  it('have no end that is not announced, and Meta’s own warning is passed on', () => {
    const current = on('2026-11-24', 'v26.0', 'This version will be deprecated.');
    expect(current).toMatchObject({
      ok: true,
      detail: 'v26.0 works. Facebook warns: This version will be deprecated.',
    });
    expect(current.daysLeft).toBeUndefined();
    expect(on('2026-11-24', 'v31.0')).toMatchObject({ ok: true, detail: expect.stringContaining('not among') });
  });
});
