import { Worker } from 'node:worker_threads';
import { TrainingError } from '../models/errors.ts';
import type { OnProgress, TrainRequest, TrainResult } from '../models/train.ts';
import type { TrainMessage } from '../models/train.worker.ts';

const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../models/train.worker.ts' : '../models/train.worker.js',
  import.meta.url,
);

/**
 * Trains in a thread of its own, so that the service goes on answering. Aborting ends the thread.
 * @throws TrainingError when the sample cannot give personas.
 */
export async function runTrainingThread(
  request: TrainRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<TrainResult> {
  const worker = new Worker(WORKER, { workerData: request });
  try {
    return await new Promise<TrainResult>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('the service is stopping')), { once: true });
      worker.on('message', (message: TrainMessage) => {
        if ('progress' in message) onProgress(message.progress, message.step);
        else if ('result' in message) resolve(message.result);
        else reject(new TrainingError(message.error.code, message.error.detail, message.error.path));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the training thread ended early')));
    });
  } finally {
    await worker.terminate();
  }
}
