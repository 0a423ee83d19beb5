import {
  type Batch,
  type ConnectorEnvironment,
  type Destination,
  DestinationError,
  type Json,
  type Receipt,
  type RemoteAudience,
  type Segment,
} from '../destination.ts';
import { ensureAudience } from './audiences.ts';
import { confirm } from './confirm.ts';
import { GraphApi } from './graph-api.ts';
import { check } from './preflight.ts';
import type { FacebookOptions, FacebookSettings } from './settings.ts';
import { UsersSender } from './users-sender.ts';

/** An ad account, opened. */
export class FacebookDestination implements Destination<FacebookOptions> {
  private readonly api: GraphApi;
  private readonly users: UsersSender;

  constructor(settings: FacebookSettings, environment: ConnectorEnvironment) {
    this.api = new GraphApi(settings, environment);
    this.users = new UsersSender(this.api, () => environment.now());
  }

  check() {
    return check(this.api);
  }

  ensureAudience(segment: Segment, options: FacebookOptions, known?: RemoteAudience) {
    return typed(() => ensureAudience(this.api, segment, options, known));
  }

  add(batch: Batch<FacebookOptions>) {
    return typed(() => this.users.send(batch));
  }

  remove(batch: Batch<FacebookOptions>) {
    return typed(() => this.users.send(batch));
  }

  /** The last batch carried the session's last flag; there is nothing left to do. */
  async finish(): Promise<Receipt> {
    return { outcomes: [], unattributedRejects: 0, warnings: [] };
  }

  confirm(_upload: unknown, tickets: Json[]) {
    return typed(() => confirm(this.api, tickets));
  }

  /** Takes people out of every customer list of the ad account. Rows as in a batch; at most 10,000. */
  erase(schema: string[], rows: string[][]): Promise<void> {
    return typed(() =>
      this.api.call('DELETE', [`act_${this.api.adAccountId}`, 'usersofanyaudience'], {
        payload: { schema, data: rows },
      }),
    );
  }

  async close(): Promise<void> {
    this.api.close();
  }
}

/** Lets out `DestinationError` and nothing else: an answer of the wrong shape makes the SDK throw its own kind. */
async function typed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DestinationError) throw error;
    throw new DestinationError('unknown', 'Facebook answered in a form that Reach does not know.');
  }
}
