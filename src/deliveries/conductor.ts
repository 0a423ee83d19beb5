import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import type { AccountId } from '../accounts/auth.ts';
import { AlertsService } from '../alerts/alerts.service.ts';
import { Clock, type Recurring } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Problem } from '../http/problem.ts';
import { Confirmer } from './confirmer.ts';
import { runs } from './deliveries.tables.ts';
import type { Hold } from './guards.ts';
import { CONFIRM_UPLOAD, PLAN_RUN, SEND_UPLOAD } from './jobs.ts';
import { onlyUpdates } from './layout.ts';
import { Leases } from './leases.ts';
import { Planner } from './planner.ts';
import { RunListeners } from './run-listeners.ts';
import { isDue, type RunRow, RunsRepository, type UploadRow } from './runs.repository.ts';
import { ENDED_UPLOAD, type RunVerdict, runVerdict, SENT_UPLOAD, type StepResult } from './states.ts';
import { Uploader } from './uploader.ts';
import { WithdrawalPlanner } from './withdrawal-planner.ts';

const SWEEP_MS = 5_000;
const MOST_PLANNING_SECONDS = 3600;

/**
 * Moves runs from state to state. Each job does one step and asks what comes next; a sweep sets going again whatever a
 * dead process or a lost job left behind, so that no run depends on the queue remembering it.
 */
