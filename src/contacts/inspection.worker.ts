import { parentPort } from 'node:worker_threads';
import { FileFault } from './files/csv.ts';
import { type DetectedFile, type InspectionWork, inspectFile } from './inspection.ts';

export interface InspectionRequest {
  id: number;
  work: InspectionWork;
}

export type InspectionAnswer = { id: number } & (
  | { found: DetectedFile }
  | { fault: { code: string; message: string } }
  | { error: unknown }
);

const port = parentPort!;

port.on('message', ({ id, work }: InspectionRequest) => {
  inspectFile(work).then(
    (found) => port.postMessage({ id, found } satisfies InspectionAnswer),
    (error: unknown) => {
      const fault = faultOf(error);
      const answer: InspectionAnswer = fault ? { id, fault } : { id, error };
      port.postMessage(answer);
    },
  );
});

function faultOf(error: unknown): { code: string; message: string } | undefined {
  if (error instanceof FileFault) return { code: error.code, message: error.message };
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
  return { code: 'file_deleted', message: 'The stored file was deleted. Upload the file again.' };
}
