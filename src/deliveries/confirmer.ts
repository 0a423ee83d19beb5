import { Injectable } from '@nestjs/common';
import type { Capabilities, Confirmation, Json, Shortfall, Upload } from '../../connectors/destination.ts';
import { DestinationError, type ErrorCode } from '../../connectors/errors.ts';
import type { AccountId } from '../accounts/auth.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { Clock } from '../engines/clock.ts';
import { attempt, Postponed } from './actions.ts';
import { BatchSender, outboxId } from './batch-sender.ts';
import { ConnectionPauses } from './connection-pauses.ts';
import { uploads } from './deliveries.tables.ts';
import { bringsEveryone, replacesAtOnce } from './layout.ts';
import { Leases } from './leases.ts';
import { ReplacementsRepository } from './replacements.repository.ts';
import { type BatchRow, isDue, RunsRepository, type UploadRow } from './runs.repository.ts';
import { StaleFormsRepository } from './stale-forms.repository.ts';
import { SENT_UPLOAD, type StepResult, type UploadStatus } from './states.ts';
import { type UploadContext, UploadContexts } from './upload-context.ts';

/** What an answer makes of an upload; `pending` asks again. */
const STATUS: Record<Exclude<Confirmation['state'], 'pending'>, UploadStatus> = {
  confirmed: 'confirmed',
  partial: 'partial',
  failed: 'failed',
  'needs-person': 'needs-person',
};

/** Of a sweep that did not happen: worth asking for again. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['transient', 'throttled', 'unknown']);
const NOT_SWEPT = 'Whoever else is in the remote audience was not taken out; another full resync tries again.';
const NOT_SWEPT_FOR_MOVERS =
  'Another list could not be filled, so whoever was to move there stays here, and so may others who do not belong here. The next full resync takes them out.';
const NOTHING_ACCEPTED = 'The platform rejected every member of this upload.';
const NOBODY = 'The platform took not one of the members, so they did not take the place of whoever is there.';
/** Ends after which a list does not hold whom it should. */
const UNFILLED: ReadonlySet<UploadStatus> = new Set(['failed', 'needs-person', 'cancelled']);

/** Asks the platform what became of accepted uploads. Only its own answer confirms them. */
@Injectable()
export class Confirmer {
  constructor(
    private readonly runs: RunsRepository,
    private readonly leases: Leases,
    private readonly sender: BatchSender,
    private readonly replacements: ReplacementsRepository,
    private readonly stale: StaleFormsRepository,
    private readonly connections: ConnectionsService,
    private readonly contexts: UploadContexts,
    private readonly pauses: ConnectionPauses,
    private readonly clock: Clock,
  ) {}

  /** Asks once, unless somebody else does or it is too early. */
  async confirm(uploadId: string): Promise<StepResult | undefined> {
    return this.leases.hold(uploads, uploadId, async () => {
      const upload = await this.runs.upload(uploadId);
      if (upload?.status !== 'accepted' || !isDue(upload, this.clock.now())) return undefined;
      try {
        return { againAfter: await this.ask(upload) };
      } catch (error) {
        if (!(error instanceof Postponed)) throw error;
        return { againAfter: await this.comeAgain(upload, error.seconds) };
      }
    });
  }

  /** Takes an upload up later. No question stayed without an answer, so none is counted. */
  private async comeAgain(upload: UploadRow, seconds: number, change: Partial<UploadRow> = {}): Promise<number> {
    const nextAt = new Date(this.clock.now().getTime() + seconds * 1000);
    await this.runs.updateUpload(upload.id, { ...change, nextAt });
    return seconds;
  }

