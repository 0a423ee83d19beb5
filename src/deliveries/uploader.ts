import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { RemoteAudience, Upload } from '../../connectors/destination.ts';
import { DestinationError } from '../../connectors/errors.ts';
import type { AccountId } from '../accounts/auth.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { ACTIONS, attempt, Postponed } from './actions.ts';
import { BatchSender, Cancelled, outboxId, Paused } from './batch-sender.ts';
import { ConnectionPauses } from './connection-pauses.ts';
import { uploads } from './deliveries.tables.ts';
import { onlyUpdates } from './layout.ts';
import { Leases } from './leases.ts';
import { LedgerRepository } from './ledger.repository.ts';
import { ReplacementsRepository } from './replacements.repository.ts';
import { isDue, RunsRepository, type UploadRow } from './runs.repository.ts';
import { StaleFormsRepository } from './stale-forms.repository.ts';
import { SENT_UPLOAD, type StepResult, sizeAfter } from './states.ts';
import { type UploadContext, UploadContexts } from './upload-context.ts';
import { isFilledAnew } from './usable-members.ts';

const UP_TO_DATE = 'Nothing was sent: the remote audience was brought up to date.';
const NOTHING_SENT = 'No member had anything that could be sent.';
const NOTHING_USABLE = 'Nothing was sent: no contact has an identifier that the destination can use.';
const MOST_FAULTS = 5;
const FAULT_WAIT_SECONDS = 10;
const RESTART_WAIT_SECONDS = 1;
const MOST_ATTEMPTS = 5;
/** Longer than a daily quota keeps anyone waiting. */
const MOST_HOURS = 48;

