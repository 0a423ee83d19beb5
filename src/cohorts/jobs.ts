import type { AccountId } from '../accounts/auth.ts';
import { defineJob } from '../engines/jobs/job.ts';

/** Counts cohorts again: those named, or all of the account. */
export const recountCohorts = defineJob<{ accountId: AccountId; cohortIds?: string[] }>('cohorts.recount', {
  attempts: 3,
});
