import { parentPort, workerData } from 'node:worker_threads';
import { type FaultMessage, faultOf } from '../files/fault-message.ts';
import { readRecords } from '../files/read.ts';
import { readSample } from '../files/sample.ts';
import { columnsOfPlan, type PlanInput, planImport } from './plan.ts';
import { type ImportPreview, PreviewCounter } from './preview.ts';

/** What the thread is started with. */
export interface PreviewWork {
  input: Omit<PlanInput, 'sample'>;
  /** Milliseconds since 1970. */
  now: number;
}

export type PreviewAnswer = { preview: ImportPreview } | { fault: FaultMessage } | { error: unknown };

async function run({ input, now }: PreviewWork): Promise<ImportPreview> {
  const plan = planImport({ ...input, sample: await readSample(input.path, input.format) });
  const counter = new PreviewCounter(plan, now);
  for await (const { records } of readRecords(plan.path, plan.format, { needed: columnsOfPlan(plan) })) {
    for (const record of records) counter.take(record);
  }
  return counter.preview();
}

const port = parentPort!;
const answer = (of: PreviewAnswer) => port.postMessage(of);

run(workerData as PreviewWork)
  .then((preview) => answer({ preview }))
  .catch((error: unknown) => {
    const fault = faultOf(error);
    answer(fault ? { fault } : { error });
  })
  .finally(() => port.close());
