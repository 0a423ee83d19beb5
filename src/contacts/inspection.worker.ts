import { parentPort } from 'node:worker_threads';
import { FileFault } from './files/csv.ts';
import { type DetectedFile, type InspectionWork, inspectFile } from './inspection.ts';

export type InspectionAnswer =
  | { found: DetectedFile }
  | { fault: { code: string; message: string } }
  | { error: unknown };

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

function faultOf(error: unknown): { code: string; message: string } | undefined {
  if (error instanceof FileFault) return { code: error.code, message: error.message };
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
  return { code: 'file_deleted', message: 'The stored file was deleted. Upload the file again.' };
}
