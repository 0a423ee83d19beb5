import { parentPort, workerData } from 'node:worker_threads';
import { TrainingError } from './errors.ts';
import { type TrainRequest, type TrainResult, train } from './train.ts';

/** What the worker tells: progress on the way, then one result or one error. */
export type TrainMessage =
  | { progress: number; step: string }
  | { result: TrainResult }
  | { error: { code: TrainingError['code']; detail: string; path?: string } };

const tell = (message: TrainMessage) => parentPort?.postMessage(message);

try {
  tell({ result: train(workerData as TrainRequest, (progress, step) => tell({ progress, step })) });
} catch (error) {
  if (!(error instanceof TrainingError)) throw error;
  tell({ error: { code: error.code, detail: error.message, path: error.path } });
}
