import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import type { AlertChannel, AlertNote } from './types/alerts.ts';
import { isBusy, type LifeStatus, type Me, type Page } from './types/common.ts';
import type { Check, Connection, Destination, VendorCall } from './types/connections.ts';
import type {
  Contact,
  ContactPlace,
  Dataset,
  DatasetDeletion,
  ImportPreview,
  Mapping,
  PurposeConsent,
  Stream,
  Trait,
  TraitDetails,
} from './types/contacts.ts';
import type { Coverage, Creative } from './types/creatives.ts';
import type { Batch, Comparison, Delivery, DeliveryWithSegments, Run, RunHead } from './types/deliveries.ts';
import type { Audience, AudienceDefinition, AudiencePreview, Cohort } from './types/groups.ts';
import type { Monitor, MonitorReading } from './types/inform.ts';
import type { ContactScore, Outcome, OutcomeVersion } from './types/outcomes.ts';
import type { PersonaSet, PersonaVersion, VersionComparison, VersionDrift } from './types/personas.ts';
import type { ConsentPolicyView, Erasure, SuppressionList } from './types/privacy.ts';

/** Milliseconds between questions about work under way, and about what may change by itself. */
const SOON = 1_000;
const LATER = 15_000;

/** Runs that wait for nobody: a held one waits for a person. */
const SETTLED = ['finished', 'held'];

const anyBusy = (page: Page<{ status: string }> | undefined, ended: readonly string[] = ['ready', 'error']) =>
  page?.items.some((item) => !ended.includes(item.status)) ? SOON : LATER;

const whileBusy = ({ state }: Polled<{ status: LifeStatus }>) => (isBusy(state.data?.status) ? SOON : (false as const));

/** The stored file is deleted within seconds of its import, while the status stays as it is. */
function datasetInterval(dataset: Dataset | undefined): number | false {
  if (!dataset || dataset.status === 'new') return false;
  if (isBusy(dataset.status)) return SOON;
  if (dataset.status !== 'ready' || dataset.fileDeletedAt !== null) return false;
  return Date.now() - Date.parse(dataset.lastUpdatedOutputAt ?? '') < 30_000 ? SOON : LATER;
}

const list = <T>(name: string, path: string) =>
  queryOptions({
    queryKey: [name, 'list'],
    queryFn: ({ signal }) => api.get<Page<T>>(`${path}?limit=200`, signal),
  });

const one = <T>(name: string, path: string, id: string) =>
  queryOptions({
    queryKey: [name, 'one', id],
    queryFn: ({ signal }) => api.get<T>(`${path}/${encodeURIComponent(id)}`, signal),
  });

