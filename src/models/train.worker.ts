import { parentPort, workerData } from 'node:worker_threads';
import { type DriftReport, type DriftRequest, measureDrift } from './drift.ts';
import { type EditRequest, editPersonas } from './edit.ts';
import { TrainingError } from './errors.ts';
import type { Review } from './review.ts';
import { type OnProgress, type TrainRequest, type TrainResult, train } from './train.ts';

/** What the thread can be asked for, and what it answers. */
export interface Tasks {
  train: { request: TrainRequest; result: TrainResult };
  edit: { request: EditRequest; result: Review };
  drift: { request: DriftRequest; result: DriftReport };
}
export type TaskName = keyof Tasks;

/** What the worker tells: progress on the way, then one result or one error. */
export type TaskMessage =
  | { progress: number; step: string }
  | { result: Tasks[TaskName]['result'] }
  | { error: { code: TrainingError['code']; detail: string; path?: string } };

const TASKS: { [Name in TaskName]: (request: Tasks[Name]['request'], tell: OnProgress) => Tasks[Name]['result'] } = {
  train,
  edit: editPersonas,
  drift: measureDrift,
};

const tell = (message: TaskMessage) => parentPort?.postMessage(message);

try {
  const { task, request } = workerData as { task: TaskName; request: never };
  tell({ result: TASKS[task](request, (progress, step) => tell({ progress, step })) });
} catch (error) {
  if (!(error instanceof TrainingError)) throw error;
  tell({ error: { code: error.code, detail: error.message, path: error.path } });
}
