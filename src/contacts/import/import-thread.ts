import { Worker } from 'node:worker_threads';
import { FileFault } from '../files/csv.ts';
import type { StagedChunk } from './convert.ts';
import type { ImportMessage, ImportProgress, ImportWork } from './import.worker.ts';

const WORKER = new URL(import.meta.url.endsWith('.ts') ? './import.worker.ts' : './import.worker.js', import.meta.url);

/** Takes the chunks of an import as they come; the thread reads ahead only a little. */
export type ChunkSink = (chunk: StagedChunk, progress: ImportProgress) => Promise<void>;

/**
 * Reads and converts a file in a thread of its own, so that the service goes on answering. When it returns or throws,
 * the sink has ended.
 * @throws FileFault when the file cannot be read to its end, the signal's reason when it is aborted
 */
export async function runImportThread(work: ImportWork, sink: ChunkSink, signal: AbortSignal): Promise<ImportProgress> {
  signal.throwIfAborted();
  const worker = new Worker(WORKER, { workerData: work });
  let last = Promise.resolve();
  try {
    return await new Promise<ImportProgress>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      worker.on('message', (message: ImportMessage) => {
        last = last.then(() => handle(message)).catch(reject);
      });
      worker.on('error', reject);
      worker.on('exit', () => void last.then(() => reject(new Error('the import thread ended early'))));
      async function handle(message: ImportMessage): Promise<void> {
        if (message.type === 'done') resolve(message.progress);
        else if (message.type === 'failed') reject(new FileFault(message.code, message.message));
        else {
          await sink(message.chunk, message.progress);
          worker.postMessage('next');
        }
      }
    });
  } finally {
    await worker.terminate();
    await last;
  }
}
