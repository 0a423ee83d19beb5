import { Worker } from 'node:worker_threads';
import { OutcomeError } from '../models/outcomes/errors.ts';
import type { OnProgress, OutcomeRequest, OutcomeResult } from '../models/outcomes/train.ts';
import type { OutcomeMessage } from '../models/outcomes/train.worker.ts';

const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../models/outcomes/train.worker.ts' : '../models/outcomes/train.worker.js',
  import.meta.url,
);

/**
 * Trains in a thread of its own, so that the service goes on answering. Aborting ends the thread.
 * @throws OutcomeError when the sample cannot give a model.
 */
export async function runOutcomeThread(
  request: OutcomeRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<OutcomeResult> {
  const worker = new Worker(WORKER, { workerData: request });
  try {
    return await new Promise<OutcomeResult>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('the service is stopping')), { once: true });
      worker.on('message', (message: OutcomeMessage) => {
        if ('progress' in message) onProgress(message.progress, message.step);
        else if ('result' in message) resolve(message.result);
        else reject(new OutcomeError(message.error.code, message.error.detail, message.error.path));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the training thread ended early')));
    });
  } finally {
    await worker.terminate();
  }
}
