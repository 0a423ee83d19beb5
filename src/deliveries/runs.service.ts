import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify';
import { type Observable, takeWhile } from 'rxjs';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { carriedCreatives } from '../creatives/carried.ts';
import { Clock } from '../engines/clock.ts';
import { newId } from '../http/ids.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { SharedReads } from '../http/shared-reads.ts';
import { Conductor } from './conductor.ts';
import { ConnectionPauses } from './connection-pauses.ts';
import { DeliveriesService } from './deliveries.service.ts';
import { bringsAgain } from './layout.ts';
import { LedgerRepository } from './ledger.repository.ts';
import { type BatchRow, type RunRow, RunsRepository, type UploadRow } from './runs.repository.ts';
import { NO_COUNTS, type Verdict } from './states.ts';

/** How a run starts. */
export interface StartRun {
  trigger: 'manual' | 'schedule' | 'import' | 'rebuild' | 'retry' | 'withdrawal';
  resync: boolean;
  retryRefused: boolean;
}

const MANUAL: StartRun = { trigger: 'manual', resync: false, retryRefused: false };

const WATCH_PAUSE_MS = 500;

/** Runs as people see them: started, watched, stopped, accounted for. */
@Injectable()
export class RunsService {
  private readonly watched = new SharedReads<RunView>(WATCH_PAUSE_MS);

