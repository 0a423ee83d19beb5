import { createHash } from 'node:crypto';
import { type Sandbox, startSandbox } from '../sandbox.ts';

interface Details {
  '@type': string;
  reason?: string;
  fieldViolations?: { field: string; reason: string }[];
}
/** What the specs look at of the bodies Google answers. */
interface GoogleBody {
  id: string;
  access_token: string;
  requestId: string;
  userLists: { displayName: string }[];
  nextPageToken?: string;
  requestStatusPerDestination: { requestStatus: string }[];
  error: { code: number; status: string; message: string; details: Details[] };
}
export interface GoogleAnswer {
  status: number;
  body: GoogleBody;
}

export const hash = (text: string) => createHash('sha256').update(text).digest('hex');
export const member = (...userIdentifiers: object[]) => ({ compositeData: { userData: { userIdentifiers } } });
export const email = (name: string) => ({ emailAddress: hash(name) });
export const LIST = {
  displayName: 'Savers',
  description: 'persona 1',
  membershipDuration: '46656000s',
  ingestedUserListInfo: {
    uploadKeyTypes: ['CONTACT_ID'],
    contactIdInfo: { dataSourceType: 'DATA_SOURCE_TYPE_FIRST_PARTY' },
  },
};

const violations = ({ body }: GoogleAnswer) => body.error?.details.flatMap((d) => d.fieldViolations ?? []);
/** Reasons and places of the field violations of an error. */
export const reasons = (answer: GoogleAnswer) => violations(answer)?.map(({ reason }) => reason);
export const fields = (answer: GoogleAnswer) => violations(answer)?.map(({ field }) => field);

/** A sandbox and a client that holds an access token. */
export class GoogleClient {
  token = '';
  readonly sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async start(): Promise<GoogleClient> {
    return new GoogleClient(await startSandbox());
  }

  get account(): string {
    return `/accountTypes/GOOGLE_ADS/accounts/${this.sandbox.google.credentials.customerId}`;
  }

  /** Forgets everything and takes a new token. */
  async reset(): Promise<void> {
    this.sandbox.reset();
    await this.authorize();
  }

  async authorize(): Promise<void> {
    this.token = (await this.refresh()).body.access_token;
  }

  refresh(changes: Record<string, string> = {}): Promise<GoogleAnswer> {
    const { clientId, clientSecret, refreshToken } = this.sandbox.google.credentials;
    return this.oauth({
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
      ...changes,
    });
  }

  async oauth(form: Record<string, string>): Promise<GoogleAnswer> {
    return read(await fetch(this.sandbox.google.oauthUrl, { method: 'POST', body: new URLSearchParams(form) }));
  }

  async send(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<GoogleAnswer> {
    const response = await fetch(this.sandbox.google.dataManagerUrl + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers },
      body: body && JSON.stringify(body),
    });
    return read(response);
  }

  async createList(more: object = {}): Promise<string> {
    return (await this.send('POST', `${this.account}/userLists`, { ...LIST, ...more })).body.id;
  }

  destination(listId: string, more: object = {}): object {
    const operatingAccount = { accountType: 'GOOGLE_ADS', accountId: this.sandbox.google.credentials.customerId };
    return { operatingAccount, productDestinationId: listId, ...more };
  }

  ingest(listId: string, audienceMembers: object[], more: object = {}): Promise<GoogleAnswer> {
    return this.send('POST', '/audienceMembers:ingest', {
      destinations: [this.destination(listId)],
      audienceMembers,
      encoding: 'HEX',
      consent: { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' },
      termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' },
      ...more,
    });
  }

  async statuses(requestId: string): Promise<object[]> {
    const { body } = await this.send('GET', `/requestStatus:retrieve?requestId=${requestId}`);
    return body.requestStatusPerDestination;
  }
}

async function read(response: Response): Promise<GoogleAnswer> {
  return { status: response.status, body: (await response.json()) as GoogleBody };
}
