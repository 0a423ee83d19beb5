import { Problem } from '../http/problem.ts';
import type { DatasetRow, FileDeletion } from './contacts.tables.ts';

const WHY_DELETED: Record<FileDeletion, string> = {
  imported: 'The stored file was deleted after its import.',
  unused: 'The stored file was deleted because it was not imported for a long time.',
  erasure: 'The stored file was deleted because it may contain a person who was erased.',
  replaced: 'The stored file was deleted for a new one, whose upload did not finish.',
};

/** The stored file of a dataset was deleted: the reason, and what to do. */
export function fileDeleted({ id, fileDeletedBecause }: DatasetRow): Problem {
  const why = WHY_DELETED[fileDeletedBecause ?? 'imported'];
  return Problem.conflict('file_deleted', `${why} Upload it again with POST /v1/datasets/${id}/file, then import it.`);
}

export const fileDiffers = (): Problem =>
  Problem.conflict(
    'file_differs',
    'This file differs from the imported one. Upload it as a new dataset, or send it with ?replace=true.',
  );

export const importUnderWay = (): Problem =>
  Problem.conflict('import_under_way', 'An import of this dataset is running; wait until it has ended.');
