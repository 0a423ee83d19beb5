import type { AccountId } from '../accounts/auth.ts';
import { defineJob } from '../engines/jobs/job.ts';

/** Counts audiences again: those named, or all of the account. */
export const recountAudiences = defineJob<{ accountId: AccountId; audienceIds?: string[] }>('audiences.recount', {
  attempts: 3,
});
