import { FileFault } from './csv.ts';

/** Why a file cannot be used, as threads post it: the code of an error is lost on its way between threads. */
export interface FaultMessage {
  code: string;
  message: string;
}

/** Nothing for an error that is not the file's. */
export function faultOf(error: unknown): FaultMessage | undefined {
  if (error instanceof FileFault) return { code: error.code, message: error.message };
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
  return { code: 'file_deleted', message: 'The stored file was deleted. Upload the file again.' };
}
