import { AdAccount, CustomAudience } from 'facebook-nodejs-business-sdk';
import { adoptedId, markOf } from '../adoption.ts';
import type { RemoteAudience, Segment } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { AUDIENCES_URL, TOO_MUCH } from './errors.ts';
import type { GraphApi } from './graph-api.ts';
import type { FacebookOptions } from './settings.ts';
import { FLAGGED, OPERATION_STATUS, REPLACING } from './status.ts';

/** Meta names no limit for descriptions; longer ones help nobody in Audience Manager. */
const DESCRIPTION_LENGTH = 500;
/** Meta answers large pages with "reduce the amount of data". */
const PAGE = 20;
const LIST_FIELDS = 'id,name,description,subtype';

interface Wanted {
  name: string;
  description: string;
  /** Absent: whatever the audience has. */
  retentionDays: number | undefined;
}

/** The fields of a custom audience that we read. */
export interface AudienceData {
  id?: string;
  name?: string;
  description?: string;
  subtype?: string;
  is_value_based?: boolean;
  /** 0 where members stay for ever. */
  retention_days?: number | string;
  operation_status?: { code?: number; description?: string };
  delivery_status?: { code?: number; description?: string };
  /** -1 where Meta does not say. */
  approximate_count_lower_bound?: number;
  approximate_count_upper_bound?: number;
}

/** The SDK's object on our transport, with no pending changes that it would add to every call. */
export const audienceNode = (api: GraphApi, id: string) =>
  new CustomAudience(id, {}, undefined, api).clearHistory() as CustomAudience;
export const accountNode = (api: GraphApi) =>
  new AdAccount(`act_${api.adAccountId}`, {}, undefined, api).clearHistory() as AdAccount;

/** Where a person can look at an audience. */
export const audienceUrl = (api: GraphApi, id: string) =>
  `${AUDIENCES_URL.replace('{adAccountId}', api.adAccountId)}&selected_audience_ids=${id}`;

/**
 * Reads one audience.
 * @throws DestinationError `audience-missing` when it is gone or Meta answers with another one
 */
export async function readAudience(api: GraphApi, id: string, fields: string[]): Promise<AudienceData> {
  if (!/^\d+$/.test(id)) throw new DestinationError('audience-missing', 'The remote audience has no valid id.');
  const data = await api.call<AudienceData>('GET', [id], { fields: ['id', ...fields].join(',') });
  if (data.id !== id) {
    throw new DestinationError('audience-missing', `Facebook answered with another audience than ${id}.`);
  }
  return data;
}

/** Every audience of the ad account, page by page. */
export async function* listAudiences(api: GraphApi): AsyncGenerator<AudienceData> {
  let after: string | undefined;
  let limit = PAGE;
  for (;;) {
    const page: AudiencePage | undefined = await onePage(api, limit, after);
    if (page) {
      yield* page.data;
      after = page.paging?.next && page.paging.cursors?.after;
      if (!after) return;
    } else {
      limit = Math.ceil(limit / 2);
    }
  }
}

interface AudiencePage {
  data: AudienceData[];
  paging?: { next?: string; cursors?: { after?: string } };
}

/** @returns undefined when Meta asks for a smaller page */
async function onePage(api: GraphApi, limit: number, after?: string): Promise<AudiencePage | undefined> {
  try {
    const params = { fields: LIST_FIELDS, limit, ...(after ? { after } : {}) };
    const page = await api.call<AudiencePage>('GET', [`act_${api.adAccountId}`, 'customaudiences'], params);
    if (!Array.isArray(page.data))
      throw new DestinationError('unknown', 'Facebook answered with no list of audiences.');
    return page;
  } catch (error) {
    if (limit > 1 && error instanceof DestinationError && error.vendorCode === TOO_MUCH) return undefined;
    throw error;
  }
}

/**
 * Adopts the audience bound to the segment, the one that the options name, or the one that an earlier try created and could not report, or creates
 * it; then brings name and description up to date. Every audience of ours ends its description with a mark of its
 * segment, which is how such an orphan is found again.
 */
