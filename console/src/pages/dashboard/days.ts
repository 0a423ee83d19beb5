/** Whose days are meant: the zone of the browser. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Today, `YYYY-MM-DD`. */
export const today = (): string => new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(new Date());

/** The first day of the month so many months ago. */
export function monthsAgo(months: number): string {
  const [year, month] = today().split('-').map(Number);
  return new Date(Date.UTC(year!, month! - 1 - months, 1)).toISOString().slice(0, 10);
}
