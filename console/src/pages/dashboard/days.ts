/** Whose days are meant: the zone of the browser. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Today, `YYYY-MM-DD`. */
export const today = (): string => new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(new Date());

export const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);
