import { defineJob } from '../engines/jobs/job.ts';

/** Does whatever is left of an erasure. */
export const ERASE = defineJob<{ erasureId: string }>('erasure.carry-out', { concurrency: 1 });
