/** Hours from UTC of the zones that people write by letters. Those that mean several places (IST) are not among them. */
const ZONES: Record<string, number> = {
  z: 0,
  utc: 0,
  gmt: 0,
  wet: 0,
  west: 1,
  bst: 1,
  cet: 1,
  cest: 2,
  mez: 1,
  mesz: 2,
  eet: 2,
  eest: 3,
  msk: 3,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  jst: 9,
  aest: 10,
  aedt: 11,
};
const OFFSET = /^(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?$/i;
const HOUR_MS = 3_600_000;

/**
 * Milliseconds by which a zone is ahead of UTC: `Z`, `UTC`, `+01:00`, `+0100`, `+01`, `GMT+1`, `CEST`; 0 without one.
 * Nothing for a zone that is not known: the moment would be wrong by hours.
 */
export function zoneOffset(zone: string | undefined): number | undefined {
  if (!zone) return 0;
  const [, sign, hours, minutes = '0'] = OFFSET.exec(zone) ?? [];
  if (!sign) {
    const known = ZONES[zone.toLowerCase()];
    return known === undefined ? undefined : known * HOUR_MS;
  }
  const offset = Number(hours) * HOUR_MS + Number(minutes) * 60_000;
  return sign === '-' ? -offset : offset;
}