  private async ask(upload: UploadRow): Promise<number | undefined> {
    const signal = AbortSignal.timeout(120_000);
    const context = await this.contexts.open(upload, signal).catch((error) => unanswered(error));
    if ('state' in context) return this.settle(upload, context);
    try {
      await this.pauses.assertOpen(context.delivery.connectionId);
      const remote = (await this.runs.bound(context.delivery.id)).get(upload.segmentKey)?.remote;
      if (!remote) throw new Error(`upload ${upload.id} was accepted without a remote audience`);
      const ref = context.ref(upload, remote);
      const tickets = upload.sweepTicket === null ? await this.tickets(upload) : [upload.sweepTicket];
      const answer = await attempt(() => context.destination.confirm(ref, tickets), context.attempts).catch((error) =>
        unanswered(error),
      );
      if (answer.state === 'pending') return await this.askAgain(context, upload, answer);
      if (upload.sweepTicket !== null) return await this.settle(upload, afterSweep(upload, answer));
      return await this.answered(context, upload, ref, answer);
    } finally {
      await context.destination.close();
    }
  }

  /** What the platform's last word about the members of an upload means for the ledger, and what else is to be done. */
  private async answered(context: UploadContext, upload: UploadRow, ref: Upload, answer: Confirmation) {
    const { account, run, delivery, definition } = context;
    const { segmentKey, replaces } = upload;
    const entry = { deliveryId: delivery.id, segmentKey, outboxId: outboxId(upload) };
    const arrived = answer.state === 'confirmed' || answer.state === 'partial';
    if (!replaces || !arrived) return this.settle(upload, answer);
    if (replacesAtOnce(upload, definition.capabilities)) {
      if (!(await this.tookAnyone(upload))) return this.settle(upload, { ...answer, state: 'failed', detail: NOBODY });
      await this.stale.closeAll(account, entry);
      return this.settle(upload, answer, { omitted: await this.replacements.enterOmissions(account, entry, run.id) });
    }
    if (answer.state === 'confirmed') return this.sweep(context, upload, ref, answer);
    return this.settle(upload, { ...answer, warnings: [...answer.warnings, NOT_SWEPT] });
  }

  /**
   * Second half of a resync: everyone has arrived, so whoever else is in the remote audience leaves. That would take out
   * movers too, so it waits until the whole run is sent, and does not happen where movers had to stay.
   */
  private async sweep(context: UploadContext, upload: UploadRow, ref: Upload, answer: Confirmation) {
    const { account, delivery, destination, attempts } = context;
    const others = (await this.runs.uploads(upload.runId)).filter(({ id }) => id !== upload.id);
    if (others.some(({ status }) => !SENT_UPLOAD.has(status))) {
      const confirmation = { ...answer, state: 'pending' as const, detail: 'Other lists are still being filled.' };
      return this.comeAgain(upload, this.firstWait(context), { confirmation });
    }
    if (others.some(({ direction, status }) => direction === 'add' && UNFILLED.has(status)))
      return this.settle(upload, {
        ...answer,
        state: 'partial',
        warnings: [...answer.warnings, NOT_SWEPT_FOR_MOVERS],
      });
    const tickets = await this.tickets(upload);
    const { segmentKey } = upload;
    const entry = { deliveryId: delivery.id, segmentKey, outboxId: outboxId(upload) };
    await this.replacements.doubtOthers(account, entry); // such as who was to stay, but was kept back since
    try {
      const receipt = await attempt(async () => destination.sweep?.(ref, tickets), attempts);
      if (receipt?.ticket === undefined) return await this.settle(upload, answer);
      const change = {
        confirmation: answer,
        sweepTicket: receipt.ticket,
        sweptAt: this.clock.now(),
        confirmAttempts: 0,
      };
      return await this.comeAgain(upload, this.firstWait(context), change);
    } catch (error) {
      if (!(error instanceof DestinationError)) throw error;
      if (PASSING.has(error.code))
        return this.askAgain(context, upload, { ...answer, state: 'pending', detail: error.message }, true);
      const warnings = [...answer.warnings, NOT_SWEPT];
      return this.settle(upload, {
        ...answer,
        state: 'partial',
        detail: `${answer.detail} ${error.message}`,
        warnings,
      });
    }
  }

