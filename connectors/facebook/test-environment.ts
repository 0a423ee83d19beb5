import type { Batch, ConnectorEnvironment, EncodedMember, Segment, Upload, VendorCall } from '../destination.ts';
import { FacebookDestination } from './destination.ts';
import type { Wire } from './schema.ts';
import type { FacebookOptions } from './settings.ts';

export const BASE = 'https://graph.facebook.test';
export const TOKEN = 'EAAtokenOfTests';
export const AUDIENCE = '120210000000001';

/** A destination on a Graph that nock plays, with what it recorded. */
export function openFacebook(overrides: { appSecret?: string; url?: string; now?: () => Date } = {}) {
  const calls: VendorCall[] = [];
  const stop = new AbortController();
  const environment: ConnectorEnvironment = {
    addresses: { REACH_FACEBOOK_URL: overrides.url ?? BASE, REACH_FACEBOOK_API_VERSION: 'v26.0' },
    now: overrides.now ?? (() => new Date()),
    signal: stop.signal,
    record: (call) => calls.push(call),
    assertHostAllowed: async () => undefined,
  };
  const settings = { adAccountId: 'act_42', accessToken: TOKEN, appSecret: overrides.appSecret };
  return { destination: new FacebookDestination(settings, environment), calls, stop };
}

export const segment: Segment = {
  id: 'del_1/loyal',
  key: 'loyal',
  name: 'Reach | Customers | Loyal',
  description: 'Loyal: 30 % of customers, long tenure',
  brief: {
    personaKey: 'loyal',
    personaName: 'Loyal',
    summary: '',
    color: '#123456',
    size: 10,
    share: 0.3,
    salientTraits: [],
  },
};

export function uploadOf(overrides: Partial<Upload<FacebookOptions>> = {}): Upload<FacebookOptions> {
  return {
    id: 'upl_1',
    runId: 'run_1',
    delivery: { id: 'del_1', account: 'Acme', audience: 'Customers', mode: 'mirror' },
    options: {},
    audience: { id: AUDIENCE, name: segment.name },
    segment,
    matchKeys: ['EMAIL', 'PHONE'],
    attributes: [],
    direction: 'add',
    sessionId: 9_778_993,
    estimatedTotal: 3,
    startedAt: new Date(),
    consent: { adUserData: 'granted', adPersonalization: 'granted' },
    ...overrides,
  };
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

export function batchOf(
  members: EncodedMember[],
  upload: Partial<Upload<FacebookOptions>> = {},
): Batch<FacebookOptions> {
  return { upload: uploadOf(upload), seq: 1, last: true, idempotencyKey: 'upl_1/1', members };
}

export const digest = (letter: string) => letter.repeat(64);
