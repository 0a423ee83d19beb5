import { defineJob } from '../engines/jobs/job.ts';

/** Takes the snapshot of a run and lays out its uploads. */
export const PLAN_RUN = defineJob<{ runId: string }>('deliveries.plan', { concurrency: 2 });
/** Sends one upload: one segment, one direction. */
export const SEND_UPLOAD = defineJob<{ uploadId: string }>('deliveries.send', { concurrency: 3 });
/** Asks the platform what became of an upload. */
export const CONFIRM_UPLOAD = defineJob<{ uploadId: string }>('deliveries.confirm', { concurrency: 3 });
