import type {
  AttributeValue,
  Batch,
  ConnectorEnvironment,
  DestinationDefinition,
  EncodedMember,
  Member,
  RemoteAudience,
  Segment,
  Upload,
  VendorCall,
} from './destination.ts';

/** What tests of connectors share: an environment that keeps what it was told, and uploads made of little. */

export interface RehearsalEnvironment extends ConnectorEnvironment {
  /** Every vendor call recorded so far. */
  calls: VendorCall[];
  abort(): void;
}

/** An environment that allows every host, stands still in time and can be aborted. */
export function rehearsalEnvironment(addresses: Record<string, string> = {}): RehearsalEnvironment {
  const aborting = new AbortController();
  const calls: VendorCall[] = [];
  return {
    addresses,
    calls,
    signal: aborting.signal,
    now: () => new Date(),
    record: (call) => void calls.push(call),
    assertHostAllowed: async () => {},
    abort: () => aborting.abort(new Error('aborted by the test')),
  };
}

export function rehearsalSegment(key = 'p_loyal', more: Partial<Segment> = {}): Segment {
  return {
    key,
    name: `Rehearsal ${key}`,
    description: 'Loyal families with long tenure',
    brief: {
      personaKey: key,
      personaName: 'Loyal Families',
      summary: 'Long tenure, few complaints.',
      color: '#1f77b4',
      size: 120,
      share: 0.4,
      salientTraits: [{ trait: 'tenure', statement: 'tenure above 40 months', lift: 2.1 }],
      tone: 'warm',
      offer: 'Free month',
      messages: ['Stay with us'],
      creativeIds: ['cre_1'],
    },
    creatives: [
      {
        id: 'cre_1',
        revision: 2,
        name: 'Free month, warm',
        headline: 'Stay with us',
        imageUrl: 'https://pictures.example/free-month.jpg',
        reasons: ['tenure stands out (2.1 times as often as everyone)'],
      },
    ],
    ...more,
  };
}

export interface UploadOptions<Options extends object> {
  id?: string;
  options: Options;
  segment?: Segment;
  matchKeys: string[];
  attributes?: string[];
  direction?: 'add' | 'remove';
  estimatedTotal?: number;
}

export function rehearsalUpload<Options extends object>(
  audience: RemoteAudience,
  { id = 'upl_1', segment = rehearsalSegment(), attributes = [], direction = 'add', ...more }: UploadOptions<Options>,
): Upload<Options> {
  return {
    id,
    runId: 'run_1',
    delivery: { id: 'del_1', account: 'Acme', audience: 'Spring sale', mode: 'mirror' },
    audience,
    segment,
    attributes,
    direction,
    sessionId: 1_234_567,
    estimatedTotal: more.estimatedTotal ?? 1,
    startedAt: new Date('2026-11-03T09:08:07.000Z'),
    consent: { adUserData: 'granted', adPersonalization: 'granted' },
    options: more.options,
    matchKeys: more.matchKeys,
  };
}

/** A batch whose idempotency key follows from its upload and number, as the engine's does. */
export function rehearsalBatch<Options extends object>(
  upload: Upload<Options>,
  members: EncodedMember[],
  seq = 1,
  last = true,
): Batch<Options> {
  return { upload, seq, last, idempotencyKey: `${upload.id}:${seq}`, members };
}

/** Person `n`: valid on every platform, and the same each time. */
export function rehearsalMember(n: number, attributes: Record<string, AttributeValue> = {}): Member {
  const digits = String(n).padStart(4, '0');
  return {
    contactId: `con_${n}`,
    identity: {
      id: `con_${n}`,
      emails: [`Planted.Person${n}@Example.com`],
      phones: [`+1 650 253 ${digits.slice(-4)}`],
      firstName: 'Wilhelmina',
      lastName: `Plantagenet${'abcdefghij'[n % 10]}`,
      street: `${n + 1} Hidden Orchard Lane`,
      city: 'Mountain View',
      region: 'CA',
      postalCode: '94043',
      country: 'US',
      birthDate: '1984-05-06',
      externalIds: [`ext-${n}`],
    },
    attributes,
  };
}

/** Members in a connector's form; those without one are left out. */
export function encodeAll<Settings extends object, Options extends object>(
  definition: DestinationDefinition<Settings, Options>,
  upload: Upload<Options>,
  members: Member[],
): EncodedMember[] {
  const { options, matchKeys, attributes, segment } = upload;
  const encode = definition.encoder({ options, matchKeys, attributes, segment, defaultCountry: 'US' });
  return members.map(encode).filter((member): member is EncodedMember => member.wire !== null);
}