export async function ensureAudience(
  api: GraphApi,
  segment: Segment,
  options: FacebookOptions,
  known?: RemoteAudience,
): Promise<RemoteAudience> {
  const mark = markOf(segment.id ?? segment.key);
  const description = `${segment.description.slice(0, DESCRIPTION_LENGTH - mark.length - 1)} ${mark}`.trim();
  const wanted = { name: segment.name, description, retentionDays: options.retentionDays };
  const adopted = known?.id ?? adoptedId(segment, options.audienceId);
  const bound = adopted ?? (segment.id && (await onAccount(() => findMarked(api, mark))));
  const retentionDays = bound ? await bringUpToDate(api, bound, wanted, options) : options.retentionDays;
  const id = bound || (await onAccount(() => create(api, wanted, options)));
  const membership = retentionDays ? { membershipDays: retentionDays } : {};
  return { id, name: segment.name, url: audienceUrl(api, id), ...membership };
}

async function findMarked(api: GraphApi, mark: string): Promise<string | undefined> {
  for await (const audience of listAudiences(api)) {
    if (audience.description?.endsWith(mark)) return audience.id;
  }
  return undefined;
}

/** @returns days after which the audience forgets members then; 0 when it keeps them */
async function bringUpToDate(api: GraphApi, id: string, wanted: Wanted, options: FacebookOptions): Promise<number> {
  const fields = ['name', 'description', 'subtype', 'operation_status', 'retention_days'];
  const found = await readAudience(api, id, options.valueAttribute ? [...fields, 'is_value_based'] : fields);
  const url = audienceUrl(api, id);
  if (found.subtype !== undefined && found.subtype !== 'CUSTOM') {
    throw new DestinationError(
      'config',
      `Audience ${id} is of type ${found.subtype}; only customer lists take contacts.`,
      { url },
    );
  }
  if (options.valueAttribute && found.is_value_based === false) {
    throw new DestinationError(
      'config',
      `Audience ${id} was made without values and cannot take any. Start a new delivery.`,
      { url },
    );
  }
  const status = found.operation_status?.code;
  // perhaps by us, before a restart: the upload goes on, and other uploads are refused by Meta until it is done
  const retention = Number(found.retention_days ?? 0);
  if (status === REPLACING) return retention;
  const { name, description, retentionDays = retention } = wanted;
  const isNamed = found.name === name && found.description === description;
  const changes = {
    ...(isNamed ? {} : { name, description }),
    ...(retentionDays === retention ? {} : { retention_days: retentionDays }),
  };
  // a new name is how a flag is lifted, so it is sent even to a flagged audience
  if (!isNamed || (retentionDays !== retention && status !== FLAGGED)) {
    await audienceNode(api, id).update([], changes);
  } else if (status === FLAGGED) {
    throw new DestinationError('policy', OPERATION_STATUS[FLAGGED]!.text, {
      vendorCode: `operation_status ${FLAGGED}`,
      url,
    });
  }
  return retentionDays;
}

async function create(
  api: GraphApi,
  { name, description, retentionDays }: Wanted,
  options: FacebookOptions,
): Promise<string> {
  const created = await accountNode(api).createCustomAudience([], {
    name,
    description,
    subtype: 'CUSTOM',
    customer_file_source: options.customerFileSource ?? 'USER_PROVIDED_ONLY',
    ...(retentionDays ? { retention_days: retentionDays } : {}),
    ...(options.valueAttribute ? { is_value_based: true } : {}),
  });
  const { id } = created._data as AudienceData;
  if (!id || !/^\d+$/.test(id)) {
    throw new DestinationError('unknown', 'Facebook created an audience without naming it.');
  }
  return id;
}

/** On the ad account, "missing" and "invalid" speak of the connection and the delivery, not of an audience or contacts. */
async function onAccount<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error;
    if (error.code === 'payload') throw new DestinationError('config', error.message, error);
    if (error.code !== 'audience-missing') throw error;
    throw new DestinationError('config', 'The ad account does not exist, or the token may not see it.', error);
  }
}
