import { Problem } from '../http/problem.ts';
import type { DatasetRow, FileDeletion } from './contacts.tables.ts';

const WHY_DELETED: Record<FileDeletion, string> = {
  imported: 'The stored file was deleted after its import.',
  unused: 'The stored file was deleted, because nobody imported it for a long time.',
  erasure: 'The stored file was deleted, because a person was erased who may stand in it.',
  replaced: 'The stored file was deleted to make room for another, which did not arrive.',
};

/** The stored file of a dataset is gone: why, and what to do. */
export function fileDeleted({ id, fileDeletedBecause }: DatasetRow): Problem {
  const why = WHY_DELETED[fileDeletedBecause ?? 'imported'];
  return Problem.conflict('file_deleted', `${why} Send it again with POST /v1/datasets/${id}/file, then import it.`);
}

export const fileDiffers = (): Problem =>
  Problem.conflict(
    'file_differs',
    'This is another file than the one that was imported. Upload it as a dataset of its own, or send it with ?replace=true.',
  );

export const importUnderWay = (): Problem =>
  Problem.conflict('import_under_way', 'This dataset is being imported; wait until that has ended.');
