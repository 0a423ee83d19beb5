import type { Allowance } from '../destination.ts';

/** Google counts ingestion writes, ingestion reads and everything else apart. */
export type Quota = 'write' | 'read' | 'other';

/** What Google allows a Cloud project. @see https://developers.google.com/data-manager/api/devguides/limits */
export const ALLOWANCES: Record<Quota, Allowance> = {
  write: { perMinute: 300, perDay: 100_000 },
  read: { perMinute: 300, perDay: 100_000 },
  other: { perMinute: 300, perDay: 50_000 },
};

/** Whose calls are counted together: the number before the dash of an OAuth client id is the Cloud project's. */
export const quotaName = (clientId: string, quota: Quota): string =>
  `google ${/^\d+(?=-)/.exec(clientId)?.[0] ?? clientId} ${quota}`;
