import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { FileFault } from './files/csv.ts';
import type { DetectedFile, InspectionWork } from './inspection.ts';
import type { InspectionAnswer } from './inspection.worker.ts';

const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './inspection.worker.ts' : './inspection.worker.js',
  import.meta.url,
);
/** Files that are inspected at once; a further one waits. */
const MAX_THREADS = 2;
/** A sound file takes a second, and a large one as long as its bytes take to be read once. */
const TIME_LIMIT_MS = 30_000;
const BYTES_PER_MS = 20_000;

/** Looks at files in threads of their own, so that no file, however odd, keeps other requests waiting. */
@Injectable()
export class Inspector implements OnModuleDestroy {
  private readonly threads = new Set<Worker>();
  private readonly idle: Worker[] = [];
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  /** @throws FileFault when the file cannot be used at all */
  async inspect(work: InspectionWork): Promise<DetectedFile> {
    if (this.busy === MAX_THREADS) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.busy++;
    const thread = this.idle.pop() ?? this.started();
    try {
      const answer = await this.answer(thread, work);
      this.idle.push(thread);
      return foundIn(answer);
    } finally {
      // an idle thread does not keep the process alive
      thread.unref();
      const next = this.waiting.shift();
      if (next) next();
      else this.busy--;
    }
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.terminate()));
  }

  private started(): Worker {
    const thread = new Worker(WORKER);
    this.threads.add(thread);
    thread.on('error', () => undefined); // the inspection under way rejects with it
    thread.on('exit', () => {
      this.threads.delete(thread);
      if (this.idle.includes(thread)) this.idle.splice(this.idle.indexOf(thread), 1);
    });
    return thread;
  }

  /** A thread that fails or takes too long ends; the next file gets a new one. */
  private async answer(thread: Worker, work: InspectionWork): Promise<InspectionAnswer> {
    const limit = TIME_LIMIT_MS + work.bytes / BYTES_PER_MS;
    const tooLong = new AbortController();
    const timer = setTimeout(() => tooLong.abort(), limit);
    thread.ref();
    thread.postMessage(work);
    try {
      const ended = once(thread, 'exit', { signal: tooLong.signal }).then(() => {
        throw new Error('the thread that inspects files ended');
      });
      const [answer] = await Promise.race([once(thread, 'message', { signal: tooLong.signal }), ended]);
      return answer as InspectionAnswer;
    } catch (error) {
      void thread.terminate();
      throw tooLong.signal.aborted ? tooSlow(limit) : error;
    } finally {
      clearTimeout(timer);
      tooLong.abort();
    }
  }
}

function foundIn(answer: InspectionAnswer): DetectedFile {
  if ('found' in answer) return answer.found;
  if ('fault' in answer) throw new FileFault(answer.fault.code, answer.fault.message);
  throw answer.error;
}

const tooSlow = (limit: number) =>
  new FileFault(
    'inspection_too_long',
    `The file could not be looked through in ${Math.round(limit / 1000)} seconds. Split it into files with fewer columns and shorter cells.`,
  );
