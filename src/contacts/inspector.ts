import { Worker } from 'node:worker_threads';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { FileFault } from './files/csv.ts';
import type { DetectedFile, InspectionWork } from './inspection.ts';
import type { InspectionAnswer, InspectionRequest } from './inspection.worker.ts';

const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './inspection.worker.ts' : './inspection.worker.js',
  import.meta.url,
);
/** A sound file of any size takes a second; one that takes this long was made to. */
const TIME_LIMIT = 30_000;

interface Pending {
  resolve: (found: DetectedFile) => void;
  reject: (error: unknown) => void;
  timer: NodeJS.Timeout;
}

/** Looks at files in a thread of its own, so that no file, however odd, keeps other requests waiting. */
@Injectable()
export class Inspector implements OnModuleDestroy {
  private worker?: Worker;
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;

  /** @throws FileFault when the file cannot be used at all */
  inspect(work: InspectionWork): Promise<DetectedFile> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.abandon(tooSlow()), TIME_LIMIT);
      this.pending.set(id, { resolve, reject, timer });
      const worker = this.started();
      worker.ref();
      worker.postMessage({ id, work } satisfies InspectionRequest);
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.abandon(new Error('the service stops'));
  }

  private started(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(WORKER);
    worker.on('message', (answer: InspectionAnswer) => this.settle(answer));
    worker.on('error', (error) => worker === this.worker && this.abandon(error));
    this.worker = worker;
    return worker;
  }

  private settle(answer: InspectionAnswer): void {
    const waiting = this.pending.get(answer.id);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.pending.delete(answer.id);
    // an idle thread does not keep the process alive
    if (this.pending.size === 0) this.worker?.unref();
    if ('found' in answer) waiting.resolve(answer.found);
    else if ('fault' in answer) waiting.reject(new FileFault(answer.fault.code, answer.fault.message));
    else waiting.reject(answer.error);
  }

  /** Ends the thread; the next file gets a new one. */
  private abandon(reason: unknown): void {
    void this.worker?.terminate();
    this.worker = undefined;
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer);
      reject(reason);
    }
    this.pending.clear();
  }
}

const tooSlow = () =>
  new FileFault(
    'inspection_too_long',
    'The file could not be looked through in half a minute. Split it into files with fewer columns and shorter cells.',
  );
