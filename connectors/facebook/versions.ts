import type { Prerequisite } from '../destination.ts';

const DAY_MS = 86_400_000;
/** A version that ends within this many days is worth a word. */
const WARN_DAYS = 90;
const CHANGELOG = 'https://developers.facebook.com/docs/graph-api/changelog/versions';

/**
 * Versions of the Marketing API. The end of the newer ones is not announced yet; Meta announces it in advance, and
 * answers carry `X-Ad-Api-Version-Warning` then.
 * @see https://developers.facebook.com/documentation/ads-commerce/marketing-api/marketing-api-changelog/versions
 */
export const VERSIONS: { version: string; since: string; until?: string }[] = [
  { version: 'v24.0', since: '2025-10-08', until: '2026-11-10' },
  { version: 'v25.0', since: '2026-02-18', until: '2027-02-23' },
  { version: 'v26.0', since: '2026-07-29' },
  { version: 'v27.0', since: '2026-11-04' },
];

/** What is known of a version's end. `warning` is what Meta itself says. */
export function versionPrerequisite(version: string, now: Date, warning?: string): Prerequisite {
  const known = VERSIONS.find((row) => row.version === version);
  const newest = VERSIONS.at(-1)!.version;
  const today = Date.parse(now.toISOString().slice(0, 10));
  const days = known?.until === undefined ? undefined : Math.round((Date.parse(known.until) - today) / DAY_MS);
  const change = `Set REACH_FACEBOOK_API_VERSION to ${newest}.`;
  const ended = days !== undefined && days <= 0;
  const told = ended
    ? `${version} ended on ${known?.until}. ${change}`
    : days !== undefined && days < WARN_DAYS
      ? `${version} ends in ${days} ${days === 1 ? 'day' : 'days'}. ${change}`
      : known
        ? `${version} works${known.until ? ` until ${known.until}` : ''}.`
        : `${version} works, but is not among the versions that Reach was tested with.`;
  return {
    name: 'api-version',
    title: 'API version is supported',
    ok: !ended,
    detail: warning ? `${told} Facebook warns: ${warning}` : told,
    url: CHANGELOG,
    ...(days !== undefined ? { daysLeft: Math.max(0, days) } : {}),
  };
}
