import { Worker } from 'node:worker_threads';

/** Told where a training is: 0 to 1, and what is being done. */
export type OnProgress = (share: number, step: string) => void;

/** What a training's thread tells: progress on the way, then one result or one error. */
export type ThreadMessage<Result> =
  | { progress: number; step: string }
  | { result: Result }
  | { error: { code: string; detail: string; path?: string } };

export interface ThreadOptions {
  signal: AbortSignal;
  onProgress?: OnProgress;
}

/** The file of a worker beside whoever asks, in the form that runs: source or built. `path` has no ending. */
export const workerFile = (path: string, asker: string): URL =>
  new URL(path + (asker.endsWith('.ts') ? '.ts' : '.js'), asker);

/**
 * Computes in a thread of its own, so that the service goes on answering. Aborting ends the thread.
 * @param refusal makes the error that is thrown when the thread refuses what it is asked
 */
export async function runThread<Result>(
  file: URL,
  data: unknown,
  options: ThreadOptions,
  refusal: (error: { code: string; detail: string; path?: string }) => Error,
): Promise<Result> {
  const worker = new Worker(file, { workerData: data });
  const done = new AbortController();
  try {
    return await new Promise<Result>((resolve, reject) => {
      const stopping = () => reject(new Error('the service is stopping'));
      // the service's signal outlives the thread, so the listener goes with it
      options.signal.addEventListener('abort', stopping, { once: true, signal: done.signal });
      worker.on('message', (message: ThreadMessage<Result>) => {
        if ('progress' in message) options.onProgress?.(message.progress, message.step);
        else if ('result' in message) resolve(message.result);
        else reject(refusal(message.error));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the thread ended early')));
    });
  } finally {
    done.abort();
    await worker.terminate();
  }
}
