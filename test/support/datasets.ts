import type { Reach } from './service.ts';
import { until } from './service.ts';

/** What tests read of a dataset. */
export interface Dataset {
  id: string;
  status: string;
  statusError: { code: string; message: string } | null;
  format: {
    format: string;
    encoding: string;
    delimiter: string;
    columns: string[];
    notices: { code: string; message: string; line?: number; column?: string }[];
  };
  columns: { name: string; type: string; samples: string[]; suggestion: { column: string; as: string } }[];
  suggestedMapping: object | null;
  progress: { rowsRead: number; bytesRead: number; bytesTotal: number };
  funnel: {
    stages: { name: string; count: number; lost: { code: string; count: number }[] }[];
    rejectedValues: { code: string; count: number }[];
  };
  importedAt: string | null;
  result: { contacts: number; created: number; updated: number; repeatedKeys: number; events: number; rejects: number };
}

export type FileContent = string | Uint8Array<ArrayBuffer>;

/** A multipart body with a file and fields; objects travel as JSON. */
export function datasetForm(file: FileContent, fields: Record<string, unknown> = {}, name = 'people.csv'): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields))
    form.set(key, typeof value === 'string' ? value : JSON.stringify(value));
  form.set('file', new Blob([file]), name);
  return form;
}

/** Uploads a file with its mapping and waits until the import ended, well or not. */
export async function importFile(
  reach: Reach,
  file: FileContent,
  mapping: object,
  fields: Record<string, unknown> = {},
): Promise<Dataset> {
  const created = await reach.api<Dataset>('POST', '/v1/datasets', datasetForm(file, { ...fields, mapping }));
  if (created.status !== 202) throw new Error(`upload refused: ${JSON.stringify(created.body)}`);
  return importEnd(reach, created.body.id);
}

export async function importEnd(reach: Reach, id: string): Promise<Dataset> {
  const get = async () => (await reach.api<Dataset>('GET', `/v1/datasets/${id}`)).body;
  return until(get, (dataset) => dataset.status === 'ready' || dataset.status === 'error');
}

export async function rejectsOf(reach: Reach, id: string): Promise<string[]> {
  const { body } = await reach.api<string>('GET', `/v1/datasets/${id}/rejects.csv`);
  return body.trim().split('\n').slice(1);
}
