import { describe, expect, it } from '@jest/globals';
import { VERSIONS, versionPrerequisite } from './versions.ts';

describe('the versions of the Marketing API', () => {
  const on = (day: string, version: string, warning?: string) =>
    versionPrerequisite(version, new Date(`${day}T12:00:00Z`), warning);

  it('are in order, and end after they begin', () => {
    expect(VERSIONS.map(({ since }) => since)).toEqual(VERSIONS.map(({ since }) => since).sort());
    for (const { since, until } of VERSIONS) expect(until === undefined || until > since).toBe(true);
  });

  it('count down to an announced end, and fail from that day on', () => {
    expect(on('2026-11-30', 'v25.0')).toMatchObject({
      ok: true,
      daysLeft: 85,
      detail: 'v25.0 ends in 85 days. Set REACH_FACEBOOK_API_VERSION to v27.0.',
    });
    expect(on('2026-11-01', 'v25.0')).toMatchObject({
      ok: true,
      daysLeft: 114,
      detail: 'v25.0 works until 2027-02-23.',
    });
    expect(on('2027-02-22', 'v25.0')).toMatchObject({ ok: true, detail: expect.stringContaining('ends in 1 day.') });
    for (const [day, version, end] of [
      ['2026-11-30', 'v24.0', '2026-11-10'],
      ['2027-02-23', 'v25.0', '2027-02-23'],
    ] as const)
      expect(on(day, version)).toMatchObject({
        ok: false,
        daysLeft: 0,
        detail: `${version} ended on ${end}. Set REACH_FACEBOOK_API_VERSION to v27.0.`,
      });
  });

  it.each(['v26.0', 'v27.0'])('knows no end of %s', (version) => {
    const found = on('2026-11-30', version);
    expect(found).toMatchObject({ ok: true, detail: `${version} works.` });
    expect(found.daysLeft).toBeUndefined();
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
