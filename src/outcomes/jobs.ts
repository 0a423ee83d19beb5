import { defineJob } from '../engines/jobs/job.ts';

/** Trains one version of an outcome. One at a time in a process; it records its own failure. */
export const TRAIN_OUTCOME = defineJob<{ versionId: string }>('outcomes.train');

/** Finishes the publication of a version whose process died after it went live; else does nothing. */
export const FINISH_PUBLISHING = defineJob<{ accountId: string; versionId: string }>('outcomes.finish-publishing', {
  attempts: 3,
});

/** Scores everyone again by the published version. `at` (ms) names the attempt. */
export const SCORE_OUTCOME = defineJob<{ accountId: string; outcomeId: string; at: number }>('outcomes.score', {
  attempts: 3,
});
