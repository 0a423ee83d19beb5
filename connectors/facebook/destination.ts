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
import { audienceNode, ensureAudience } from './audiences.ts';
import { confirm } from './confirm.ts';
import { GraphApi } from './graph-api.ts';
import { check } from './preflight.ts';
import type { FacebookOptions, FacebookSettings } from './settings.ts';
import { acknowledged, readAnswer, requestsOf, ticketOf, type UsersAnswer, type UsersRequest } from './upload.ts';

/** Meta refuses more rows in one call. */
export const BATCH_ROWS = 10_000;

/** An ad account, opened. */
export class FacebookDestination implements Destination<FacebookOptions> {
  private readonly api: GraphApi;
  /** `num_received` counts a session from its start: the last count of each session sent to from here. */
  private readonly received = new Map<number, number>();

  constructor(settings: FacebookSettings, environment: ConnectorEnvironment) {
    this.api = new GraphApi(settings, environment);
  }

  check() {
    return check(this.api);
  }

  ensureAudience(segment: Segment, options: FacebookOptions, known?: RemoteAudience) {
    return typed(() => ensureAudience(this.api, segment, options, known));
  }

  add(batch: Batch<FacebookOptions>) {
    return typed(() => this.send(batch));
  }

  remove(batch: Batch<FacebookOptions>) {
    return typed(() => this.send(batch));
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

  private async send(batch: Batch<FacebookOptions>): Promise<Receipt> {
    const { id } = batch.upload.audience;
    if (!/^\d+$/.test(id)) throw new DestinationError('audience-missing', 'The remote audience has no valid id.');
    const requests = requestsOf(batch);
    const receipt: Receipt = { outcomes: [], unattributedRejects: 0, warnings: [] };
    for (const request of requests) {
      const answer = await this.post(id, request, batch.upload.direction);
      const { outcomes, unattributed } = readAnswer(request, answer);
      const lost = this.lostRows(request, acknowledged(answer, id));
      receipt.outcomes.push(...outcomes);
      receipt.unattributedRejects += unattributed;
      if (lost > 0) receipt.warnings.push(`Facebook says it received ${lost} entries fewer than were sent.`);
    }
    if (this.api.versionWarning) receipt.warnings.push(this.api.versionWarning);
    if (requests.length === 0) return receipt;
    const { session_id, batch_seq } = requests[0]!.session;
    return { ...receipt, vendorRequestId: `session ${session_id} batch ${batch_seq}`, ticket: ticketOf(id, requests) };
  }

  private async post(id: string, request: UsersRequest, direction: 'add' | 'remove'): Promise<UsersAnswer> {
    const { payload, session } = request;
    if (payload.data.length > BATCH_ROWS) {
      throw new DestinationError(
        'payload',
        `A batch may hold ${BATCH_ROWS} rows and this one holds ${payload.data.length}.`,
      );
    }
    if (direction === 'remove') return audienceNode(this.api, id).deleteUsers({ payload, session });
    const answer = await audienceNode(this.api, id).createUser([], { payload, session });
    return answer._data as UsersAnswer;
  }

  /** Rows of this call that the count does not show. A count that equals the rows is one that starts anew each call. */
  private lostRows({ session, payload }: UsersRequest, received: number): number {
    const before = this.received.get(session.session_id) ?? 0;
    this.received.set(session.session_id, received);
    return received === payload.data.length ? 0 : Math.max(0, before + payload.data.length - received);
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