/** Every question that the console asks; work under way is asked about again until it is done. */
export const queries = {
  me: () => queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => api.get<Me>('/v1/me', signal) }),

  contactCount: () =>
    queryOptions({
      queryKey: ['contacts', 'count'],
      queryFn: ({ signal }) => api.get<{ total: number; asOf: string }>('/v1/contacts/count', signal),
    }),
  contact: (id: string) => one<Contact>('contacts', '/v1/contacts', id),
  contactPlaces: (id: string) =>
    queryOptions({
      queryKey: ['contacts', 'places', id],
      queryFn: ({ signal }) =>
        api.get<{ items: ContactPlace[] }>(`/v1/contacts/${encodeURIComponent(id)}/deliveries`, signal),
    }),
  contactConsent: (id: string) =>
    queryOptions({
      queryKey: ['contacts', 'consent', id],
      queryFn: ({ signal }) =>
        api.get<{ items: PurposeConsent[] }>(`/v1/contacts/${encodeURIComponent(id)}/consent`, signal),
    }),
  traits: () =>
    queryOptions({
      queryKey: ['contacts', 'traits'],
      queryFn: ({ signal }) => api.get<{ items: Trait[] }>('/v1/traits', signal),
    }),
  traitDetails: () =>
    queryOptions({
      queryKey: ['contacts', 'traits', 'details'],
      queryFn: ({ signal }) => api.get<{ items: TraitDetails[] }>('/v1/traits?details=true', signal),
    }),
  streams: () =>
    queryOptions({
      queryKey: ['contacts', 'streams'],
      queryFn: ({ signal }) => api.get<{ items: Stream[] }>('/v1/streams', signal),
    }),

  datasets: () => ({
    ...list<Dataset>('datasets', '/v1/datasets'),
    // a new dataset waits for a person
    refetchInterval: ({ state }: Polled<Page<Dataset>>) => anyBusy(state.data, ['ready', 'error', 'new']),
  }),
  dataset: (id: string) => ({
    ...one<Dataset>('datasets', '/v1/datasets', id),
    refetchInterval: ({ state }: Polled<Dataset>) => datasetInterval(state.data),
  }),

  datasetDeletion: (id: string) =>
    queryOptions({
      queryKey: ['datasets', 'deletion', id],
      queryFn: ({ signal }) => api.get<DatasetDeletion>(`/v1/datasets/${id}/deletion?contacts=delete`, signal),
    }),

  cohorts: () => ({
    ...list<Cohort>('cohorts', '/v1/cohorts'),
    refetchInterval: ({ state }: Polled<Page<Cohort>>) => anyBusy(state.data),
  }),
  cohort: (id: string) => ({ ...one<Cohort>('cohorts', '/v1/cohorts', id), refetchInterval: whileBusy }),

  audiences: () => ({
    ...list<Audience>('audiences', '/v1/audiences'),
    refetchInterval: ({ state }: Polled<Page<Audience>>) => anyBusy(state.data),
  }),
  audience: (id: string) => ({ ...one<Audience>('audiences', '/v1/audiences', id), refetchInterval: whileBusy }),
  importPreview: (id: string, mapping: Mapping) =>
    queryOptions({
      queryKey: ['import-preview', id, mapping],
      queryFn: ({ signal }) => api.post<ImportPreview>(`/v1/datasets/${id}/preview`, { mapping }, signal),
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
    }),

  audiencePreview: (definition: AudienceDefinition) =>
    queryOptions({
      queryKey: ['audiences', 'preview', definition],
      queryFn: ({ signal }) => api.post<AudiencePreview>('/v1/audiences/preview', definition, signal),
      retry: false,
    }),

  personaSets: () => ({
    ...list<PersonaSet>('persona-sets', '/v1/persona-sets'),
    refetchInterval: ({ state }: Polled<Page<PersonaSet>>) => anyBusy(state.data),
  }),
  personaSet: (id: string) => ({
    ...one<PersonaSet>('persona-sets', '/v1/persona-sets', id),
    refetchInterval: whileBusy,
  }),
  personaVersion: (setId: string, version: number) =>
    queryOptions({
      queryKey: ['persona-sets', 'version', setId, version],
      queryFn: ({ signal }) => api.get<PersonaVersion>(`/v1/persona-sets/${setId}/versions/${version}`, signal),
    }),
  versionComparison: (setId: string, before: number, after: number) =>
    queryOptions({
      queryKey: ['persona-sets', 'comparison', setId, before, after],
      queryFn: ({ signal }) =>
        api.get<VersionComparison>(`/v1/persona-sets/${setId}/versions/${before}/compare/${after}`, signal),
    }),
  versionDrift: (setId: string, version: number) =>
    queryOptions({
      queryKey: ['persona-sets', 'drift', setId, version],
      queryFn: ({ signal }) => api.get<VersionDrift>(`/v1/persona-sets/${setId}/versions/${version}/drift`, signal),
    }),

  creatives: () => list<Creative>('creatives', '/v1/creatives'),
  creative: (id: string) => one<Creative>('creatives', '/v1/creatives', id),
  creativeCoverage: (setId: string, channel: string | null) =>
    queryOptions({
      queryKey: ['creatives', 'coverage', setId, channel],
      queryFn: ({ signal }) => api.get<Coverage>(coveragePath(setId, channel), signal),
    }),

  outcomes: () => ({
    ...list<Outcome>('outcomes', '/v1/outcomes'),
    refetchInterval: ({ state }: Polled<Page<Outcome>>) => anyBusy(state.data),
  }),
  outcome: (id: string) => ({
    ...one<Outcome>('outcomes', '/v1/outcomes', id),
    refetchInterval: whileBusy,
  }),
  outcomeVersion: (id: string, version: number) =>
    queryOptions({
      queryKey: ['outcomes', 'version', id, version],
      queryFn: ({ signal }) => api.get<OutcomeVersion>(`/v1/outcomes/${id}/versions/${version}`, signal),
    }),
  /** By every live outcome, or by one. */
  contactScores: (contactId: string, outcomeId?: string) =>
    queryOptions({
      queryKey: ['outcomes', 'scores', contactId, outcomeId],
      queryFn: ({ signal }) =>
        api.get<{ items: ContactScore[] }>(
          `/v1/contacts/${encodeURIComponent(contactId)}/scores${outcomeId ? `?outcome=${outcomeId}` : ''}`,
          signal,
        ),
    }),

  destinations: () =>
    queryOptions({
      queryKey: ['destinations'],
      queryFn: ({ signal }) => api.get<{ items: Destination[] }>('/v1/destinations', signal),
      staleTime: Number.POSITIVE_INFINITY,
    }),
  connections: () => list<Connection>('connections', '/v1/connections'),
  connection: (id: string) => one<Connection>('connections', '/v1/connections', id),
  /** Checks that found something otherwise than the one before. */
  connectionChanges: (id: string) =>
    queryOptions({
      queryKey: ['connections', 'changes', id],
      queryFn: ({ signal }) => api.get<Page<Check>>(`/v1/connections/${id}/checks?changed=true&limit=50`, signal),
    }),
  connectionCalls: (id: string) =>
    queryOptions({
      queryKey: ['connections', 'calls', id],
      queryFn: ({ signal }) => api.get<Page<VendorCall>>(`/v1/connections/${id}/calls?limit=50`, signal),
    }),

  deliveries: () => list<Delivery>('deliveries', '/v1/deliveries'),
  delivery: (id: string) => one<DeliveryWithSegments>('deliveries', '/v1/deliveries', id),
  deliveryRuns: (id: string) =>
    queryOptions({
      queryKey: ['runs', 'of', id],
      queryFn: ({ signal }) => api.get<Page<RunHead>>(`/v1/deliveries/${id}/runs?limit=50`, signal),
      refetchInterval: ({ state }) => anyBusy(state.data, SETTLED),
    }),
  monitors: () => list<Monitor>('monitors', '/v1/monitors'),
  monitor: (id: string) => one<Monitor>('monitors', '/v1/monitors', id),
  /** A run that was just asked for adds to it by itself. */
  monitorHistory: (id: string) =>
    queryOptions({
      queryKey: ['monitors', 'history', id],
      queryFn: ({ signal }) => api.get<Page<MonitorReading>>(`/v1/monitors/${id}/history?limit=100`, signal),
      refetchInterval: LATER,
    }),
  runs: () =>
    queryOptions({
      queryKey: ['runs', 'list'],
      queryFn: ({ signal }) => api.get<Page<RunHead>>('/v1/runs?limit=100', signal),
      refetchInterval: ({ state }) => anyBusy(state.data, SETTLED),
    }),
  run: (id: string) => one<Run>('runs', '/v1/runs', id),
  comparison: (runId: string, earlierId: string) =>
    queryOptions({
      queryKey: ['runs', 'comparison', runId, earlierId],
      queryFn: ({ signal }) =>
        api.get<Comparison>(`/v1/runs/${runId}/compare?with=${encodeURIComponent(earlierId)}`, signal),
    }),
  /** `finishedAt` is part of the key, so that a run that has just finished is asked once more. */
  batches: (runId: string, finishedAt: string | null) =>
    queryOptions({
      queryKey: ['runs', 'batches', runId, finishedAt],
      queryFn: ({ signal }) => api.get<{ items: Batch[] }>(`/v1/runs/${runId}/batches`, signal),
    }),
  runCalls: (runId: string, finishedAt: string | null) =>
    queryOptions({
      queryKey: ['runs', 'calls', runId, finishedAt],
      queryFn: ({ signal }) => api.get<Page<VendorCall>>(`/v1/runs/${runId}/calls?limit=100`, signal),
    }),

  consentPolicy: () =>
    queryOptions({
      queryKey: ['consent-policy'],
      queryFn: ({ signal }) => api.get<ConsentPolicyView>('/v1/consent-policy', signal),
    }),
  suppressions: () =>
    queryOptions({
      queryKey: ['suppressions'],
      queryFn: ({ signal }) => api.get<{ items: SuppressionList[] }>('/v1/suppressions', signal),
    }),
  erasures: () => ({
    ...list<Erasure>('erasures', '/v1/erasures'),
    refetchInterval: ({ state }: Polled<Page<Erasure>>) => anyBusy(state.data, ['done', 'needs-person']),
  }),
  alertChannels: () =>
    queryOptions({
      queryKey: ['alert-channels'],
      queryFn: ({ signal }) => api.get<{ items: AlertChannel[] }>('/v1/alert-channels', signal),
    }),
  alerts: () => ({ ...list<AlertNote>('alerts', '/v1/alerts'), refetchInterval: LATER }),
};

/** Coverage of a persona set by creatives, for a channel or for any; `.csv` as a file. */
export const coveragePath = (setId: string, channel: string | null, ending: '' | '.csv' = ''): string =>
  `/v1/persona-sets/${setId}/creatives/coverage${ending}${channel ? `?channel=${channel}` : ''}`;

interface Polled<T> {
  state: { data?: T };
}

/** Asks again for everything of the named kinds. A first answer still under way would be of before, so it is not waited for. */
export const refresh = (client: QueryClient, ...kinds: string[]): Promise<unknown> =>
  Promise.all(
    kinds.map(async (kind) => {
      await client.cancelQueries({ queryKey: [kind] });
      await client.invalidateQueries({ queryKey: [kind] });
    }),
  );
