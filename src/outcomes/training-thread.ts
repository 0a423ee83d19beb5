import { OutcomeError } from '../models/outcomes/errors.ts';
import type { OutcomeRequest, OutcomeResult } from '../models/outcomes/train.ts';
import { runThread, type ThreadOptions, workerFile } from '../trainings/training-thread.ts';

const WORKER = workerFile('../models/outcomes/train.worker', import.meta.url);

/** @throws OutcomeError when the sample cannot give a model. */
export function runOutcomeThread(request: OutcomeRequest, options: ThreadOptions): Promise<OutcomeResult> {
  const refusal = (error: { code: string; detail: string; path?: string }) =>
    new OutcomeError(error.code as OutcomeError['code'], error.detail, error.path);
  return runThread(WORKER, request, options, refusal);
}
