import { defineJob } from '../engines/jobs/job.ts';

export interface ImportDataset {
  datasetId: string;
}

/** Values of a trait that a change may have left behind: under its old name, or in the map of its old type. */
export interface FinishTrait {
  accountId: string;
  name: string;
  /** The new name, where it was renamed. */
  to?: string;
  maps: ('num' | 'cat')[];
}

/** Finishes the change of a trait whose process died; does nothing for one that is done. */
export const FINISH_TRAIT = defineJob<FinishTrait>('traits.finish', { attempts: 5 });

export interface FinishDeletion {
  datasetId: string;
}

/** Finishes the deletion of a dataset whose process died; does nothing for one that is done. */
export const FINISH_DELETION = defineJob<FinishDeletion>('datasets.finish-deletion', { attempts: 5 });

const IMPORTS_AT_ONCE = 4;

/** Imports one dataset and records its own failure. Several accounts import at once, each one dataset at a time. */
export const IMPORT_DATASET = defineJob<ImportDataset>('datasets.import', { concurrency: IMPORTS_AT_ONCE });
/** The same for small files, which never wait for the large files of other accounts. */
export const IMPORT_SMALL_DATASET = defineJob<ImportDataset>('datasets.import-small', { concurrency: IMPORTS_AT_ONCE });

const SMALL_BYTES = 20_000_000;

export const importJob = ({ bytes }: { bytes: number }) =>
  bytes <= SMALL_BYTES ? IMPORT_SMALL_DATASET : IMPORT_DATASET;