/** Carries one upload from its remote audience to the platform's acceptance, or to a visible end. */
@Injectable()
export class Uploader implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Uploader.name);
  private readonly stopping = new AbortController();

  constructor(
    private readonly runs: RunsRepository,
    private readonly leases: Leases,
    private readonly ledger: LedgerRepository,
    private readonly replacements: ReplacementsRepository,
    private readonly stale: StaleFormsRepository,
    private readonly connections: ConnectionsService,
    private readonly pauses: ConnectionPauses,
    private readonly contexts: UploadContexts,
    private readonly sender: BatchSender,
    private readonly clock: Clock,
  ) {}

  beforeApplicationShutdown(): void {
    this.stopping.abort(new Error('the process is stopping'));
  }

  /** Sends what is left of an upload, unless somebody else does or it is too early. */
  async send(uploadId: string): Promise<StepResult | undefined> {
    return this.leases.hold(uploads, uploadId, async (lost) => {
      const upload = await this.runs.upload(uploadId);
      if (!upload || SENT_UPLOAD.has(upload.status) || !isDue(upload, this.clock.now())) return undefined;
      const signal = AbortSignal.any([this.stopping.signal, lost]);
      try {
        await this.sendLeased(upload, signal);
        return {};
      } catch (error) {
        return signal.aborted || error instanceof Paused ? undefined : { againAfter: await this.failed(upload, error) };
      }
    });
  }

  private async sendLeased(upload: UploadRow, signal: AbortSignal): Promise<void> {
    await this.sender.stopIfAsked(upload.runId);
    await this.pauses.assertOpen((await this.deliveryOf(upload)).connectionId);
    const context = await this.contexts.open(upload, signal);
    try {
      const current = await this.begin(upload, context);
      const remote = await this.remoteOf(context, current);
      const { account, delivery, run, segment, audienceName } = context;
      await this.runs.bind(run.id, { accountId: account, deliveryId: delivery.id, segment, remote, audienceName });
      const isNewAudience = await this.runs.isNewlyBound(context.run, upload.segmentKey);
      const opened = { ...context, attempts: { ...context.attempts, isNewAudience } };
      if (onlyUpdates(upload))
        return await this.runs.updateUpload(upload.id, nothingLeft(UP_TO_DATE, this.clock.now()));
      const ref = context.ref(current, remote);
      const sent = await this.sender.sendAll(opened, current, ref);
      await this.finish(opened, current, ref, sent);
    } finally {
      await context.destination.close();
    }
  }

  /**
   * The segment's remote audience. Where it is gone, only a full resync makes another: campaigns may hang on the old one.
   * And that only before its first batch: whoever was sent already would be missing from a new one.
   */
  private async remoteOf(context: UploadContext, upload: UploadRow) {
    const { destination, definition, delivery, run, segment, options, attempts } = context;
    const known = (await this.runs.bound(delivery.id)).get(segment.key)?.remote;
    const ensure = async (bound?: RemoteAudience) => {
      // only an audience that is found by its name may be another segment's
      const others = bound ? undefined : await this.runs.boundToOthers(delivery, segment.key);
      return attempt(() => destination.ensureAudience(segment, options, bound, others), attempts);
    };
    return ensure(known).catch((error) => {
      const isGone = error instanceof DestinationError && error.code === 'audience-missing';
      if (!isGone || !known || definition.capabilities.mirrorBy === 'snapshot') throw error;
      if (run.resync && upload.direction === 'add' && upload.seq === 0) return ensure();
      throw new DestinationError('audience-missing', `${error.message} A full resync makes a new one.`, error);
    });
  }

  /** A file that replaces the last one cannot be resumed half-way, so a restart begins it anew. */
  private async begin(upload: UploadRow, { definition }: UploadContext): Promise<UploadRow> {
    const restart = definition.capabilities.mirrorBy === 'snapshot' && upload.startedAt !== null;
    const anew = restart ? { attempt: upload.attempt + 1, cursor: '', seq: 0 } : {};
    const change = {
      ...anew,
      status: 'sending' as const,
      startedAt: upload.startedAt ?? this.clock.now(),
      error: null,
      nextAt: null,
    };
    await this.runs.updateUpload(upload.id, change);
    return { ...upload, ...change };
  }

  private async finish(context: UploadContext, upload: UploadRow, ref: Upload, sent: number): Promise<void> {
    const { account, run, delivery, definition, destination } = context;
    const { mirrorBy, confirmation } = definition.capabilities;
    const now = this.clock.now();
    if (sent === 0 && !(await this.emptiesFile(context, upload))) return this.endUnsent(context, upload);
    const receipt = await attempt(() => destination.finish(ref), context.attempts);
    if (mirrorBy === 'snapshot' && delivery.mode === 'mirror') {
      const file = { deliveryId: delivery.id, segmentKey: upload.segmentKey, outboxId: outboxId(upload) };
      await this.replacements.enterOmissions(account, file, run.id);
    }
    const wait = this.connections.confirmAfterSeconds ?? confirmation.firstSeconds;
    await this.runs.updateUpload(upload.id, {
      status: 'accepted',
      acceptedAt: now,
      finishTicket: receipt.ticket ?? null,
      warnings: receipt.warnings,
      nextAt: new Date(now.getTime() + wait * 1000),
    });
  }

  /** Whether a file without members is right: it replaces one that holds contacts, and none of them belongs there now. */
  private async emptiesFile({ delivery, definition, planned }: UploadContext, upload: UploadRow): Promise<boolean> {
    if (definition.capabilities.mirrorBy !== 'snapshot' || delivery.mode !== 'mirror') return false;
    const held = planned.removes + sizeAfter(planned) - planned.adds;
    return held > 0 && (await this.invalidIn(upload)) === 0;
  }

  /** Ends an upload that had nothing to send. Where its contacts were all invalid, nothing is confirmed. */
  private async endUnsent({ planned }: UploadContext, upload: UploadRow): Promise<void> {
    const now = this.clock.now();
    const invalid = upload.direction === 'add' ? await this.invalidIn(upload) : 0;
    if (invalid === 0) return this.runs.updateUpload(upload.id, nothingLeft(NOTHING_SENT, now));
    if (!isFilledAnew(planned))
      return this.runs.updateUpload(upload.id, { ...nothingLeft(NOTHING_USABLE, now), ...partly(NOTHING_USABLE) });
    await this.end(upload, { status: 'failed', error: { code: 'nothing-usable', text: NOTHING_USABLE } });
  }

  /** Contacts that the current attempt found to have nothing usable. */
  private async invalidIn({ id, attempt: current }: UploadRow): Promise<number> {
    const own = (await this.runs.batches([id])).filter((batch) => batch.attempt === current);
    return own.reduce((sum, batch) => sum + batch.invalid, 0);
  }

  private async failed(upload: UploadRow, error: unknown): Promise<number | undefined> {
    if (error instanceof Postponed) return this.comeAgain(upload, error.seconds);
    if (error instanceof Cancelled) return this.end(upload, { status: 'cancelled' });
    if (error instanceof DestinationError) {
      if (error.code === 'restart' && (await this.mayBeginAgain(upload)))
        return this.comeAgain(upload, RESTART_WAIT_SECONDS);
      if (error.code === 'audience-missing' && (await this.leftWithAudience(upload))) return undefined;
      const { code, message: text, vendorCode, url } = error;
      const { accountId, connectionId } = await this.deliveryOf(upload);
      if (ACTIONS[code].stops === 'connection') await this.connections.stop(accountId, connectionId, text);
      if (['auth', 'config', 'policy'].includes(code)) await this.connections.checkSoon(accountId, connectionId);
      const status = code === 'policy' ? 'needs-person' : 'failed';
      return this.end(upload, { status, error: { code, text, vendorCode, url } });
    }
    if (error instanceof Problem) {
      return this.end(upload, { status: 'failed', error: { code: error.code, text: error.message } });
    }
    return this.fault(upload, error);
  }

  /** Nobody is in an audience that is gone, so a run that only takes people out of it is done. @returns false for others */
  private async leftWithAudience({ id, runId, segmentKey }: UploadRow): Promise<boolean> {
    const run = await this.runs.run(runId);
    if (run?.trigger !== 'withdrawal' || !run.planId) return false;
    const { deliveryId, planId } = run;
    const account = run.accountId as AccountId;
    await this.ledger.enterOmissions(account, { deliveryId, segmentKey, runId, planId });
    await this.stale.closeAll(account, { deliveryId, segmentKey });
    const detail = 'The remote audience is gone, and nobody is in it any more.';
    await this.runs.updateUpload(id, nothingLeft(detail, this.clock.now()));
    return true;
  }

  /** Our own trouble, such as a full disk: tried again a few times, then shown. Nothing is lost, the outbox has it. */
  private async fault(upload: UploadRow, error: unknown): Promise<number | undefined> {
    this.logger.error({ msg: 'an upload was interrupted by a fault of ours', upload: upload.id, err: error });
    const faults = ((await this.runs.upload(upload.id))?.faults ?? 0) + 1;
    if (faults < MOST_FAULTS) {
      await this.runs.updateUpload(upload.id, { faults });
      return this.comeAgain(upload, FAULT_WAIT_SECONDS);
    }
    const text = 'Reach could not read or write its own stores; the log says why. Retry the run when that is mended.';
    return this.end(upload, { status: 'failed', faults, error: { code: 'internal', text } });
  }

  /** Every beginning of a file is an attempt of its own, whatever progress it made. */
  private async mayBeginAgain(upload: UploadRow): Promise<boolean> {
    const attempts = (await this.runs.upload(upload.id))?.attempt ?? MOST_ATTEMPTS;
    return attempts < MOST_ATTEMPTS;
  }

  /** A platform that never lets us in again ends the upload too, two days after the last batch that it took. */
  private async comeAgain(upload: UploadRow, seconds: number): Promise<number | undefined> {
    const now = this.clock.now().getTime();
    if (now - (await this.lastProgress(upload)) > MOST_HOURS * 3_600_000) {
      const text = `The platform kept us waiting for ${MOST_HOURS} hours. What was sent is in the ledger; run the delivery again.`;
      return this.end(upload, { status: 'failed', error: { code: 'throttled', text } });
    }
    await this.runs.updateUpload(upload.id, { nextAt: new Date(now + seconds * 1000) });
    return seconds;
  }

  /** When an upload began, its last batch was acknowledged, or a person let its run go on, in milliseconds. */
  private async lastProgress({ id, runId, startedAt }: UploadRow): Promise<number> {
    const [run, batches] = [await this.runs.run(runId), await this.runs.batches([id])];
    const began = [startedAt ?? this.clock.now(), run?.resumedAt];
    const times = [...began, ...batches.map(({ acknowledgedAt }) => acknowledgedAt)];
    return Math.max(...times.flatMap((time) => (time ? [new Date(time).getTime()] : [])));
  }

  /** Ends an upload short of acceptance, with whatever it may have left at the platform in the ledger first. */
  private async end(upload: UploadRow, change: Partial<UploadRow>): Promise<undefined> {
    const { accountId, connectionId } = await this.deliveryOf(upload);
    const { type } = await this.connections.get(accountId, connectionId);
    await this.sender.abandon(upload.id, this.connections.definition(type));
    await this.runs.updateUpload(upload.id, { ...change, nextAt: null, finishedAt: this.clock.now() });
    return undefined;
  }

  private async deliveryOf(upload: UploadRow): Promise<{ accountId: AccountId; connectionId: string }> {
    const run = await this.runs.run(upload.runId);
    const delivery = run && (await this.runs.deliveryOf(run.deliveryId));
    if (!delivery) throw new Error(`upload ${upload.id} has no delivery`);
    return { accountId: upload.accountId as AccountId, connectionId: delivery.connectionId };
  }
}

const partly = (detail: string): Partial<UploadRow> => ({
  status: 'partial',
  confirmation: { state: 'partial', detail, rejects: [], warnings: [] },
});

/** An upload that ends without asking the platform to confirm anything. */
const nothingLeft = (detail: string, at: Date): Partial<UploadRow> => ({
  status: 'confirmed',
  confirmation: { state: 'confirmed', detail, rejects: [], warnings: [] },
  acceptedAt: at,
  finishedAt: at,
  nextAt: null,
});
