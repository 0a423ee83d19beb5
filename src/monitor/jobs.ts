import { defineJob } from '../engines/jobs/job.ts';

/** Reads what a finished run of a monitor found. */
export const READ_MONITOR = defineJob<{ accountId: string; monitorId: string; runId: string }>('monitors.read', {
  attempts: 5,
});
