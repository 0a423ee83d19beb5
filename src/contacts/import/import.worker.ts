import { parentPort, workerData } from 'node:worker_threads';
import { FileFault } from '../files/csv.ts';
import { readRecords } from '../files/read.ts';
import { Converter, type KnownRows, type RowCounts, type StagedChunk } from './convert.ts';
import { columnsOfPlan, type ImportPlan } from './plan.ts';

/** What the thread is started with. */
export interface ImportWork {
  plan: ImportPlan;
  /** Milliseconds since 1970. */
  now: number;
  known?: KnownRows;
}

/** What the thread posts: chunks, then one `done` or `failed`. Bytes are handed over, not copied. */
export type ImportMessage =
  | { type: 'chunk'; chunk: StagedChunk; progress: ImportProgress }
  | { type: 'done'; progress: ImportProgress }
  | { type: 'failed'; code: string; message: string };

export interface ImportProgress extends RowCounts {
  bytes: number;
  rejects: Record<string, number>;
}

/** Rows a chunk: what the embedded warehouse holds in memory at once. */
const CHUNK_ROWS = 50_000;
/** Chunks on their way before the thread waits. */
const IN_FLIGHT = 1;

const port = parentPort!;
const { plan, now, known } = workerData as ImportWork;
let unanswered = 0;
let resume: (() => void) | undefined;

port.on('message', () => {
  unanswered--;
  resume?.();
});

async function post(converter: Converter, progress: ImportProgress): Promise<void> {
  const chunk = converter.drain();
  port.postMessage({ type: 'chunk', chunk, progress } satisfies ImportMessage, [
    chunk.contacts.buffer,
    chunk.events.buffer,
    chunk.orders.buffer,
    chunk.unchanged.buffer,
    chunk.rejects.buffer,
  ]);
  unanswered++;
  while (unanswered > IN_FLIGHT) {
    await new Promise<void>((resolve) => {
      resume = resolve;
    });
  }
}

async function run(): Promise<void> {
  const converter = new Converter(plan, now, { known });
  let read = 0;
  let pending = 0;
  const progress = (): ImportProgress => ({
    ...converter.counts,
    bytes: read,
    rejects: { ...converter.rejects.counts },
  });
  for await (const { records, bytes } of readRecords(plan.path, plan.format, { needed: columnsOfPlan(plan) })) {
    read = bytes;
    for (const record of records) {
      converter.take(record);
      if (++pending < CHUNK_ROWS) continue;
      pending = 0;
      await post(converter, progress());
    }
  }
  if (pending > 0) await post(converter, progress());
  port.postMessage({ type: 'done', progress: progress() } satisfies ImportMessage);
}

run()
  .catch((error: unknown) => {
    const fault = error instanceof FileFault ? error : undefined;
    const message = fault?.message ?? 'The file could not be read; the log says why.';
    port.postMessage({ type: 'failed', code: fault?.code ?? 'unreadable', message } satisfies ImportMessage);
    if (!fault) throw error;
  })
  .finally(() => port.close());
