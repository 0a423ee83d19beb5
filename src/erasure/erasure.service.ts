import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, lt } from 'drizzle-orm';
import { DestinationError } from '../../connectors/destination.ts';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Postponed } from '../deliveries/actions.ts';
import { LedgerRepository } from '../deliveries/ledger.repository.ts';
import { type Withdrawal, WithdrawalsService } from '../deliveries/withdrawals.service.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { defineJob, HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { newId } from '../http/ids.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { SuppressionsService } from '../privacy/suppressions.service.ts';
import { erasures } from './erasure.tables.ts';

const ERASE = defineJob<{ erasureId: string }>('erasure.carry-out', { concurrency: 1, attempts: 3 });
/** Digests of the erased, so that a later import does not bring them back to a destination. */
const ERASED_LIST = 'erased';
const AGAIN_SECONDS = 300;
/** After this long without an answer a person has to look. */
const MOST_DAYS = 7;

type ErasureRow = typeof erasures.$inferSelect;

/** Removes a person from every destination that ever got them, then from here, and keeps the receipt. */
@Injectable()
export class ErasureService {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly contacts: ContactsService,
    private readonly withdrawals: WithdrawalsService,
    private readonly ledger: LedgerRepository,
    private readonly suppressions: SuppressionsService,
    private readonly accounts: AccountsService,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Starts an erasure. From this moment no run delivers the person. */
  async request(caller: Caller, contactId: string): Promise<ErasureRow> {
    const account = caller.accountId;
    const identities = await this.contacts.identitiesOf(account, contactId);
    const holdings = await this.withdrawals.holdings(account, contactId);
    if (identities.length === 0 && holdings.length === 0 && !(await this.contacts.exists(account, contactId)))
      throw Problem.notFound('contact', contactId);
    await this.suppressions.addDigests(account, ERASED_LIST, identities);
    const row: ErasureRow = {
      id: newId('era'),
      accountId: account,
      contactId,
      requestedBy: caller.name,
      status: 'running',
      withdrawals: [],
      pending: null,
      files: [],
      requestedAt: this.clock.now(),
      erasedLocallyAt: null,
      finishedAt: null,
    };
    await this.db.insert(erasures).values(row);
    await this.accounts.audit(caller, 'contact.erase', contactId, { erasure: row.id });
    await this.jobs.enqueue(ERASE, { erasureId: row.id });
    return row;
  }

  async get(account: AccountId, id: string): Promise<ErasureRow> {
    const [row] = await this.db
      .select()
      .from(erasures)
      .where(and(eq(erasures.accountId, account), eq(erasures.id, id)));
    if (!row) throw Problem.notFound('erasure', id);
    return row;
  }

  async list(account: AccountId, { limit, cursor }: PageQuery): Promise<Page<ErasureRow>> {
    const where = and(eq(erasures.accountId, account), cursor ? lt(erasures.id, cursor) : undefined);
    return pageOf(
      await this.db
        .select()
        .from(erasures)
        .where(where)
        .orderBy(desc(erasures.id))
        .limit(limit + 1),
      limit,
    );
  }

  /** Does what is left to do; asks again later for platforms that cannot be reached now. */
  @HandlesJob(ERASE)
  async carryOut({ erasureId }: { erasureId: string }): Promise<void> {
    const [row] = await this.db.select().from(erasures).where(eq(erasures.id, erasureId));
    if (row?.status !== 'running') return;
    const account = row.accountId as AccountId;
    const { done, pending } = await this.withdrawAll(row);
    const files = row.erasedLocallyAt ? row.files : await this.contacts.erase(account, row.contactId);
    const now = this.clock.now();
    const tooLong = now.getTime() - new Date(row.requestedAt).getTime() > MOST_DAYS * 86_400_000;
    const refused = done.some(({ outcome }) => outcome === 'refused');
    const status = pending ? (tooLong ? 'needs-person' : 'running') : refused ? 'needs-person' : 'done';
    if (!pending) await this.ledger.forget(account, row.contactId);
    const change = {
      withdrawals: done,
      pending,
      files,
      erasedLocallyAt: row.erasedLocallyAt ?? now,
      status,
      finishedAt: status === 'running' ? null : now,
    } as const;
    await this.db.update(erasures).set(change).where(eq(erasures.id, erasureId));
    if (status === 'running') await this.jobs.enqueue(ERASE, { erasureId }, AGAIN_SECONDS);
  }

  private async withdrawAll(row: ErasureRow): Promise<{ done: Withdrawal[]; pending: string | null }> {
    const account = row.accountId as AccountId;
    const done = [...row.withdrawals];
    const waits: string[] = [];
    for (const holding of await this.withdrawals.holdings(account, row.contactId)) {
      if (done.some(({ deliveryId, segment }) => deliveryId === holding.delivery.id && segment === holding.segmentKey))
        continue;
      try {
        done.push(await this.withdrawals.withdraw(account, row.contactId, holding, row.id));
      } catch (error) {
        if (!(error instanceof DestinationError || error instanceof Postponed || error instanceof Problem)) throw error;
        waits.push(`${holding.delivery.name}: ${error.message}`);
      }
    }
    return { done, pending: waits.length > 0 ? waits.join(' ') : null };
  }
}
