import type { Batch, Receipt } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { audienceNode, audienceUrl, readAudience } from './audiences.ts';
import type { GraphApi } from './graph-api.ts';
import { sessionCounts } from './sessions.ts';
import type { FacebookOptions } from './settings.ts';
import { FLAGGED, OPERATION_STATUS, POPULATING, REPLACING } from './status.ts';
import { acknowledged, readAnswer, requestsOf, ticketOf, type UsersAnswer, type UsersRequest } from './upload.ts';
import type { UsersSender } from './users-sender.ts';

/** Timed out, or finished already: the audience is what was sent by then, and the rest can be added. */
const SESSION_OVER = ['2650/1870158', '2650/1870159'];
const WAIT_SECONDS = 60;

/**
 * Replaces everyone in an audience by `usersreplace`: one session of at most 90 minutes. Its first batch must never be
 * sent twice under one session, so Meta is asked before it whether it has arrived in an earlier try; later ones may be.
 * What comes too late for the session is added once the audience is normal again.
 * @see https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences
 */
export class Replacer {
  constructor(
    private readonly api: GraphApi,
    private readonly users: UsersSender,
  ) {}

  async send(batch: Batch<FacebookOptions>): Promise<Receipt> {
    const [request, ...others] = requestsOf(batch);
    if (!request) return { outcomes: [], unattributedRejects: 0, warnings: [] };
    if (others.length > 0 || request.session.session_id !== batch.upload.sessionId) {
      throw new DestinationError('config', 'A replacement takes members of one set of match keys only.');
    }
    if (batch.seq === 1 && (await this.hasArrived(batch))) return this.receipt(batch, request);
    try {
      const answer = await this.post(batch, request);
      acknowledged(answer, batch.upload.audience.id);
      return this.receipt(batch, request, answer);
    } catch (error) {
      if (batch.seq === 1 || !(error instanceof DestinationError)) throw error;
      if (!SESSION_OVER.includes(error.vendorCode ?? '')) throw error;
      return this.addTheRest(batch, error);
    }
  }

  /** Whether the first batch is there already. @throws DestinationError when the audience cannot be replaced now */
  private async hasArrived({ upload }: Batch): Promise<boolean> {
    const { id } = upload.audience;
    if (await sessionCounts(this.api, id, upload.sessionId)) return true;
    await this.assertIdle(id);
    return false;
  }

  private async addTheRest(batch: Batch<FacebookOptions>, error: DestinationError): Promise<Receipt> {
    await this.assertIdle(batch.upload.audience.id);
    const receipt = await this.users.send(batch, { alone: true });
    return { ...receipt, warnings: [...receipt.warnings, `${error.message} This batch was added.`] };
  }

  private async assertIdle(id: string): Promise<void> {
    const code = (await readAudience(this.api, id, ['operation_status'])).operation_status?.code;
    if (code === REPLACING || code === POPULATING) {
      throw new DestinationError('throttled', `${OPERATION_STATUS[code]!.text} Reach waits until that is done.`, {
        vendorCode: `operation_status ${code}`,
        retryAfterSeconds: WAIT_SECONDS,
        scope: 'audience',
      });
    }
    if (code === FLAGGED) {
      throw new DestinationError('policy', OPERATION_STATUS[FLAGGED]!.text, {
        vendorCode: `operation_status ${FLAGGED}`,
        url: audienceUrl(this.api, id),
      });
    }
  }

  private async post({ upload }: Batch, { payload, session }: UsersRequest): Promise<UsersAnswer> {
    const answer = await audienceNode(this.api, upload.audience.id).createUsersReplace([], { payload, session });
    return answer._data as UsersAnswer;
  }

  /** Without an answer, as for a batch of an earlier try, nothing is known against any row. */
  private receipt({ upload }: Batch, request: UsersRequest, answer: UsersAnswer = {}): Receipt {
    const { outcomes, unattributed } = readAnswer(request, answer);
    const { session_id, batch_seq } = request.session;
    return {
      outcomes,
      unattributedRejects: unattributed,
      warnings: this.api.versionWarning ? [this.api.versionWarning] : [],
      vendorRequestId: `session ${session_id} batch ${batch_seq}`,
      ticket: ticketOf(upload.audience.id, [request]),
    };
  }
}
