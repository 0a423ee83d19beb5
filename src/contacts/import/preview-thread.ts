import { Worker } from 'node:worker_threads';
import { FileFault } from '../files/csv.ts';
import type { ImportPreview } from './preview.ts';
import type { PreviewAnswer, PreviewWork } from './preview.worker.ts';

const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './preview.worker.ts' : './preview.worker.js',
  import.meta.url,
);

/**
 * Reads a whole file in a thread of its own, so that the service goes on answering.
 * @throws FileFault when the file cannot be read to its end, the signal's reason when it is aborted
 */
export async function runPreviewThread(work: PreviewWork, signal: AbortSignal): Promise<ImportPreview> {
  signal.throwIfAborted();
  const worker = new Worker(WORKER, { workerData: work });
  try {
    return await new Promise<ImportPreview>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      worker.on('message', (answer: PreviewAnswer) => {
        if ('preview' in answer) resolve(answer.preview);
        else if ('fault' in answer) reject(new FileFault(answer.fault.code, answer.fault.message));
        else reject(answer.error);
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the preview thread ended early')));
    });
  } finally {
    await worker.terminate();
  }
}
