import type { DatasetError } from '../contacts.tables.ts';
import { FileFault } from '../files/csv.ts';
import { TraitConflict } from '../traits.repository.ts';

/** A person cancelled the import before it changed any contact. */
export class ImportCancelled extends Error {}

export const CANCELLED: DatasetError = {
  code: 'cancelled',
  message: 'The import was cancelled and stored nothing. Start it again with POST …/import.',
};
const INTERNAL: DatasetError = {
  code: 'internal',
  message:
    'The import failed because of an internal error; see the log of the service. Start it again with POST …/import.',
};
/** The file was deleted when the import began. */
const FILE_DELETED: DatasetError = {
  code: 'file_deleted',
  message: 'The stored file was deleted. Upload it again with POST …/file, then import it.',
};
const PARTLY_STORED =
  'Some rows may already be stored. Import the file again to complete them, or delete the dataset with its contacts.';

/** The problem shown for a failed import. @param merging whether the import had begun to change contacts */
export function faultOf(error: unknown, merging: boolean): DatasetError {
  const shown = faultBehind(error);
  return merging ? { ...shown, message: `${shown.message} ${PARTLY_STORED}` } : shown;
}

function faultBehind(error: unknown): DatasetError {
  if (error instanceof ImportCancelled) return CANCELLED;
  if (error instanceof FileFault || error instanceof TraitConflict) return { code: error.code, message: error.message };
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT' ? FILE_DELETED : INTERNAL;
}
