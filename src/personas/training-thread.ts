import { TrainingError } from '../models/errors.ts';
import type { TaskName, Tasks } from '../models/train.worker.ts';
import { runThread, type ThreadOptions, workerFile } from '../trainings/training-thread.ts';

const WORKER = workerFile('../models/train.worker', import.meta.url);

/** @throws TrainingError when the sample cannot give what is asked. */
export function runInThread<Name extends TaskName>(
  task: Name,
  request: Tasks[Name]['request'],
  options: ThreadOptions,
): Promise<Tasks[Name]['result']> {
  const refusal = (error: { code: string; detail: string; path?: string }) =>
    new TrainingError(error.code as TrainingError['code'], error.detail, error.path);
  return runThread(WORKER, { task, request }, options, refusal);
}
