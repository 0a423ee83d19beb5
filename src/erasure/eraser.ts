import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import type { Confirmation } from '../../connectors/destination.ts';
import { DestinationError } from '../../connectors/errors.ts';
import type { AccountId } from '../accounts/auth.ts';
import { AlertsService } from '../alerts/alerts.service.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { type AccountWide, AccountWideService, type Form } from '../deliveries/account-wide.service.ts';
import { Postponed } from '../deliveries/actions.ts';
import { type Asked, answered, nextQuestion } from '../deliveries/asked.ts';
import { LedgerRepository } from '../deliveries/ledger.repository.ts';
import { type Holding, type Withdrawal, WithdrawalsService } from '../deliveries/withdrawals.service.ts';
import { Clock, type Recurring } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Sealer } from '../engines/sealing.ts';
import { Problem } from '../http/problem.ts';
import { ErasureRepository, type ErasureRow } from './erasure.repository.ts';
import { ERASE } from './jobs.ts';

const SWEEP_MS = 5_000;
/** Longer than any one question to a platform takes; renewed with each of them. */
const LEASE_MS = 5 * 60_000;
/** Before a platform that could not be asked is asked again. */
const AGAIN_SECONDS = 300;
/** After this long without an answer a person has to look. */
const MOST_DAYS = 7;

/**
 * Deletes a person here, then removes them from every destination that ever got them, and from all that platforms hold
 * where they offer that; what was sent is forgotten last. Each answer is written down before the next question, and asking
 * twice does no harm, so that a process may die anywhere: what is left is found by the sweep.
 */
