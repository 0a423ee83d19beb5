import { bisect, type Tried, tooManyRefusals } from '../bisect.ts';
import type { Batch, Receipt } from '../destination.ts';
import { DestinationError, type ErrorCode } from '../errors.ts';
import { audienceNode } from './audiences.ts';
import { TOO_MUCH } from './errors.ts';
import type { GraphApi } from './graph-api.ts';
import type { FacebookOptions } from './settings.ts';
import {
  acknowledged,
  halvesOf,
  inSideSession,
  readAnswer,
  requestsOf,
  ticketOf,
  type UsersAnswer,
  type UsersRequest,
} from './upload.ts';

/** Meta refuses more rows in one call. */
export const BATCH_ROWS = 10_000;
/** Meta closes a session 90 minutes after its first batch and drops what comes later without a word. */
const SESSION_MS = 80 * 60_000;
/** First batch not detected, timed out, already finished. */
/** Of a call that Meta may have taken and counted although no answer came. */
const UNANSWERED: ReadonlySet<ErrorCode> = new Set(['transient', 'unknown']);
const SESSION_FAULTS = ['2650/1870147', '2650/1870158', '2650/1870159'];

type FacebookBatch = Batch<FacebookOptions>;

/** What a batch comes to. */
interface Progress {
  batch: FacebookBatch;
  /** Outside the session of the upload. */
  alone: boolean;
  receipt: Receipt;
  sent: UsersRequest[];
}

/**
 * Sends batches to `/users`. They share the session of their upload as long as that can go on. A batch gets a session of
 * its own when it comes too late for that one (after a pause or a restart), when it follows one that Meta refused, or when
 * it or one before it may have arrived twice: the count of a shared session would hide a lost batch then. So do the halves
 * of one that Meta refuses without saying for whom.
 */
export class UsersSender {
  /** `num_received` counts a session from its start: the last count of each session sent to from here. */
  private readonly received = new Map<number, number>();
  /** Sessions that take no more batches, because they cannot go on, or because their count may include a batch twice. */
  private readonly ended = new Set<number>();

  constructor(
    private readonly api: GraphApi,
    private readonly now: () => Date,
  ) {}

  /** @param options alone: outside the session of the upload */
  async send(batch: FacebookBatch, { alone = false } = {}): Promise<Receipt> {
    const { audience, sessionId } = batch.upload;
    if (batch.mayHaveArrived) this.ended.add(sessionId);
    if (!/^\d+$/.test(audience.id)) {
      throw new DestinationError('audience-missing', 'The remote audience has no valid id.');
    }
    const requests = requestsOf(batch);
    for (const { payload } of requests) {
      const rows = payload.data.length;
      if (rows > BATCH_ROWS)
        throw new DestinationError('payload', `A batch may hold ${BATCH_ROWS} rows and this one holds ${rows}.`);
    }
    const receipt: Receipt = { outcomes: [], unattributedRejects: 0, warnings: [] };
    const sent: UsersRequest[] = [];
    const left = await bisect(requests, (request) => this.tryOut({ batch, alone, receipt, sent }, request));
    for (const { contactId } of left.flatMap(({ members }) => members))
      receipt.outcomes.push({ contactId, ...UNATTRIBUTED });
    if (this.api.versionWarning) receipt.warnings.push(this.api.versionWarning);
    const session = sent[0]?.session;
    if (!session) return receipt;
    const vendorRequestId = `session ${session.session_id} batch ${session.batch_seq}`;
    return { ...receipt, vendorRequestId, ticket: ticketOf(audience.id, sent) };
  }

  /** Sends a request, in parts where Meta finds it too large. @throws DestinationError also when a batch of one is refused */
  private async tryOut(progress: Progress, whole: UsersRequest): Promise<Tried<UsersRequest>> {
    const { batch, alone, receipt, sent } = progress;
    const before = sent.length;
    const planned = [whole];
    const instead: UsersRequest[] = [];
    for (let next = planned.shift(); next; next = planned.shift()) {
      const { members } = next;
      try {
        const { request, answer } = await this.deliver(batch, next, alone);
        this.note(progress, request, answer);
      } catch (error) {
        if (!(error instanceof DestinationError)) throw error;
        if (UNANSWERED.has(error.code)) this.ended.add(next.session.session_id);
        const tooLarge = error.vendorCode === TOO_MUCH && members.length > 1;
        if (!tooLarge && (error.code !== 'payload' || batch.members.length === 1)) throw error;
        if (tooLarge) planned.unshift(...halvesOf(batch, next));
        else if (members.length > 1) instead.push(...halvesOf(batch, next));
        else receipt.outcomes.push(...members.map(({ contactId }) => ({ contactId, ...refusalOf(error) })));
      }
    }
    return { taken: sent.length > before, instead };
  }

  private note({ batch, receipt, sent }: Progress, request: UsersRequest, answer: UsersAnswer): void {
    const lost = this.lostRows(request, acknowledged(answer, batch.upload.audience.id));
    const { outcomes, unattributed } = readAnswer(request, answer);
    receipt.outcomes.push(...outcomes);
    receipt.unattributedRejects += unattributed;
    if (lost > 0) receipt.warnings.push(`Facebook says that it received ${lost} fewer rows than were sent.`);
    sent.push(request);
  }

  /** Sends rows in their session, or alone when the session cannot go on. */
  private async deliver(batch: FacebookBatch, planned: UsersRequest, outside: boolean) {
    const { session_id, batch_seq } = planned.session;
    const late = this.now().getTime() - batch.upload.startedAt.getTime() > SESSION_MS;
    const alone = inSideSession(batch, planned);
    if (outside || late || this.ended.has(session_id)) return { request: alone, answer: await this.post(batch, alone) };
    try {
      return { request: planned, answer: await this.post(batch, planned) };
    } catch (error) {
      if (!(error instanceof DestinationError)) throw error;
      // Meta answers a gap in the numbers, which a refused batch leaves, like any other invalid parameter.
      const gap = error.code === 'payload' && batch_seq > 1;
      if (!gap && !SESSION_FAULTS.includes(error.vendorCode ?? '')) throw error;
      const answer = await this.post(batch, alone);
      this.ended.add(session_id);
      return { request: alone, answer };
    }
  }

  private async post(batch: FacebookBatch, { payload, session }: UsersRequest): Promise<UsersAnswer> {
    const node = audienceNode(this.api, batch.upload.audience.id);
    if (batch.upload.direction === 'remove') return node.deleteUsers({ payload, session });
    const answer = await node.createUser([], { payload, session });
    return answer._data as UsersAnswer;
  }

  /** Rows of this call that the count does not show. A count that equals the rows is one that starts anew each call. */
  private lostRows({ session, payload }: UsersRequest, received: number): number {
    const before = this.received.get(session.session_id) ?? 0;
    this.received.set(session.session_id, received);
    return received === payload.data.length ? 0 : Math.max(0, before + payload.data.length - received);
  }
}

const refusalOf = ({ vendorCode, message }: DestinationError) => ({
  verdict: 'rejected' as const,
  code: vendorCode ?? 'payload',
  text: message,
});

const { vendor, text } = tooManyRefusals('Facebook');
const UNATTRIBUTED = { verdict: 'unattributed' as const, code: vendor, text };
