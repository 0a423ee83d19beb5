import { type ApiClient, ApiError } from './api-client.ts';
import {
  askForConsent,
  consentReadings,
  hasUnconfirmedConsent,
  previewLines,
  sampleLines,
  withConsentConfirmed,
} from './consent.ts';
import { sizeOf } from './input.ts';
import type { Progress } from './progress.ts';
import type { DatasetView, ImportPreviewView, MappingView, PersonaSetView, PersonaView } from './views.ts';

const ENDED = new Set(['ready', 'error']);

export interface ImportOptions {
  name: string;
  mapping?: MappingView;
  /** Form fields that say how the file is read: encoding, delimiter, headerLine, … */
  format?: Record<string, string>;
  /** Confirms how consent is read; without it a person at the terminal is asked. */
  confirmConsent?: boolean;
}

export interface ImportedFile {
  dataset: DatasetView;
  /** What the file says about consent; absent where its reading was confirmed beforehand. */
  preview?: ImportPreviewView;
}

/**
 * Uploads a file and waits until it is in. Without a mapping the suggested one is used.
 * @throws ApiError when it fails @throws InputError when there is no such file
 */
export async function importFile(
  api: ApiClient,
  file: string,
  options: ImportOptions,
  progress: Progress,
): Promise<ImportedFile> {
  const label = `Import ${options.name}`;
  progress.set(label, 0, sizeOf(file), 'uploading');
  const fields: Record<string, string> = { name: options.name, ...options.format };
  // with consent to confirm, the import starts only once the counts of the stored file are confirmed
  const isConfirmed = options.mapping !== undefined && !hasUnconfirmedConsent(options.mapping);
  if (isConfirmed) fields.mapping = JSON.stringify(options.mapping);
  let preview: ImportPreviewView | undefined;
  let dataset = await api.upload<DatasetView>('/v1/datasets', file, fields);
  if (dataset.status === 'new') {
    const chosen = options.mapping ?? dataset.suggestedMapping;
    if (!chosen)
      throw new ApiError(
        422,
        'no_mapping',
        'Reach found no column that tells people apart. Pass a mapping with --mapping, or import a file of contacts or orders.',
      );
    preview = await confirmConsent(api, dataset, chosen, options.confirmConsent ? progress : undefined);
    dataset = await api.post<DatasetView>(`/v1/datasets/${dataset.id}/import`, {
      mapping: withConsentConfirmed(chosen),
    });
  }
  dataset = await api.poll<DatasetView>(
    `/v1/datasets/${dataset.id}`,
    ({ status }) => ENDED.has(status),
    ({ bytes, progress: at, status }) => progress.set(label, at?.bytesRead ?? 0, bytes, status),
  );
  if (dataset.status === 'error')
    throw new ApiError(
      422,
      dataset.statusError?.code ?? 'import_failed',
      `Import of ${file}: ${dataset.statusError?.message ?? 'failed'}`,
    );
  const { result } = dataset;
  progress.done(
    label,
    result
      ? `${result.contacts.toLocaleString('en-US')} contacts, ${result.events.toLocaleString('en-US')} events, ${result.rejects.toLocaleString('en-US')} rejects`
      : '',
  );
  return { dataset, preview };
}

/**
 * Shows how consent is read, with the counts of the whole file, and asks for a confirmation.
 * @param confirmed where to show it when the command line has confirmed it
 */
async function confirmConsent(
  api: ApiClient,
  dataset: DatasetView,
  mapping: MappingView,
  confirmed?: Progress,
): Promise<ImportPreviewView | undefined> {
  const readings = consentReadings(dataset, mapping);
  if (readings.length === 0) return undefined;
  const { preview, lines } = await previewOf(api, dataset, mapping);
  if (confirmed) confirmed.note(['Reach reads consent like this:', ...readings, ...lines].join('\n'));
  else await askForConsent([...readings, ...lines]);
  return preview;
}

/** What the whole file would do; what its first rows say where it is too large to be read before its import. */
async function previewOf(
  api: ApiClient,
  dataset: DatasetView,
  mapping: MappingView,
): Promise<{ preview?: ImportPreviewView; lines: string[] }> {
  try {
    const preview = await api.post<ImportPreviewView>(`/v1/datasets/${dataset.id}/preview`, { mapping });
    return { preview, lines: previewLines(preview) };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'preview_too_long')
      return { lines: [error.message, ...sampleLines(dataset)] };
    throw error;
  }
}

export interface TrainedPersonas {
  setId: string;
  version: number;
  personas: PersonaView[];
}

/** Trains a persona set, waits for the draft, and publishes it when asked. @throws ApiError when training fails */
export async function trainPersonas(
  api: ApiClient,
  definition: { name: string; cohortId?: string; traits?: string[]; k?: number; seed?: number },
  publish: boolean,
  progress: Progress,
): Promise<TrainedPersonas> {
  const label = `Train ${definition.name}`;
  progress.set(label, 0, 100, 'training');
  const { id: setId } = await api.post<PersonaSetView>('/v1/persona-sets', definition);
  const set = await api.poll<PersonaSetView>(
    `/v1/persona-sets/${setId}`,
    ({ status }) => ENDED.has(status),
    ({ progress: at }) => progress.set(label, Math.round(at.share * 100), 100, at.step),
  );
  if (set.status === 'error')
    throw new ApiError(
      422,
      set.statusError?.code ?? 'training_failed',
      `Training of ${definition.name}: ${set.statusError?.message ?? 'failed'}`,
    );
  const path = `/v1/persona-sets/${setId}/versions/${set.newestVersion}`;
  if (publish) await api.post(`${path}/publish`);
  const { personas } = await api.get<{ personas: PersonaView[] }>(path);
  progress.done(label, `${personas.length} personas${publish ? ', published' : ''}`);
  return { setId, version: set.newestVersion, personas };
}
