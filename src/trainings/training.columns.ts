import { doublePrecision, jsonb, text, timestamp } from 'drizzle-orm/pg-core';

export type TrainingStatus = 'new' | 'starting' | 'running' | 'ready' | 'error';

/** Why a training gave nothing; `code` is stable, `detail` says what to do. */
export interface TrainingStatusError {
  code: string;
  detail: string;
  /** Place in the request that caused it, e.g. `traits[2]`. */
  path?: string;
}

/** Columns of a trained version: where its training is. */
export const stateColumns = () => ({
  status: text('status').$type<TrainingStatus>().notNull(),
  statusError: jsonb('status_error').$type<TrainingStatusError>(),
  /** 0 to 1, and what is being done. */
  progress: doublePrecision('progress').notNull().default(0),
  step: text('step').notNull().default(''),
});

/** Columns of a trained version: who trains it, and when that one was last heard of, or the training last queued again. */
export const claimColumns = () => ({
  claim: text('claim'),
  heardAt: timestamp('heard_at', { withTimezone: true }),
});
