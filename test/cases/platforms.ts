import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  Batch,
  Destination,
  EncodeContext,
  Encoded,
  EncodedMember,
  Member,
  Receipt,
  Upload,
} from '../../connectors/destination.ts';
import type { DestinationError } from '../../connectors/errors.ts';
import { FacebookDestination } from '../../connectors/facebook/destination.ts';
import { encoder as facebookEncoder } from '../../connectors/facebook/encode.ts';
import type { FacebookOptions } from '../../connectors/facebook/settings.ts';
import { DataManagerDriver } from '../../connectors/google/data-manager.driver.ts';
import { GoogleDestination } from '../../connectors/google/destination.ts';
import { encoder as googleEncoder } from '../../connectors/google/encode.ts';
import { GoogleAdsDriver } from '../../connectors/google/google-ads.driver.ts';
import { MATCH_KEYS as GOOGLE_KEYS } from '../../connectors/google/match-keys.ts';
import type { GoogleOptions } from '../../connectors/google/settings.ts';
import { ScriptedGoogleAds } from '../../connectors/google/spec-grpc.ts';
import { Paces } from '../../connectors/pacing.ts';
import { rehearsalBatch, rehearsalEnvironment, rehearsalSegment, rehearsalUpload } from '../../connectors/rehearsal.ts';
import type { IdentityInput } from '../../src/identity/types.ts';

/** The connectors of Facebook and Google over servers that answer what a case says and remember what they were sent. */

export interface Seen {
  method: string;
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of any shape, read by cases that know it
  body: any;
}
export interface Answer {
  status: number;
  body: unknown;
}

