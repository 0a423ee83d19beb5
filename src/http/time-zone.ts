/**
 * A time zone under its usual name in the IANA database, whatever its case; nothing for other names and for offsets such as
 * `+02:00`, which know no summer time.
 */
export function timeZoneNamed(name: string): string | undefined {
  try {
    const zone = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return /^[+-]/.test(zone) ? undefined : zone;
  } catch {
    return undefined;
  }
}
