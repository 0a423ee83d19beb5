import type { Batch, EncodedMember, Upload } from '../destination.ts';
import { rehearsalBatch, rehearsalEnvironment, rehearsalSegment, rehearsalUpload } from '../rehearsal.ts';
import { FacebookDestination } from './destination.ts';
import type { Wire } from './schema.ts';
import type { FacebookOptions } from './settings.ts';

export const BASE = 'https://graph.facebook.test';
export const TOKEN = 'EAAtokenOfTests';
export const AUDIENCE = '120210000000001';

/** A destination on a Graph that nock plays, with what it recorded. */
export function openFacebook(overrides: { appSecret?: string; url?: string; now?: () => Date } = {}) {
  const environment = rehearsalEnvironment({
    REACH_FACEBOOK_URL: overrides.url ?? BASE,
    REACH_FACEBOOK_API_VERSION: 'v26.0',
  });
  if (overrides.now) environment.now = overrides.now;
  const settings = { adAccountId: 'act_42', accessToken: TOKEN, appSecret: overrides.appSecret };
  const destination = new FacebookDestination(settings, environment);
  return { destination, calls: environment.calls, abort: () => environment.abort() };
}

export const segment = rehearsalSegment('loyal', {
  id: 'del_1/loyal',
  name: 'Reach | Customers | Loyal',
  description: 'Loyal: 30 % of customers, long tenure',
});

export function uploadOf(overrides: Partial<Upload<FacebookOptions>> = {}): Upload<FacebookOptions> {
  const audience = { id: AUDIENCE, name: segment.name };
  const upload = rehearsalUpload<FacebookOptions>(audience, { segment, options: {}, matchKeys: ['EMAIL', 'PHONE'] });
  return { ...upload, startedAt: new Date(), sessionId: 9_778_993, estimatedTotal: 3, ...overrides };
}

export function memberOf(
  contactId: string,
  rows: string[][],
  schema = ['EMAIL', 'PHONE'],
  addOnly?: Wire['addOnly'],
): EncodedMember {
  const wire: Wire = { schema, rows, ...(addOnly ? { addOnly } : {}) };
  return { contactId, wire, weight: rows.length, keys: [] };
}

export const batchOf = (
  members: EncodedMember[],
  upload: Partial<Upload<FacebookOptions>> = {},
): Batch<FacebookOptions> => rehearsalBatch(uploadOf(upload), members);

export const digest = (letter: string) => letter.repeat(64);
