import { createHash } from 'node:crypto';
import { type Sandbox, startSandbox } from '../sandbox.ts';

/** What the specs look at of the many bodies the Graph API answers. */
interface GraphBody {
  id: string;
  data: Record<string, unknown>[];
  paging: { cursors: { after: string }; next?: string };
  operation_status: { code: number };
  num_received: number;
  num_invalid_entries: number;
  error: { code: number; error_subcode?: number; message: string; is_transient: boolean };
}
export interface GraphAnswer {
  status: number;
  headers: Headers;
  body: GraphBody;
  text: string;
}

export const hash = (text: string) => createHash('sha256').update(text).digest('hex');
export const emails = (...names: string[]) => ({ schema: ['EMAIL'], data: names.map((name) => [hash(name)]) });
/** Code and subcode of an error. */
export const codes = ({ body }: GraphAnswer) => [body.error?.code, body.error?.error_subcode];
export const LIST = { name: 'Big spenders', subtype: 'CUSTOM', customer_file_source: 'USER_PROVIDED_ONLY' };

let nextSession = 1000;
export const newSession = () => nextSession++;
export const session = (batch_seq = 1, last_batch_flag = true, session_id = newSession()) => ({
  session_id,
  batch_seq,
  last_batch_flag,
});

/** A sandbox and a client that holds its token. */
export class GraphClient {
  readonly sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async start(): Promise<GraphClient> {
    return new GraphClient(await startSandbox());
  }

  get account(): string {
    return `/act_${this.sandbox.facebook.credentials.adAccountId}`;
  }

  async send(method: string, path: string, body?: object, version = '/v26.0'): Promise<GraphAnswer> {
    const { url, credentials } = this.sandbox.facebook;
    const response = await fetch(url + version + path, {
      method,
      headers: { authorization: `Bearer ${credentials.accessToken}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    const json = (text.startsWith('{') ? JSON.parse(text) : {}) as GraphBody;
    return { status: response.status, headers: response.headers, body: json, text };
  }

  async createAudience(more: object = {}): Promise<string> {
    return (await this.send('POST', `${this.account}/customaudiences`, { ...LIST, ...more })).body.id;
  }
}
