import type { Batch, ConnectorEnvironment, EncodedMember, Json, Upload, VendorCall } from '../destination.ts';
import { GoogleOptions, type GoogleSettings } from './settings.ts';

/** What specs of this folder share: settings, surroundings and uploads with nothing remarkable about them. */
export const settings: GoogleSettings = {
  customerId: '7693729833',
  clientId: '1055-abc.apps.googleusercontent.com',
  clientSecret: 'client-secret-value',
  refreshToken: 'refresh-token-value',
  api: 'data-manager',
};

export interface Surroundings extends ConnectorEnvironment {
  calls: VendorCall[];
  stop(): void;
}

export function surroundings(
  addresses: Record<string, string> = {},
  now: () => Date = () => new Date('2026-11-24T00:00:00Z'),
): Surroundings {
  const controller = new AbortController();
  const calls: VendorCall[] = [];
  return {
    addresses,
    now,
    signal: controller.signal,
    record: (call) => calls.push(call),
    assertHostAllowed: async () => {},
    calls,
    stop: () => controller.abort(),
  };
}

/** A digest that stands for `n`. */
export const digest = (n: number): string => n.toString(16).padStart(64, '0');

export const member = (
  contactId: string,
  wire: Json = { identifiers: [{ emailAddress: digest(1) }] },
): EncodedMember => ({
  contactId,
  wire,
  weight: 1,
  keys: [],
});

export function upload(changes: Partial<Upload<GoogleOptions>> = {}): Upload<GoogleOptions> {
  return {
    id: 'upl_1',
    runId: 'run_1',
    delivery: { id: 'del_1', account: 'Acme', audience: 'Customers', mode: 'mirror' },
    options: new GoogleOptions(),
    audience: { id: '4242', name: 'Acme: Bargain hunters' },
    segment: {
      key: 'p1',
      name: 'Acme: Bargain hunters',
      description: 'Buys on sale.',
      brief: {
        personaKey: 'p1',
        personaName: 'Bargain hunters',
        summary: 'Buys on sale.',
        color: '#123456',
        size: 2,
        share: 0.5,
        salientTraits: [],
      },
    },
    matchKeys: ['EMAIL', 'PHONE', 'FN', 'LN', 'COUNTRY', 'ZIP'],
    attributes: [],
    direction: 'add',
    sessionId: 9_778_993,
    estimatedTotal: 2,
    startedAt: new Date('2026-11-24T00:00:00Z'),
    consent: { adUserData: 'granted', adPersonalization: 'granted' },
    ...changes,
  };
}

export function batch(members: EncodedMember[], changes: Partial<Upload<GoogleOptions>> = {}): Batch<GoogleOptions> {
  return { upload: upload(changes), seq: 1, last: true, idempotencyKey: 'upl_1/1', members };
}
