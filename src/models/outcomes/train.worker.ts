import { parentPort, workerData } from 'node:worker_threads';
import { OutcomeError } from './errors.ts';
import { type OutcomeRequest, type OutcomeResult, trainOutcome } from './train.ts';

/** What the worker tells: progress on the way, then one result or one error. */
export type OutcomeMessage =
  | { progress: number; step: string }
  | { result: OutcomeResult }
  | { error: { code: OutcomeError['code']; detail: string; path?: string } };

const tell = (message: OutcomeMessage) => parentPort?.postMessage(message);

try {
  tell({ result: trainOutcome(workerData as OutcomeRequest, (progress, step) => tell({ progress, step })) });
} catch (error) {
  if (!(error instanceof OutcomeError)) throw error;
  tell({ error: { code: error.code, detail: error.message, path: error.path } });
}
