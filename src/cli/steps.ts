import { statSync } from 'node:fs';
import { type ApiClient, ApiError } from './api-client.ts';
import type { Progress } from './progress.ts';
import type { DatasetView, PersonaSetView, PersonaVersionView, PersonaView } from './views.ts';

const ENDED = new Set(['ready', 'error']);

/** Uploads a file and waits until it is in. Without a mapping the suggested one is used. @throws ApiError when it fails */
export async function importFile(api: ApiClient, file: string, options: { name: string; mapping?: object }, progress: Progress): Promise<DatasetView> {
  const label = `Import ${options.name}`;
  progress.set(label, 0, statSync(file).size, 'uploading');
  const fields = { name: options.name, ...(options.mapping ? { mapping: JSON.stringify(options.mapping) } : {}) };
  let dataset = await api.upload<DatasetView>('/v1/datasets', file, fields);
  if (dataset.status === 'new') {
    if (!dataset.suggestedMapping) throw new ApiError(422, 'no_mapping', 'No mapping could be suggested for this file. Pass one with --mapping.');
    dataset = await api.post<DatasetView>(`/v1/datasets/${dataset.id}/import`, { mapping: dataset.suggestedMapping });
  }
  dataset = await api.poll<DatasetView>(
    `/v1/datasets/${dataset.id}`,
    ({ status }) => ENDED.has(status),
    ({ bytes, progress: at, status }) => progress.set(label, at?.bytesRead ?? 0, bytes, status),
  );
  if (dataset.status === 'error') throw new ApiError(422, dataset.statusError?.code ?? 'import_failed', `Import of ${file}: ${dataset.statusError?.message ?? 'failed'}`);
  const { result } = dataset;
  progress.done(label, result ? `${result.contacts.toLocaleString('en-US')} contacts, ${result.events.toLocaleString('en-US')} events, ${result.rejects.toLocaleString('en-US')} rejects` : '');
  return dataset;
}

export interface TrainedPersonas {
  setId: string;
  versionId: string;
  personas: PersonaView[];
}

/** Trains a persona set, waits for the draft, and publishes it when asked. @throws ApiError when training fails */
export async function trainPersonas(api: ApiClient, definition: object & { name: string }, publish: boolean, progress: Progress): Promise<TrainedPersonas> {
  const label = `Train ${definition.name}`;
  progress.set(label, 0, 100, 'training');
  const { id: setId } = await api.post<PersonaSetView>('/v1/persona-sets', definition);
  const set = await api.poll<PersonaSetView>(
    `/v1/persona-sets/${setId}`,
    ({ status }) => ENDED.has(status),
    ({ progress: at, status }) => progress.set(label, Math.round((at ?? 0) * 100), 100, status),
  );
  if (set.status === 'error') throw new ApiError(422, 'training_failed', `Training of ${definition.name}: ${set.statusError?.message ?? 'failed'}`);
  const versionId = set.versions[0]!.id;
  if (publish) await publishVersion(api, setId, versionId, progress);
  const { personas } = await api.get<PersonaVersionView>(`/v1/persona-sets/${setId}/versions/${versionId}`);
  progress.done(label, `${personas.length} personas`);
  return { setId, versionId, personas };
}

async function publishVersion(api: ApiClient, setId: string, versionId: string, progress: Progress): Promise<void> {
  progress.set('Publish personas', 0, 1);
  await api.post(`/v1/persona-sets/${setId}/versions/${versionId}/publish`);
  await api.poll<PersonaVersionView>(`/v1/persona-sets/${setId}/versions/${versionId}`, ({ state }) => state === 'published');
  progress.done('Publish personas');
}
