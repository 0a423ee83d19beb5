import { defineJob } from '../engines/jobs/job.ts';

export interface ImportDataset {
  datasetId: string;
}

/** Imports one dataset. One at a time in a process; it records its own failure. */
export const IMPORT_DATASET = defineJob<ImportDataset>('datasets.import');
