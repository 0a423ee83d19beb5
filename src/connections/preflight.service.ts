import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import type { Prerequisite } from '../../connectors/destination.ts';
import { DestinationError } from '../../connectors/errors.ts';
import type { AccountId } from '../accounts/auth.ts';
import { AlertsService } from '../alerts/alerts.service.ts';
import { Clock, type Recurring } from '../engines/clock.ts';
import { defineJob, HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { newId } from '../http/ids.ts';
import { type Page, pageOf } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { type CheckRow, ChecksRepository } from './checks.repository.ts';
import type { ChecksQuery } from './connections.dto.ts';
import type { ConnectionRow } from './connections.repository.ts';
import { ConnectionsService } from './connections.service.ts';
import type { ConnectionStatus } from './connections.tables.ts';
import { nextDailyCheck } from './daily.ts';
import { follow, type PrerequisiteState, standingOf, urgencyOf } from './prerequisites.ts';

/** A daily check; `lease` is the time at which it is due again unless it was made. */
const CHECK = defineJob<{ connectionId: string; lease: string }>('connections.check', { concurrency: 2 });

const TICK_MS = 5_000;
const LEASE_MS = 15 * 60_000;
const CHECK_TIMEOUT_MS = 60_000;
const DAY_MS = 86_400_000;
/** Days for which vendor calls are kept. */
const CALLS_DAYS = 90;

/** A check as shown. */
export type CheckView = Omit<CheckRow, 'accountId'>;

/** Looks daily and on demand at what each connection needs, remembers what it found, and tells people what changed. */
@Injectable()
export class PreflightService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(PreflightService.name);
  private sweeps?: Recurring;

  constructor(
    private readonly repository: ChecksRepository,
    private readonly connections: ConnectionsService,
    private readonly alerts: AlertsService,
    private readonly jobs: Jobs,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.REACH_ROLE === 'api') return;
    const failed = (err: unknown) => this.logger.error({ msg: 'daily checks failed', err });
    this.sweeps = this.clock.every(TICK_MS, () => this.tick(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeps?.stop();
  }

  /** Sets daily checks going that are due. Those missed while the service was down come to one. */
  async tick(): Promise<void> {
    const now = this.clock.now();
    const lease = new Date(now.getTime() + LEASE_MS);
    for (const { id } of await this.repository.takeDue(now, lease))
      await this.jobs.enqueue(CHECK, { connectionId: id, lease: lease.toISOString() });
  }

  @HandlesJob(CHECK)
  async daily({ connectionId, lease }: { connectionId: string; lease: string }): Promise<void> {
    const row = await this.repository.due(connectionId, new Date(lease));
    if (!row) return;
    await this.make(row, 'daily', new Date(lease));
    await this.repository.forgetCallsBefore(connectionId, new Date(this.clock.now().getTime() - CALLS_DAYS * DAY_MS));
  }

  /**
   * Asks the destination about each prerequisite and keeps the answer. Changes nothing there. Asks again when the
   * connection was changed meanwhile.
   */
  async check(
    account: AccountId,
    id: string,
  ): Promise<{ ok: boolean; checkedAt: Date; prerequisites: PrerequisiteState[] }> {
    const made = await this.make(await this.connections.row(account, id), 'demand');
    if (!made) return this.check(account, id);
    const { ok, at, prerequisites } = made;
    return { ok, checkedAt: at, prerequisites };
  }

  /** Checks that were made, the newest first. */
  async history(account: AccountId, id: string, query: ChecksQuery): Promise<Page<CheckView>> {
    await this.connections.row(account, id);
    const rows = await this.repository.page(account, id, query);
    return pageOf(
      rows.map(({ accountId: _account, ...shown }) => shown),
      query.limit,
    );
  }

  /** @returns nothing when the answer is not about the connection as it is now; a daily check is then due again */
  private async make(row: ConnectionRow, trigger: CheckRow['trigger'], lease?: Date): Promise<CheckRow | undefined> {
    const found = await this.find(row);
    const at = this.clock.now();
    const before = row.prerequisites ?? [];
    const { states, changes } = follow(before, found, at);
    const ok = states.every((each) => each.ok);
    const check: CheckRow = {
      id: newId('chk'),
      accountId: row.accountId,
      connectionId: row.id,
      at,
      trigger,
      ok,
      prerequisites: states,
      changes,
    };
    const change = {
      prerequisites: states,
      checkedAt: at,
      ...statusAfter(row, states, trigger),
      ...(lease ? { nextCheckAt: nextDailyCheck(row.id, at) } : {}),
    };
    if (!(await this.repository.enter(check, change, row.updatedAt, lease))) return undefined;
    await this.tell(row, before, states, trigger);
    return check;
  }

  /** What cannot be asked, because the connection cannot be opened, is a prerequisite that is not met. */
  private async find(row: ConnectionRow): Promise<Prerequisite[]> {
    const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
    const unmet = (name: string, detail: string, url?: string): Prerequisite[] => [
      { name, title: 'Connection', ok: false, detail, url },
    ];
    try {
      const { destination } = await this.connections.open(row.accountId as AccountId, row.id, { signal });
      try {
        return await destination.check();
      } finally {
        await destination.close();
      }
    } catch (error) {
      if (error instanceof DestinationError) return unmet(error.code, error.message, error.url);
      if (error instanceof Problem) return unmet('config', error.message);
      this.logger.error({ msg: 'a connection could not be checked', connection: row.id, err: error });
      return unmet('unknown', 'The check itself failed; the log says why.');
    }
  }

  /**
   * Tells of each prerequisite that is no longer met, and of each that is met again. One that never was is told by the
   * daily check only: whoever is setting a connection up sees it on the screen.
   */
  private async tell(
    row: ConnectionRow,
    before: PrerequisiteState[],
    states: PrerequisiteState[],
    trigger: CheckRow['trigger'],
  ): Promise<void> {
    const account = row.accountId as AccountId;
    for (const state of states) {
      const known = before.find(({ name }) => name === state.name);
      const standing = standingOf(state);
      if (standing === 'ok') await this.alerts.recover(account, keyOf(row.id, state));
      else if (standing === 'failing' && (trigger === 'daily' || known?.ok)) {
        await this.alerts.raise(account, {
          key: keyOf(row.id, state),
          title: `${row.name}: not met: ${state.title}`,
          text: [state.detail, state.url].filter(Boolean).join(' '),
          subject: row.id,
        });
      }
      if (standing !== 'untried') await this.countDown(row, known, state);
    }
    for (const gone of before.filter(({ name }) => !states.some((state) => state.name === name))) {
      await this.alerts.recover(account, keyOf(row.id, gone));
      await this.alerts.recover(account, endKeyOf(row.id, gone));
    }
  }

  /** Tells of an end that comes near, more urgently as it does, and of one that has moved away. */
  private async countDown(
    row: ConnectionRow,
    known: PrerequisiteState | undefined,
    state: PrerequisiteState,
  ): Promise<void> {
    const account = row.accountId as AccountId;
    const urgency = urgencyOf(state);
    const movedAway = known?.daysLeft !== undefined && state.daysLeft !== undefined && state.daysLeft > known.daysLeft;
    if (urgency === 0 || movedAway) await this.alerts.recover(account, endKeyOf(row.id, state));
    if (urgency === 0) return;
    await this.alerts.raise(account, {
      key: endKeyOf(row.id, state),
      title: `${row.name}: ${state.daysLeft} ${state.daysLeft === 1 ? 'day' : 'days'} left: ${state.title}`,
      text: [state.detail, state.url].filter(Boolean).join(' '),
      subject: row.id,
      urgency,
    });
  }
}

/**
 * A connection waits for a person while something is to be confirmed. One that a delivery stopped, for a reason that no
 * check has seen, stays stopped until a person checks it.
 */
function statusAfter(
  { status, statusError, prerequisites }: ConnectionRow,
  states: PrerequisiteState[],
  trigger: CheckRow['trigger'],
): { status: ConnectionStatus; statusError: string | null } {
  const unmet = states.filter(({ ok, untried }) => !ok && !untried);
  if (unmet.length > 0) {
    const stopped = status === 'stopped' || unmet.some(({ confirm }) => confirm);
    const told = unmet.map(({ title, detail }) => `${title}: ${detail}`).join('; ');
    return { status: stopped ? 'stopped' : 'failing', statusError: told };
  }
  const unseen = status === 'stopped' && trigger === 'daily' && (prerequisites ?? []).every(({ ok }) => ok);
  return unseen ? { status, statusError } : { status: 'ready', statusError: null };
}

const keyOf = (id: string, { name }: Prerequisite) => `connection/${id}/${name}`;
const endKeyOf = (id: string, { name }: Prerequisite) => `connection/${id}/${name}/end`;
