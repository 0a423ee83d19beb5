import { defineJob } from '../engines/jobs/job.ts';

/** Trains one version of a persona set. One at a time in a process; it records its own failure. */
export const TRAIN_PERSONAS = defineJob<{ versionId: string }>('personas.train');

/** Finishes the publication of a version whose process died after it went live; else does nothing. */
export const FINISH_PUBLISHING = defineJob<{ accountId: string; versionId: string }>('personas.finish-publishing', {
  attempts: 3,
});

/** Assigns everyone again by the published version. `at` (ms) names the attempt, so that repeating it changes nothing. */
export const ASSIGN_PERSONAS = defineJob<{ accountId: string; setId: string; at: number }>('personas.assign', {
  attempts: 3,
});