  constructor(
    private readonly repository: RunsRepository,
    private readonly ledger: LedgerRepository,
    private readonly deliveries: DeliveriesService,
    private readonly connections: ConnectionsService,
    private readonly conductor: Conductor,
    private readonly pauses: ConnectionPauses,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  /** @throws Problem 409 `run_in_progress` while another run of the delivery is under way, or `connection_stopped` */
  async start(caller: Caller, deliveryId: string, how: StartRun = MANUAL): Promise<RunRow> {
    const { trigger, resync, retryRefused } = how;
    // people also withdraw from what is archived
    const find = trigger === 'withdrawal' ? 'kept' : 'row';
    const delivery = await this.deliveries[find](caller.accountId, deliveryId);
    const connection = await this.connections.get(caller.accountId, delivery.connectionId);
    if (connection.status === 'stopped') {
      throw Problem.conflict(
        'connection_stopped',
        `The connection is stopped: ${connection.statusError}. Renew its credentials and check it.`,
      );
    }
    const run: RunRow = {
      id: newId('run'),
      accountId: caller.accountId,
      deliveryId,
      trigger,
      status: 'queued',
      verdict: null,
      reason: null,
      planId: null,
      personaVersionId: null,
      definition: null,
      resync,
      retryRefused,
      hold: null,
      pausedAt: null,
      resumedAt: null,
      cancelRequestedAt: null,
      leaseOwner: null,
      leaseUntil: null,
      createdAt: this.clock.now(),
      plannedAt: null,
      sentAt: null,
      finishedAt: null,
    };
    if (!(await this.repository.insertRun(run))) {
      const active = await this.repository.activeRun(deliveryId);
      throw Problem.conflict(
        'run_in_progress',
        `Run ${active?.id ?? ''} of this delivery is under way. Wait for it or cancel it.`,
      );
    }
    await this.accounts.audit(caller, 'run.start', run.id, { deliveryId, trigger });
    await this.conductor.start(run.id);
    return run;
  }

  async list(
    account: AccountId,
    deliveryId: string | undefined,
    page: PageQuery,
  ): Promise<Page<ReturnType<typeof headOf>>> {
    const rows = await this.repository.pageRuns(account, deliveryId, page);
    const result = pageOf(rows, page.limit);
    return { ...result, items: result.items.map(headOf) };
  }

  /** The whole account of a run: states with times, segments with counts by verdict, what was refused and why. */
  async get(account: AccountId, id: string) {
    const run = await this.row(account, id);
    const [segments, uploads, refusals] = await Promise.all([
      this.repository.segments(id),
      this.repository.uploads(id),
      this.ledger.outcomeCounts(account, id),
    ]);
    const batches = await this.repository.batches(uploads.map((upload) => upload.id));
    return {
      ...headOf(run),
      waiting: await this.waiting(run),
      segments: segments.map(({ key, segment, remote, planned }) => {
        const own = uploads.filter((upload) => upload.segmentKey === key);
        return {
          key,
          name: segment.name,
          persona: segment.brief.personaName,
          color: segment.brief.color,
          description: segment.description,
          brief: segment.brief,
          creatives: carriedCreatives(segment),
          remote,
          planned: { ...NO_COUNTS, ...planned },
          counts: verdictCounts(withheldOf(refusals, key), own, batches),
          uploads: own.map((upload) => uploadView(upload, batches)),
        };
      }),
      refusals,
    };
  }

  /** Every change of a run, which all viewers share, to its end. */
  watch(account: AccountId, id: string): Observable<RunView> {
    return this.watched.watch(id, () => this.get(account, id)).pipe(takeWhile((run) => run.finishedAt === null, true));
  }

  /** Until when the platform keeps the connection of an unfinished run out, and why; null when it does not. */
  private async waiting(run: RunRow): Promise<{ until: Date; because: string } | null> {
    const delivery = run.finishedAt ? undefined : await this.repository.deliveryOf(run.deliveryId);
    return (delivery && (await this.pauses.of(delivery.connectionId))) ?? null;
  }

  /** Every batch with the vendor's request id. */
  async batches(account: AccountId, id: string) {
    await this.row(account, id);
    const uploads = await this.repository.uploads(id);
    const segmentOf = new Map(uploads.map((upload) => [upload.id, upload]));
    const rows = await this.repository.batches(uploads.map((upload) => upload.id));
    return {
      items: rows.map(({ ticket: _ticket, cursorEnd: _cursor, ...batch }) => ({
        ...batch,
        segment: segmentOf.get(batch.uploadId)?.segmentKey,
        direction: segmentOf.get(batch.uploadId)?.direction,
      })),
    };
  }

  async calls(account: AccountId, id: string, page: PageQuery) {
    await this.row(account, id);
    return this.connections.calls(account, { runId: id }, page);
  }

  /** Lets a held run go on. */
  approve(caller: Caller, id: string, note: string) {
    return this.decide(caller, id, true, note);
  }

  /** Ends a held run; nothing was sent. */
  reject(caller: Caller, id: string, note: string) {
    return this.decide(caller, id, false, note);
  }

  /** Stops sending within a batch, until the run is resumed. */
  async pause(caller: Caller, id: string) {
    const run = await this.unfinished(caller.accountId, id);
    await this.accounts.audit(caller, 'run.pause', id);
    await this.repository.updateRun(run.id, { pausedAt: run.pausedAt ?? this.clock.now() });
    return this.get(caller.accountId, id);
  }

  async resume(caller: Caller, id: string) {
    const run = await this.unfinished(caller.accountId, id);
    await this.accounts.audit(caller, 'run.resume', id);
    await this.repository.updateRun(run.id, {
      pausedAt: null,
      resumedAt: run.pausedAt ? this.clock.now() : run.resumedAt,
    });
    await this.conductor.sweep();
    return this.get(caller.accountId, id);
  }

  async cancel(caller: Caller, id: string) {
    const run = await this.unfinished(caller.accountId, id);
    if (!run.cancelRequestedAt) {
      await this.accounts.audit(caller, 'run.cancel', id);
      await this.conductor.cancel(run);
    }
    return this.get(caller.accountId, id);
  }

  /** Contacts that did not simply arrive, one row a contact and field, as CSV. Contact ids only: no identifiers. */
  async rejects(account: AccountId, id: string): Promise<NodeJS.ReadableStream> {
    await this.row(account, id);
    const columns = ['contact_id', 'segment', 'direction', 'field', 'verdict', 'code', 'text', 'at'];
    const csv = stringify({ header: true, columns, escape_formulas: true });
    void this.writeRejects(account, id, csv);
    return csv;
  }

  private async writeRejects(account: AccountId, id: string, csv: ReturnType<typeof stringify>): Promise<void> {
    try {
      for await (const rows of this.ledger.outcomes(account, id)) {
        for (const { segment_key, ...row } of rows) {
          if (!csv.write({ ...row, segment: segment_key })) await new Promise((resolve) => csv.once('drain', resolve));
        }
      }
      csv.end();
    } catch (error) {
      csv.destroy(error as Error);
    }
  }

  private async decide(caller: Caller, id: string, approved: boolean, note: string) {
    const run = await this.row(caller.accountId, id);
    if (run.status !== 'held') throw Problem.conflict('not_held', 'This run is not waiting for a decision.');
    await this.accounts.audit(caller, approved ? 'run.approve' : 'run.reject', id, { note });
    const decided = await this.conductor.decide(run, {
      approved,
      by: caller.name,
      note,
      at: this.clock.now().toISOString(),
    });
    if (!decided) throw Problem.conflict('not_held', 'Somebody else has just decided about this run.');
    return this.get(caller.accountId, id);
  }

  private async unfinished(account: AccountId, id: string): Promise<RunRow> {
    const run = await this.row(account, id);
    if (run.finishedAt) throw Problem.conflict('run_finished', 'This run is finished.');
    return run;
  }

  async row(account: AccountId, id: string): Promise<RunRow> {
    const row = await this.repository.findRun(account, id);
    if (!row) throw Problem.notFound('run', id);
    return row;
  }
}

type RunView = Awaited<ReturnType<RunsService['get']>>;

/** A run without its inner workings. */
function headOf({ leaseOwner: _o, leaseUntil: _u, planId: _p, definition: _d, accountId: _a, ...head }: RunRow) {
  return head;
}

function uploadView(upload: UploadRow, batches: BatchRow[]) {
  const own = current(upload, batches);
  const {
    direction,
    replaces,
    phase,
    status,
    error,
    warnings,
    confirmation,
    estimated,
    startedAt,
    acceptedAt,
    finishedAt,
    nextAt,
  } = upload;
  const all = [...warnings, ...own.flatMap((batch) => batch.warnings)];
  return {
    id: upload.id,
    direction,
    replaces,
    phase,
    status,
    error,
    warnings: [...new Set(all)],
    confirmation,
    estimated,
    ...tally(own),
    batches: own.length,
    startedAt,
    acceptedAt,
    finishedAt,
    nextAt,
  };
}

const current = (upload: UploadRow, batches: BatchRow[]) =>
  batches.filter((batch) => batch.uploadId === upload.id && batch.attempt === upload.attempt);

/** Totals of acknowledged batches only: a batch under way is not yet anything. */
function tally(batches: BatchRow[]) {
  const done = batches.filter((batch) => batch.status === 'acknowledged');
  const sum = (field: 'members' | 'entries' | 'fixed' | 'invalid' | 'accepted' | 'rejected' | 'unattributed') =>
    done.reduce((total, batch) => total + batch[field], 0);
  return {
    sent: sum('members'),
    entries: sum('entries'),
    accepted: sum('accepted'),
    fixed: sum('fixed'),
    invalid: sum('invalid'),
    rejected: sum('rejected'),
    unattributed: sum('unattributed'),
  };
}

/** Contacts of a segment that were kept back, by the plan or since. */
const withheldOf = (refusals: { segmentKey: string; verdict: Verdict; contacts: number }[], key: string): number =>
  refusals
    .filter(({ segmentKey, verdict }) => segmentKey === key && verdict === 'withheld')
    .reduce((sum, { contacts }) => sum + Number(contacts), 0);

/** Contacts of a segment's adds by verdict: the six add up to everyone the run looked at. */
function verdictCounts(withheld: number, uploads: UploadRow[], batches: BatchRow[]) {
  const adding = uploads.filter((upload) => upload.direction === 'add' && !bringsAgain(upload));
  // a replacement brings everyone, those included who came before it
  const whole = adding.filter((upload) => upload.replaces);
  const adds = (whole.length > 0 ? whole : adding).flatMap((upload) => current(upload, batches));
  const leaving = uploads.filter((upload) => upload.phase === 3 && upload.direction === 'remove' && !upload.stale);
  const removes = leaving.flatMap((upload) => current(upload, batches));
  const omitted = uploads.reduce((sum, upload) => sum + upload.omitted, 0);
  const { sent, fixed, invalid, rejected, unattributed } = tally(adds);
  const usable = Math.max(0, sent - rejected - unattributed);
  return {
    ok: Math.max(0, usable - fixed),
    fixed: Math.min(fixed, usable),
    invalid,
    withheld,
    rejected,
    unattributed,
    removed: tally(removes).accepted + omitted,
  };
}