  private async tookAnyone(upload: UploadRow): Promise<boolean> {
    return (await this.batches(upload)).some(({ accepted }) => accepted > 0);
  }

  /** Tickets of every acknowledged batch of the current attempt, then the one of the finish. */
  private async tickets(upload: UploadRow): Promise<Json[]> {
    return [...(await this.batches(upload)).map((batch) => batch.ticket), upload.finishTicket].filter(
      (ticket) => ticket !== null,
    );
  }

  /** Batches of the current attempt. */
  private async batches({ id, attempt: current }: UploadRow): Promise<BatchRow[]> {
    return (await this.runs.batches([id])).filter((batch) => batch.attempt === current);
  }

  /**
   * Ends an upload by the last word about it. Members whom no word says to have `arrived`, or to be gone, do not count as
   * such: the next run tries them again.
   */
  private async settle(
    upload: UploadRow,
    confirmation: Confirmation,
    { omitted = upload.omitted, arrived = upload.sweepTicket !== null } = {},
  ): Promise<undefined> {
    const { shortfalls = [], ...answer } = arrived ? confirmation : await this.judged(upload, confirmation);
    if (answer.state === 'pending') return undefined;
    const nobody = UNFILLED.has(STATUS[answer.state]) && !arrived;
    const late = nobody ? everyone(await this.batches(upload)) : await this.late(upload, shortfalls);
    const again = late.filter(({ isAgain }) => isAgain).map(({ seq }) => seq);
    if (nobody) await this.sender.doubt(upload, await this.capabilities(upload));
    else if (again.length > 0) await this.sender.doubt(upload, await this.capabilities(upload), again);
    const error = answer.state === 'failed' ? { code: 'not-confirmed', text: answer.detail } : null;
    const end = { status: STATUS[answer.state], confirmation: answer, omitted, error, nextAt: null };
    await this.runs.endUpload(upload, { ...end, finishedAt: this.clock.now() }, late);
    return undefined;
  }

  /** An upload of which the platform took nothing is not confirmed. It has failed, unless members of before stay there. */
  private async judged(upload: UploadRow, answer: Confirmation): Promise<Confirmation> {
    if (answer.state !== 'confirmed' && answer.state !== 'partial') return answer;
    const batches = await this.batches(upload);
    const sent = batches.reduce((sum, { members }) => sum + members, 0);
    const taken = batches.reduce((sum, { accepted }) => sum + accepted, 0);
    const lost = lostOf(batches, answer.shortfalls ?? []).reduce((sum, { contacts }) => sum + contacts, 0);
    if (sent === 0 || taken > lost) return answer;
    const state = (await this.leavesOthers(upload)) ? 'partial' : 'failed';
    return { ...answer, state, detail: `${NOTHING_ACCEPTED} ${answer.detail}` };
  }

  /** Whether an upload of new and changed members goes to an audience in which others stay as they are. */
  private async leavesOthers(upload: UploadRow): Promise<boolean> {
    if (upload.direction === 'remove' || bringsEveryone(upload)) return false;
    const segment = (await this.runs.segments(upload.runId)).find(({ key }) => key === upload.segmentKey);
    return (segment?.planned.unchanged ?? 0) > 0;
  }

  /**
   * Batches of which something did not take effect after all. Of single adds that were refused it is only known how many,
   * so they are not tried again before they change; a removal can be repeated whoever it concerns.
   */
  private async late(upload: UploadRow, shortfalls: Shortfall[]): Promise<Late[]> {
    const batches = await this.batches(upload);
    return lostOf(batches, shortfalls).flatMap((lost) =>
      lost.isWhole || upload.direction === 'remove'
        ? everyone(batches.filter(({ seq }) => seq === lost.seq))
        : [{ seq: lost.seq, contacts: lost.contacts, isAgain: false }],
    );
  }