@Injectable()
export class Eraser implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Eraser.name);
  private sweeps?: Recurring;

  constructor(
    private readonly repository: ErasureRepository,
    private readonly contacts: ContactsService,
    private readonly withdrawals: WithdrawalsService,
    private readonly accountWide: AccountWideService,
    private readonly connections: ConnectionsService,
    private readonly ledger: LedgerRepository,
    private readonly alerts: AlertsService,
    private readonly sealer: Sealer,
    private readonly jobs: Jobs,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    if (!this.settings.DATABASE_URL) await this.repository.releaseAll();
  }

  onApplicationBootstrap(): void {
    if (this.settings.REACH_ROLE === 'api') return;
    const failed = (err: unknown) => this.logger.error({ msg: 'erasures failed', err });
    this.sweeps = this.clock.every(SWEEP_MS, () => this.sweep(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeps?.stop();
  }

  async sweep(): Promise<void> {
    for (const erasureId of await this.repository.waiting(this.clock.now()))
      await this.jobs.enqueue(ERASE, { erasureId });
  }

  @HandlesJob(ERASE)
  async carryOut({ erasureId }: { erasureId: string }): Promise<void> {
    const now = this.clock.now();
    const row = await this.repository.take(erasureId, now, new Date(now.getTime() + LEASE_MS));
    if (!row) return;
    try {
      await this.work(row);
    } catch (error) {
      await this.repository.update(row.id, { leaseUntil: null, nextAt: this.after(AGAIN_SECONDS) });
      throw error;
    }
  }

  private async work(row: ErasureRow): Promise<void> {
    const waits: string[] = [];
    if (!row.erasedLocallyAt) await this.eraseLocally(row, waits);
    await this.withdrawAll(row, row.erasedLocallyAt ?? this.clock.now(), waits);
    await this.confirmAll(row, waits);
    await this.settle(row, waits);
  }

  /** Deletes the person here: again and again while a file is being imported that may bring them back. */
  private async eraseLocally(row: ErasureRow, waits: string[]): Promise<void> {
    const account = row.accountId as AccountId;
    // asked first: what ends meanwhile is erased now, or once more
    const isImporting = await this.contacts.isImporting(account, row.requestedAt);
    const deleted = await this.contacts.erase(account, row.mayReturnAs, row.requestedAt);
    const files = [...new Set([...row.files, ...deleted])];
    if (isImporting)
      waits.push('An import was under way that may hold the person: what it brings is deleted at its end.');
    await this.keep(row, isImporting ? { files } : { files, erasedLocallyAt: this.clock.now() });
  }

  /**
   * Whatever deliveries sent goes first, then everything else that the platforms hold. A run that was there before the
   * person was deleted here may still send them, so its delivery and connection wait until it is done.
   */
  private async withdrawAll(row: ErasureRow, erasedLocallyAt: Date, waits: string[]): Promise<void> {
    const account = row.accountId as AccountId;
    // before the holdings: whatever a run sent that is done by now is among them
    const sending = await this.withdrawals.sendingSince(account, erasedLocallyAt);
    for (const { name } of sending) waits.push(`${name}: A run that was planned before is still sending.`);
    const holdings = await this.withdrawals.holdings(account, row.contactId);
    for (const holding of holdings) {
      const { delivery, segmentKey } = holding;
      if (row.withdrawals.some((done) => done.deliveryId === delivery.id && done.segment === segmentKey)) continue;
      if (sending.some(({ id }) => id === delivery.id)) continue;
      await this.ask(delivery.name, waits, async () => {
        const done = await this.withdrawals.withdraw(account, row.contactId, holding, referenceOf(row));
        await this.keep(row, { withdrawals: [...row.withdrawals, await this.toConfirm(account, done)] });
      });
    }
    const today = row.sealedForms ? (JSON.parse(this.sealer.unseal(row.sealedForms)) as Record<string, Form[]>) : {};
    for (const asked of row.connections.filter(({ outcome }) => outcome === 'waiting')) {
      if (sending.some(({ connectionId }) => connectionId === asked.connectionId)) continue;
      await this.ask(asked.connection, waits, async () => {
        const forms = [...sentTo(asked.connectionId, holdings), ...(today[asked.connectionId] ?? [])];
        const done = await this.accountWide.erase(account, asked, row.contactId, forms, referenceOf(row));
        await this.keep(row, { connections: replaced(row.connections, asked, await this.toConfirm(account, done)) });
      });
    }
  }

  private async confirmAll(row: ErasureRow, waits: string[]): Promise<void> {
    const account = row.accountId as AccountId;
    for (const asked of row.withdrawals.filter((each) => this.isDue(each))) {
      await this.ask(asked.delivery, waits, async () => {
        const answer = await this.withdrawals.confirm(account, asked, referenceOf(row));
        const next = await this.answered(account, asked, answer);
        await this.keep(row, { withdrawals: replaced(row.withdrawals, asked, next) });
      });
    }
    for (const asked of row.connections.filter((each) => this.isDue(each))) {
      await this.ask(asked.connection, waits, async () => {
        const answer = await this.accountWide.confirm(account, asked, referenceOf(row));
        const next = await this.answered(account, asked, answer);
        await this.keep(row, { connections: replaced(row.connections, asked, next) });
      });
    }
  }

  /** Done when every platform accepted, and confirmed where it confirms; what was sent is forgotten only then. */
  private async settle(row: ErasureRow, waits: string[]): Promise<void> {
    const account = row.accountId as AccountId;
    const now = this.clock.now();
    const all: Asked[] = [...row.withdrawals, ...row.connections];
    const questions = all.flatMap(({ askAgainAt }) => (askAgainAt ? [askAgainAt] : []));
    const late = now.getTime() - row.begunAt.getTime() > MOST_DAYS * 86_400_000;
    if (!late && (waits.length > 0 || questions.length > 0)) {
      const soonest = [...questions, ...(waits.length > 0 ? [this.after(AGAIN_SECONDS).toISOString()] : [])].sort()[0]!;
      await this.keep(row, { pending: pendingOf(waits, all), nextAt: new Date(soonest), leaseUntil: null });
      const seconds = Math.max(0, (Date.parse(soonest) - now.getTime()) / 1000);
      return this.jobs.enqueue(ERASE, { erasureId: row.id }, seconds);
    }
    const clean = waits.length === 0 && questions.length === 0 && !all.some(hasTrouble);
    if (clean) await this.ledger.forget(account, row.contactId);
    await this.keep(row, {
      status: clean ? 'done' : 'needs-person',
      pending: pendingOf(waits, all),
      finishedAt: now,
      nextAt: null,
      leaseUntil: null,
      ...(clean ? { sealedForms: null, mayReturnAs: [] } : {}),
    });
    await this.tell(row, clean);
  }

  private async tell(row: ErasureRow, clean: boolean): Promise<void> {
    const account = row.accountId as AccountId;
    const key = `erasure/${row.id}`;
    if (clean) return this.alerts.recover(account, key);
    const text =
      'A platform refused, or did not confirm in time. The receipt says which and why; retry when it is mended.';
    await this.alerts.raise(account, { key, title: 'An erasure needs a person', text, subject: row.id });
  }

  /** Asks one platform; that it cannot be asked now is noted, and keeps nobody else waiting. */
  private async ask(who: string, waits: string[], question: () => Promise<void>): Promise<void> {
    try {
      await question();
    } catch (error) {
      if (!(error instanceof DestinationError || error instanceof Postponed || error instanceof Problem)) throw error;
      waits.push(`${who}: ${error.message}`);
    }
  }

  private async toConfirm<T extends Withdrawal | AccountWide>(account: AccountId, asked: T): Promise<T> {
    if (asked.tickets.length === 0 || asked.outcome === 'refused') return asked;
    const { capabilities } = await this.definitionOf(account, asked);
    const at = nextQuestion(capabilities, asked, this.clock.now(), this.connections.confirmAfterSeconds);
    return { ...asked, askAgainAt: at };
  }

  private async answered<T extends Withdrawal | AccountWide>(
    account: AccountId,
    asked: T,
    answer: Confirmation,
  ): Promise<T> {
    const { capabilities } = await this.definitionOf(account, asked);
    return answered(asked, answer, capabilities, this.clock.now(), this.connections.confirmAfterSeconds);
  }

  private async definitionOf(account: AccountId, { connectionId }: Withdrawal | AccountWide) {
    return this.connections.definition((await this.connections.row(account, connectionId)).type);
  }

  private isDue({ askAgainAt }: Asked): boolean {
    return askAgainAt !== null && new Date(askAgainAt) <= this.clock.now();
  }

  /** Writes down what was done, and that it is still in hand. */
  private async keep(row: ErasureRow, change: Partial<ErasureRow>): Promise<void> {
    const leaseUntil = new Date(this.clock.now().getTime() + LEASE_MS);
    await this.repository.update(row.id, { leaseUntil, ...change });
    Object.assign(row, change);
  }

  private after(seconds: number): Date {
    return new Date(this.clock.now().getTime() + seconds * 1000);
  }
}

/** Names the uploads of an erasure to platforms: the same after a crash, others when a person begins it again. */
const referenceOf = ({ id, begunAt, requestedAt }: ErasureRow): string =>
  begunAt.getTime() === requestedAt.getTime() ? id : `${id}.${begunAt.getTime()}`;

const sentTo = (connectionId: string, holdings: Holding[]): Form[] =>
  holdings.filter(({ delivery }) => delivery.connectionId === connectionId).flatMap(({ wires }) => wires);

const replaced = <T>(list: T[], old: T, next: T): T[] => list.map((each) => (each === old ? next : each));

const hasTrouble = (asked: Asked & { outcome?: string }): boolean =>
  asked.outcome === 'refused' ||
  asked.outcome === 'waiting' ||
  ['failed', 'needs-person'].includes(asked.confirmation?.state ?? '');

/** Why it is not done, in words: platforms that could not be asked, and those that have not confirmed. */
function pendingOf(waits: string[], all: Asked[]): string | null {
  const open = all.filter(({ askAgainAt }) => askAgainAt !== null).length;
  const words = [...waits, ...(open > 0 ? [`${open} removals are accepted and not confirmed yet.`] : [])];
  return words.length > 0 ? words.join(' ') : null;
}
