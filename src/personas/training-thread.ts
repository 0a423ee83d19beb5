import { Worker } from 'node:worker_threads';
import { TrainingError } from '../models/errors.ts';
import type { OnProgress } from '../models/train.ts';
import type { TaskMessage, TaskName, Tasks } from '../models/train.worker.ts';

const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../models/train.worker.ts' : '../models/train.worker.js',
  import.meta.url,
);

/**
 * Computes in a thread of its own, so that the service goes on answering. Aborting ends the thread.
 * @throws TrainingError when the sample cannot give what is asked.
 */
export async function runInThread<Name extends TaskName>(
  task: Name,
  request: Tasks[Name]['request'],
  options: { signal: AbortSignal; onProgress?: OnProgress },
): Promise<Tasks[Name]['result']> {
  const worker = new Worker(WORKER, { workerData: { task, request } });
  try {
    return await new Promise<Tasks[Name]['result']>((resolve, reject) => {
      options.signal.addEventListener('abort', () => reject(new Error('the service is stopping')), { once: true });
      worker.on('message', (message: TaskMessage) => {
        if ('progress' in message) options.onProgress?.(message.progress, message.step);
        else if ('result' in message) resolve(message.result as Tasks[Name]['result']);
        else reject(new TrainingError(message.error.code, message.error.detail, message.error.path));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the thread ended early')));
    });
  } finally {
    await worker.terminate();
  }
}
