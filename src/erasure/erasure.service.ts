import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { ErasedPeople } from '../contacts/erased-people.ts';
import { type AccountWide, AccountWideService } from '../deliveries/account-wide.service.ts';
import type { Asked } from '../deliveries/asked.ts';
import { type Withdrawal, WithdrawalsService } from '../deliveries/withdrawals.service.ts';
import { Clock } from '../engines/clock.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Sealer } from '../engines/sealing.ts';
import { newId } from '../http/ids.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { ERASED_LIST, SuppressionsService } from '../privacy/suppressions.service.ts';
import { ErasureRepository, type ErasureRow } from './erasure.repository.ts';
import { ERASE } from './jobs.ts';

type Shown<T extends Asked> = Omit<T, 'tickets' | 'questions'>;

/** The receipt of an erasure as shown. */
export type ErasureView = Omit<
  ErasureRow,
  'accountId' | 'sealedForms' | 'mayReturnAs' | 'leaseUntil' | 'nextAt' | 'begunAt' | 'withdrawals' | 'connections'
> & { withdrawals: Shown<Withdrawal>[]; connections: Shown<AccountWide>[] };

/** Takes requests to be forgotten, and shows what became of them. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly repository: ErasureRepository,
    private readonly contacts: ContactsService,
    private readonly withdrawals: WithdrawalsService,
    private readonly accountWide: AccountWideService,
    private readonly suppressions: SuppressionsService,
    private readonly erased: ErasedPeople,
    private readonly accounts: AccountsService,
    private readonly sealer: Sealer,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Starts an erasure. From this moment no run delivers the person. */
  async request(caller: Caller, contactId: string): Promise<ErasureView> {
    const account = caller.accountId;
    const identities = await this.contacts.identitiesOf(account, contactId);
    const holdings = await this.withdrawals.holdings(account, contactId);
    if (identities.length === 0 && holdings.length === 0 && !(await this.contacts.exists(account, contactId)))
      throw Problem.notFound('contact', contactId);
    const id = newId('era');
    await this.erased.block(account, id, contactId, identities);
    await this.suppressions.addDigests(account, ERASED_LIST, identities);
    const now = this.clock.now();
    const row: ErasureRow = {
      id,
      accountId: account,
      contactId,
      requestedBy: caller.name,
      status: 'running',
      withdrawals: [],
      connections: await this.accountWide.toAsk(account),
      // now, because the person is deleted here before every platform has answered
      sealedForms: this.sealer.seal(JSON.stringify(await this.accountWide.formsOfToday(account, contactId))),
      mayReturnAs: await this.contacts.idsToReturnAs(account, contactId, identities),
      pending: null,
      files: [],
      requestedAt: now,
      begunAt: now,
      erasedLocallyAt: null,
      finishedAt: null,
      blockLiftedAt: null,
      blockLiftedBy: null,
      nextAt: now,
      leaseUntil: null,
    };
    await this.repository.insert(row);
    await this.accounts.audit(caller, 'contact.erase', contactId, { erasure: row.id });
    await this.jobs.enqueue(ERASE, { erasureId: row.id });
    return viewOf(row);
  }

  async get(account: AccountId, id: string): Promise<ErasureView> {
    return viewOf(await this.row(account, id));
  }

  async list(account: AccountId, page: PageQuery): Promise<Page<ErasureView>> {
    return pageOf((await this.repository.page(account, page)).map(viewOf), page.limit);
  }

  /**
   * Goes on with an erasure that waits for a person, once whatever was in the way is mended: asks again wherever a
   * platform refused or did not confirm.
   */
  async retry(caller: Caller, id: string): Promise<ErasureView> {
    const row = await this.row(caller.accountId, id);
    const now = this.clock.now();
    const again = (asked: Asked) => ['failed', 'needs-person'].includes(asked.confirmation?.state ?? '');
    const change = {
      status: 'running' as const,
      withdrawals: row.withdrawals.filter((each) => each.outcome !== 'refused' && !again(each)),
      connections: row.connections.map((each) =>
        each.outcome === 'refused' || again(each) ? { ...each, outcome: 'waiting' as const } : each,
      ),
      begunAt: now,
      nextAt: now,
      finishedAt: null,
    };
    if (!(await this.repository.beginAgain(caller.accountId, id, change)))
      throw Problem.conflict('nothing_to_retry', 'This erasure does not wait for a person.');
    await this.accounts.audit(caller, 'erasure.retry', id);
    await this.jobs.enqueue(ERASE, { erasureId: id });
    return viewOf({ ...row, ...change });
  }

  /**
   * Lets the person come back: their rows are imported again, and deliveries take them.
   * @throws Problem 404; 409 `erasure_running`, `block_lifted`
   */
  async liftBlock(caller: Caller, id: string): Promise<ErasureView> {
    const account = caller.accountId;
    const row = await this.row(account, id);
    if (row.status === 'running')
      throw Problem.conflict('erasure_running', 'The erasure is still under way. Lift the block once it has ended.');
    if (row.blockLiftedAt) throw Problem.conflict('block_lifted', 'The block of this erasure is lifted already.');
    await this.suppressions.removeDigests(account, ERASED_LIST, await this.erased.lift(account, id));
    const change = { blockLiftedAt: this.clock.now(), blockLiftedBy: caller.name };
    await this.repository.update(id, change);
    await this.accounts.audit(caller, 'erasure.lift-block', id);
    return viewOf({ ...row, ...change });
  }

  private async row(account: AccountId, id: string): Promise<ErasureRow> {
    const row = await this.repository.find(account, id);
    if (!row) throw Problem.notFound('erasure', id);
    return row;
  }
}

function viewOf(row: ErasureRow): ErasureView {
  const { accountId: _a, sealedForms: _s, mayReturnAs: _m, leaseUntil: _l, nextAt: _n, begunAt: _b, ...shown } = row;
  return { ...shown, withdrawals: row.withdrawals.map(shownOf), connections: row.connections.map(shownOf) };
}

function shownOf<T extends Asked>({ tickets: _tickets, questions: _questions, ...shown }: T): Shown<T> {
  return shown;
}