@Injectable()
export class Conductor implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Conductor.name);
  private sweeps?: Recurring;

  constructor(
    private readonly repository: RunsRepository,
    private readonly leases: Leases,
    private readonly planner: Planner,
    private readonly withdrawals: WithdrawalPlanner,
    private readonly uploader: Uploader,
    private readonly confirmer: Confirmer,
    private readonly jobs: Jobs,
    private readonly alerts: AlertsService,
    private readonly listeners: RunListeners,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Before any job can start and take a lease of its own. */
  async onModuleInit(): Promise<void> {
    if (!this.settings.DATABASE_URL) await this.leases.releaseAll();
  }

  onApplicationBootstrap(): void {
    if (this.settings.REACH_ROLE === 'api') return;
    const failed = (err: unknown) => this.logger.error({ msg: 'sweep failed', err });
    this.sweeps = this.clock.every(SWEEP_MS, () => this.sweep(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeps?.stop();
  }

  /** Enqueues the first step of a new run. */
  async start(runId: string): Promise<void> {
    await this.jobs.enqueue(PLAN_RUN, { runId });
  }

  @HandlesJob(PLAN_RUN)
  async plan({ runId }: { runId: string }): Promise<void> {
    const planned = await this.leases.hold(runs, runId, async () => {
      const run = await this.repository.run(runId);
      if (run?.status !== 'queued' && run?.status !== 'planning') return false;
      try {
        await this.repository.updateRun(runId, { status: 'planning' });
        const delivery = await this.repository.deliveryOf(run.deliveryId);
        if (!delivery) throw new Error(`run ${runId} has no delivery`);
        await (run.trigger === 'withdrawal' ? this.withdrawals : this.planner).plan(run, delivery);
      } catch (error) {
        await this.planFailed(run, error);
      }
      return true;
    });
    if (planned) await this.advance(runId);
  }

  @HandlesJob(SEND_UPLOAD)
  async send({ uploadId }: { uploadId: string }): Promise<void> {
    await this.follow(SEND_UPLOAD, uploadId, await this.uploader.send(uploadId));
  }

  @HandlesJob(CONFIRM_UPLOAD)
  async confirm({ uploadId }: { uploadId: string }): Promise<void> {
    await this.follow(CONFIRM_UPLOAD, uploadId, await this.confirmer.confirm(uploadId));
  }

  /** A job that found its step in other hands, or done, leaves it to them. */
  private async follow(job: typeof SEND_UPLOAD, uploadId: string, result: StepResult | undefined): Promise<void> {
    if (!result) return;
    if (result.againAfter !== undefined) return this.jobs.enqueue(job, { uploadId }, result.againAfter);
    const upload = await this.repository.upload(uploadId);
    if (upload) await this.advance(upload.runId);
  }

  /** Carries out what a person decided about a held run. @returns false when it is not held any more */
  async decide(run: RunRow, decision: NonNullable<Hold['decision']>): Promise<boolean> {
    const hold = { ...run.hold!, decision };
    const change = decision.approved
      ? { status: 'sending' as const, hold }
      : {
          status: 'finished' as const,
          verdict: 'refused' as const,
          hold,
          reason: `Rejected by ${decision.by}.`,
          finishedAt: this.clock.now(),
        };
    const decided = await this.release(run, change);
    if (decided) await this.advance(run.id);
    return decided;
  }

  /** Asks a run to stop. Uploads under way stop within a batch. */
  async cancel(run: RunRow): Promise<void> {
    await this.repository.updateRun(run.id, { cancelRequestedAt: this.clock.now() });
    await this.advance(run.id);
  }

  /** Sets going what no one holds. Runs at every interval; also what brings runs back after a crash. */
  async sweep(): Promise<void> {
    const stalled = await this.repository.stalled();
    for (const run of stalled.runs) {
      if (run.status === 'queued' || run.status === 'planning') await this.jobs.enqueue(PLAN_RUN, { runId: run.id });
      else await this.advance(run.id);
    }
    for (const upload of stalled.uploads) await this.enqueue(upload);
  }

  /** Decides what comes next from the uploads alone. Safe to call at any time, by anyone, more than once. */
  private async advance(runId: string): Promise<void> {
    const run = await this.repository.run(runId);
    if (!run || run.finishedAt || run.status === 'queued' || run.status === 'planning') return;
    if (run.status === 'held') return this.tendHold(run);
    if (run.pausedAt && !run.cancelRequestedAt) return;
    if (run.cancelRequestedAt) await this.repository.cancelWaiting(runId);
    const all = await this.repository.uploads(runId);
    const now = this.clock.now();
    if (run.status === 'sending') {
      const open = all.filter((upload) => !SENT_UPLOAD.has(upload.status));
      const phase = Math.min(...open.map((upload) => upload.phase));
      const next = open.filter(
        (u) => (u.phase === phase && u.status === 'pending' && isDue(u, now)) || run.cancelRequestedAt,
      );
      for (const upload of next) await this.enqueue(upload);
      if (open.length > 0) return;
      if (await this.repository.advanceRun(runId, 'sending', { status: 'confirming', sentAt: now })) {
        for (const upload of all.filter((u) => u.status === 'accepted')) await this.enqueue(upload);
      }
    }
    if (all.every((upload) => ENDED_UPLOAD.has(upload.status))) await this.finish(run, all);
  }

  /** A held run says so once and waits, but not for ever; a cancelled one does not wait. */
  private async tendHold(run: RunRow): Promise<void> {
    const finishedAt = this.clock.now();
    if (run.cancelRequestedAt) {
      await this.release(run, { status: 'finished', verdict: 'cancelled', finishedAt });
      return;
    }
    if (run.hold && finishedAt >= new Date(run.hold.expiresAt)) {
      const reason = 'Nobody decided about the hold in time; nothing was sent.';
      await this.release(run, { status: 'finished', verdict: 'expired', reason, finishedAt });
      return;
    }
    await this.tellHold(run);
  }

  /** Not again once it was decided about: that ends the alert before the hold. */
  private async tellHold(run: RunRow): Promise<void> {
    const account = run.accountId as AccountId;
    const key = holdKey(run);
    if (await this.alerts.wasRaised(account, key)) return;
    const text = run.hold?.reasons.map((reason) => reason.text).join(' ') ?? '';
    await this.alerts.raise(account, { key, title: 'A run is held', text, subject: run.id });
    const now = await this.repository.run(run.id);
    if (now?.status !== 'held') await this.alerts.recover(account, key);
  }

  /** Ends a hold. Its alert first: a process that dies in between leaves the run to be decided about, not an alert for ever. */
  private async release(run: RunRow, change: Partial<RunRow>): Promise<boolean> {
    await this.alerts.recover(run.accountId as AccountId, holdKey(run));
    return this.repository.advanceRun(run.id, 'held', change);
  }

  /**
   * A failed delivery is told once, and so is that it works again. Before the run is finished: a process that dies in
   * between tells it again, which nobody notices.
   */
  private async tell(run: RunRow, verdict: RunVerdict, reason: string | null): Promise<void> {
    const account = run.accountId as AccountId;
    const key = `delivery/${run.deliveryId}`;
    if (verdict === 'failed' || verdict === 'partly-failed') {
      await this.alerts.raise(account, {
        key,
        title: 'A delivery failed',
        text: reason ?? 'See the run.',
        subject: run.id,
      });
    } else if (verdict !== 'cancelled' && verdict !== 'refused' && verdict !== 'expired')
      await this.alerts.recover(account, key);
  }

  private async finish(run: RunRow, all: UploadRow[]): Promise<void> {
    const batches = await this.repository.batches(all.map((upload) => upload.id));
    const outcomes = all.map((upload) => {
      const own = batches.filter((batch) => batch.uploadId === upload.id && batch.attempt === upload.attempt);
      const sum = (field: 'rejected' | 'unattributed') => own.reduce((total, batch) => total + batch[field], 0);
      const [rejected, unattributed] = [sum('rejected'), sum('unattributed')];
      return { status: upload.status, rejected, unattributed, sendsNobody: onlyUpdates(upload) };
    });
    const invalid = batches.reduce((total, batch) => total + batch.invalid, 0);
    const verdict = runVerdict(outcomes, invalid, run.cancelRequestedAt !== null);
    const reason = all.find((upload) => upload.error)?.error?.text ?? null;
    const change = { status: 'finished' as const, verdict, reason, finishedAt: this.clock.now() };
    await this.tell(run, verdict, reason);
    if (!(await this.repository.advanceRun(run.id, 'confirming', change))) return;
    await this.listeners.tell({ ...run, ...change });
  }

  private async enqueue(upload: UploadRow): Promise<void> {
    const seconds = upload.nextAt
      ? Math.max(0, (new Date(upload.nextAt).getTime() - this.clock.now().getTime()) / 1000)
      : 0;
    await this.jobs.enqueue(
      upload.status === 'accepted' ? CONFIRM_UPLOAD : SEND_UPLOAD,
      { uploadId: upload.id },
      seconds,
    );
  }

  /** A plan that cannot be made is a failed run; trouble of our own is tried again by the sweep for an hour. */
  private async planFailed(run: RunRow, error: unknown): Promise<void> {
    const ours = !(error instanceof Problem);
    const tooOld = this.clock.now().getTime() - new Date(run.createdAt).getTime() > MOST_PLANNING_SECONDS * 1000;
    if (ours) this.logger.error({ msg: 'planning failed', run: run.id, err: error });
    if (ours && !tooOld) return;
    const reason = ours ? 'Reach could not plan this run; the log says why.' : error.message;
    await this.tell(run, 'failed', reason);
    await this.repository.updateRun(run.id, {
      status: 'finished',
      verdict: 'failed',
      reason,
      finishedAt: this.clock.now(),
    });
  }
}

const holdKey = (run: RunRow): string => `hold/${run.id}`;
