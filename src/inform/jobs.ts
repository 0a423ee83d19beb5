import { defineJob } from '../engines/jobs/job.ts';

/** Tries to deliver one push; it keeps its own record of tries. */
export const PUSH_RESULT = defineJob<{ pushId: string }>('inform.push', { concurrency: 4 });

/** Scores the contacts of events that a trigger waits for. */
export const FIRE_TRIGGER = defineJob<{
  accountId: string;
  triggerId: string;
  events: { id: string; contactId: string; reference?: string }[];
}>('inform.trigger', { concurrency: 2, attempts: 5 });