  private async capabilities({ runId }: UploadRow): Promise<Capabilities> {
    const run = await this.runs.run(runId);
    const delivery = run && (await this.runs.deliveryOf(run.deliveryId));
    if (!delivery) throw new Error(`run ${runId} has no delivery`);
    const { type } = await this.connections.get(delivery.accountId as AccountId, delivery.connectionId);
    return this.connections.definition(type).capabilities;
  }

  private firstWait({ definition }: UploadContext): number {
    return Math.max(1, this.connections.confirmAfterSeconds ?? definition.capabilities.confirmation.firstSeconds);
  }

  private async askAgain(context: UploadContext, upload: UploadRow, answer: Confirmation, arrived?: boolean) {
    const plan = context.definition.capabilities.confirmation;
    const now = this.clock.now().getTime();
    const waited = (now - (upload.sweptAt ?? upload.acceptedAt ?? new Date(now)).getTime()) / 1000;
    if (waited > plan.giveUpSeconds) {
      const hours = Math.round(plan.giveUpSeconds / 3600);
      const detail = `Accepted, but not confirmed within ${hours} hours. Last answer: ${answer.detail}`;
      return this.settle(upload, { ...answer, state: 'needs-person', detail }, { arrived });
    }
    const seconds = Math.min(plan.maxSeconds, this.firstWait(context) * plan.factor ** (upload.confirmAttempts + 1));
    const { confirmation, sweepTicket, confirmAttempts } = upload;
    const known =
      sweepTicket === null ? answer : { ...(confirmation ?? answer), state: answer.state, detail: answer.detail };
    await this.runs.updateUpload(upload.id, {
      confirmation: known,
      confirmAttempts: confirmAttempts + 1,
      nextAt: new Date(now + seconds * 1000),
    });
    return seconds;
  }
}

/** A batch of which something turned out not to have taken effect. */
interface Late {
  seq: number;
  /** How many do not count as accepted any more. */
  contacts: number;
  /** Whether the whole batch is to be done again. */
  isAgain: boolean;
}

/** Contacts of batches that did not take effect. What `finish` left has no batch: batches have tickets of their own. */
function lostOf(batches: BatchRow[], shortfalls: Shortfall[]): { seq: number; contacts: number; isWhole: boolean }[] {
  const ticketed = batches.filter(({ ticket }) => ticket !== null);
  return shortfalls.flatMap(({ ticket, entries }) =>
    ticketed.slice(ticket, ticket + 1).map(({ seq, accepted }) => {
      const isWhole = entries === 'all';
      return { seq, contacts: isWhole ? accepted : Math.min(entries, accepted), isWhole };
    }),
  );
}

const everyone = (batches: BatchRow[]): Late[] =>
  batches.map(({ seq, accepted }) => ({ seq, contacts: accepted, isAgain: true }));

/** Of an upload whose members are known to have arrived: what became of the others is all that is open. */
function afterSweep({ confirmation }: UploadRow, answer: Confirmation): Confirmation {
  const done = answer.state === 'confirmed';
  return {
    ...(confirmation ?? answer),
    state: done ? 'confirmed' : 'partial',
    detail: done
      ? 'Everyone has arrived, and whoever else was there was taken out.'
      : `Everyone has arrived, but not everyone else was taken out: ${answer.detail}`,
    ...(answer.audienceSize ? { audienceSize: answer.audienceSize } : {}),
    warnings: [...(confirmation?.warnings ?? []), ...answer.warnings],
  };
}

/** A question that got no answer is asked again, unless a person has to act first. */
function unanswered(error: unknown): Confirmation {
  const base = { rejects: [], warnings: [] };
  if (!(error instanceof DestinationError)) throw error;
  const lasting = ['auth', 'config', 'policy', 'audience-missing'].includes(error.code);
  return {
    ...base,
    state: lasting ? 'needs-person' : 'pending',
    detail: `Accepted, but the platform could not be asked: ${error.message}`,
  };
}