/** An HTTP server that gives scripted answers in order, then the usual one. */
export class ScriptedHttp {
  readonly seen: Seen[] = [];
  private readonly answers: Answer[] = [];
  private readonly server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const text = await read(request);
    const json = text.startsWith('{');
    const query = Object.fromEntries(url.searchParams);
    this.seen.push({
      method: request.method ?? '',
      path: url.pathname,
      body: json ? JSON.parse(text) : { ...query, ...Object.fromEntries(new URLSearchParams(text)) },
    });
    const answer = this.usual(this.seen.at(-1)!) ?? this.answers.shift() ?? { status: 200, body: {} };
    const isText = typeof answer.body === 'string';
    response.writeHead(answer.status, { 'content-type': isText ? 'text/html' : 'application/json' });
    response.end(isText ? answer.body : JSON.stringify(answer.body));
  });

  constructor(private readonly usual: (seen: Seen) => Answer | undefined = () => undefined) {}

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  answer(...answers: Answer[]): void {
    this.answers.push(...answers);
  }

  reset(): void {
    this.seen.length = 0;
    this.answers.length = 0;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export const FACEBOOK_KEYS = (
  'EMAIL PHONE FN LN FI GEN DOBY DOBM DOBD CT ST ZIP COUNTRY MADID EXTERN_ID' as const
).split(' ');
const GOOGLE_OPTIONS: GoogleOptions = {
  membershipDays: 540,
  adUserData: 'unspecified',
  adPersonalization: 'unspecified',
};
const oauth = new ScriptedHttp(() => ({ status: 200, body: { access_token: 'ya29.case', expires_in: 3599 } }));
const facebookHttp = new ScriptedHttp();
const dataManagerHttp = new ScriptedHttp();
const ads = new ScriptedGoogleAds();
let addresses: Record<string, string> = {};
let sessions = 0;

/** What a case may use: fresh servers, and connectors that are closed when it ends. */
export const platforms = {
  facebook: facebookHttp,
  dataManager: dataManagerHttp,
  ads,
  oauth,

  async start(): Promise<void> {
    await ads.start();
    addresses = {
      REACH_FACEBOOK_URL: await facebookHttp.start(),
      REACH_FACEBOOK_API_VERSION: 'v26.0',
      REACH_GOOGLE_OAUTH_URL: `${await oauth.start()}/token`,
      REACH_GOOGLE_DATA_MANAGER_URL: `${await dataManagerHttp.start()}/v1`,
      REACH_GOOGLE_ADS_URL: ads.url,
    };
  },

  reset(): void {
    for (const server of [facebookHttp, dataManagerHttp, oauth, ads]) server.reset();
  },

  close(): void {
    for (const server of [facebookHttp, dataManagerHttp, oauth, ads]) server.close();
  },

  facebookEncode(identity: Omit<IdentityInput, 'id'>, more: Partial<EncodeContext<FacebookOptions>> = {}): Encoded {
    const context = { options: {}, matchKeys: FACEBOOK_KEYS, attributes: [], segment: rehearsalSegment(), ...more };
    return facebookEncoder(context)(memberOf(identity));
  },

  googleEncode(identity: Omit<IdentityInput, 'id'>): Encoded {
    const context = { options: GOOGLE_OPTIONS, matchKeys: GOOGLE_KEYS, attributes: [], segment: rehearsalSegment() };
    return googleEncoder(context)(memberOf(identity));
  },

  async onFacebook<T>(
    work: (destination: FacebookDestination) => Promise<T>,
    settings: { adAccountId?: string; accessToken?: string; appSecret?: string } = {},
    now?: Date,
  ): Promise<T> {
    const environment = rehearsalEnvironment(addresses);
    if (now) environment.now = () => now;
    return during(
      new FacebookDestination({ adAccountId: '42', accessToken: 'EAAcase', ...settings }, environment),
      work,
    );
  },

  onDataManager<T>(work: (destination: GoogleDestination) => Promise<T>): Promise<T> {
    const driver = new DataManagerDriver(googleSettings(), rehearsalEnvironment(addresses), new Paces());
    return during(new GoogleDestination(driver), work);
  },

  onGoogleAds<T>(work: (destination: GoogleDestination) => Promise<T>, customerId?: string): Promise<T> {
    const settings = { ...googleSettings(), api: 'google-ads' as const, developerToken: 'case' };
    const driver = new GoogleAdsDriver(
      { ...settings, ...(customerId ? { customerId } : {}) },
      rehearsalEnvironment(addresses),
    );
    return during(new GoogleDestination(driver), work);
  },
};

const googleSettings = () => ({
  customerId: '7693729833',
  clientId: '1-case',
  clientSecret: 'secret',
  refreshToken: 'refresh',
  api: 'data-manager' as const,
});

async function during<D extends Destination<never>, T>(destination: D, work: (open: D) => Promise<T>): Promise<T> {
  try {
    return await work(destination);
  } finally {
    await destination.close();
  }
}

const memberOf = (identity: Omit<IdentityInput, 'id'>): Member => ({
  contactId: 'case',
  identity: { id: 'case', ...identity },
  attributes: {},
});

/** A batch of an upload of its own. */
export function batchOf<Options extends object>(
  encoded: (Encoded | EncodedMember)[],
  options: Options,
  more: Partial<Upload<Options>> = {},
): Batch<Options> {
  const members = encoded.map((member, n) => ({ ...member, contactId: `c${n}` })) as EncodedMember[];
  const upload = rehearsalUpload({ id: '4242', name: 'x' }, { options, matchKeys: FACEBOOK_KEYS });
  return rehearsalBatch(
    { ...upload, startedAt: new Date(), sessionId: 1_000 + sessions++, estimatedTotal: members.length, ...more },
    members,
  );
}

export const facebookBatch = (encoded: Encoded[], more: Partial<Upload<FacebookOptions>> = {}) =>
  batchOf<FacebookOptions>(encoded, {}, more);
export const googleBatch = (encoded: Encoded[], more: Partial<Upload<GoogleOptions>> = {}) =>
  batchOf<GoogleOptions>(encoded, GOOGLE_OPTIONS, more);

/** What an upload answers when all is well. */
export const received = (rows: number): Answer => ({
  status: 200,
  body: { audience_id: '4242', num_received: rows, num_invalid_entries: 0, invalid_entry_samples: {} },
});

/** What came of a call: the contacts it refused, or the error. */
export const outcome = (work: Promise<Receipt>): Promise<Receipt | DestinationError> =>
  work.catch((error: DestinationError) => error);
