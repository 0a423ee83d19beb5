import type { ApiClient } from '../../src/cli/api-client.ts';
import type { Progress } from '../../src/cli/progress.ts';
import { importFile, trainPersonas } from '../../src/cli/steps.ts';
import type { DatasetView, PersonaView, RunView } from '../../src/cli/views.ts';
import { watchRun } from '../../src/cli/watch.ts';
import type { SandboxCredentials } from '../sandbox.ts';
import type { DemoData } from './dataset.ts';
import { CONTACTS_MAPPING, ORDERS_MAPPING, PERSONA_TRAITS } from './mappings.ts';

/** A delivery of the story, finished. */
export interface ToldRun {
  platform: 'facebook' | 'google' | 'sftp';
  title: string;
  run: RunView;
}

/** What deliveries need, and what people want to see of it. */
export interface Prepared {
  audienceId: string;
  personaSetId: string;
  personas: PersonaView[];
  datasets: DatasetView[];
}

interface Id {
  id: string;
}

/** From files to an audience with personas, as a user would do it over the API. */
export async function prepareAudience(api: ApiClient, data: DemoData, progress: Progress): Promise<Prepared> {
  const { dataset: customers } = await importFile(
    api,
    data.contactsFile,
    { name: 'customers', mapping: CONTACTS_MAPPING },
    progress,
  );
  const { dataset: orders } = await importFile(
    api,
    data.ordersFile,
    { name: 'orders', mapping: ORDERS_MAPPING },
    progress,
  );
  const current = {
    all: [
      { trait: 'churn', op: 'eq', value: false },
      { event: 'order', count: { gte: 1 }, within: { days: 365 } },
    ],
  };
  const cohort = await api.post<Id>('/v1/cohorts', {
    name: 'Current customers',
    description: 'Have not left, and ordered within a year.',
    condition: current,
  });
  const trained = await trainPersonas(
    api,
    { name: 'Customers', cohortId: cohort.id, traits: PERSONA_TRAITS, seed: 1 },
    true,
    progress,
  );
  const audience = await api.post<Id>('/v1/audiences', {
    name: 'Spring upgrade',
    description: 'Current customers who have room for a larger contract.',
    include: { cohorts: [cohort.id] },
    exclude: { condition: { trait: 'monthly_charges', op: 'gt', value: 115 } },
    personaSetId: trained.setId,
  });
  return {
    audienceId: audience.id,
    personaSetId: trained.setId,
    personas: trained.personas,
    datasets: [customers, orders],
  };
}

/** Connects to the three platforms, checks each, and delivers the audience split by persona to all of them at once. */
export async function deliverEverywhere(
  api: ApiClient,
  what: { audienceId: string; personaSetId: string },
  { facebook, google, sftp }: SandboxCredentials,
  progress: Progress,
): Promise<ToldRun[]> {
  const { clientId, clientSecret, refreshToken, customerId, loginCustomerId } = google;
  const places = [
    {
      platform: 'facebook',
      title: 'Facebook',
      settings: { adAccountId: facebook.adAccountId, accessToken: facebook.accessToken, appSecret: facebook.appSecret },
    },
    {
      platform: 'google',
      title: 'Google',
      settings: { clientId, clientSecret, refreshToken, customerId, loginCustomerId },
    },
    {
      platform: 'sftp',
      title: 'SFTP',
      settings: {
        host: sftp.host,
        port: sftp.port,
        username: sftp.username,
        password: sftp.password,
        hostKeySha256: sftp.hostFingerprint,
        directory: sftp.directory,
      },
      attributes: ['contract', 'internet_service', 'tenure', 'monthly_charges'],
    },
  ] as const;
  return Promise.all(
    places.map(async ({ platform, title, settings, ...extra }) => {
      const connection = await api.post<Id>('/v1/connections', {
        name: `${title} (sandbox)`,
        type: platform,
        settings,
      });
      const { prerequisites } = await api.post<{ prerequisites: { ok: boolean }[] }>(
        `/v1/connections/${connection.id}/check`,
      );
      progress.done(
        `Check ${title}`,
        `${prerequisites.filter(({ ok }) => ok).length} of ${prerequisites.length} prerequisites met`,
      );
      const definition = {
        name: `Spring upgrade to ${title}`,
        connectionId: connection.id,
        splitByPersona: true,
        defaultCountry: 'US',
        ...what,
        ...extra,
      };
      const delivery = await api.post<Id>('/v1/deliveries', definition);
      const { id } = await api.post<Id>(`/v1/deliveries/${delivery.id}/runs`);
      return { platform, title, run: await watchRun(api, id, progress, title) };
    }),
  );
}
