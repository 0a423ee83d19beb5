import { parentPort } from 'node:worker_threads';
import { type FaultMessage, faultOf } from './files/fault-message.ts';
import { type DetectedFile, type InspectionWork, inspectFile } from './inspection.ts';

export type InspectionAnswer = { found: DetectedFile } | { fault: FaultMessage } | { error: unknown };

const port = parentPort!;

port.on('message', (work: InspectionWork) => {
  inspectFile(work).then(
    (found) => port.postMessage({ found } satisfies InspectionAnswer),
    (error: unknown) => {
      const fault = faultOf(error);
      const answer: InspectionAnswer = fault ? { fault } : { error };
      port.postMessage(answer);
    },
  );
});
