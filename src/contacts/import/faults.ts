import type { DatasetError } from '../contacts.tables.ts';
import { FileFault } from '../files/csv.ts';
import { TraitConflict } from '../traits.repository.ts';

/** A person cancelled the import before it changed any contact. */
export class ImportCancelled extends Error {}

export const CANCELLED: DatasetError = {
  code: 'cancelled',
  message: 'The import was cancelled. Nothing of it was stored. Start it again with POST …/import.',
};
const INTERNAL: DatasetError = {
  code: 'internal',
  message: 'The import failed on our side; the log says why. Start it again with POST …/import.',
};
/** The file was deleted as the import began. */
const FILE_DELETED: DatasetError = {
  code: 'file_deleted',
  message: 'The stored file was deleted. Send it again with POST …/file, then import it.',
};
const PARTLY_STORED =
  'A part of the rows may be stored already. Import again to complete them, or delete the dataset with its contacts.';

/** What is shown of why an import failed. @param merging whether it had begun to change contacts */
export function faultOf(error: unknown, merging: boolean): DatasetError {
  const shown = faultBehind(error);
  return merging ? { ...shown, message: `${shown.message} ${PARTLY_STORED}` } : shown;
}

function faultBehind(error: unknown): DatasetError {
  if (error instanceof ImportCancelled) return CANCELLED;
  if (error instanceof FileFault || error instanceof TraitConflict) return { code: error.code, message: error.message };
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT' ? FILE_DELETED : INTERNAL;
}
