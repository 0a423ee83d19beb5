import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, gt, lt } from 'drizzle-orm';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { newId } from '../http/ids.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { requestContext } from '../http/request-context.ts';
import { accounts, auditLog } from './accounts.tables.ts';
import type { AuditCheckView, AuditEntryView } from './audit-log.dto.ts';
import type { AccountId, Caller } from './auth.ts';

type AuditRow = typeof auditLog.$inferSelect;

/** Entries that are checked at once. */
const CHECKED = 1_000;

/**
 * Records changes and readings of people's data with the key that made them. The entries of an account are a chain:
 * each hash includes the one before it, so an entry that is changed or removed later breaks the chain.
 */
@Injectable()
export class AuditLog {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  /** Records an action of a caller. `detail` never holds secrets or identifiers. */
  async record(caller: Caller, action: string, subject: string, detail: object = {}): Promise<void> {
    // background work goes on after the request that started it
    const context = caller.keyId === undefined ? undefined : requestContext();
    await this.db.transaction(async (tx) => {
      // one entry after the other: two with the same predecessor would fork the chain
      await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, caller.accountId)).for('update');
      const [last] = await tx
        .select({ position: auditLog.position, hash: auditLog.hash })
        .from(auditLog)
        .where(eq(auditLog.accountId, caller.accountId))
        .orderBy(desc(auditLog.position))
        .limit(1);
      const entry: Omit<AuditRow, 'hash'> = {
        id: newId('aud'),
        accountId: caller.accountId,
        position: (last?.position ?? 0) + 1,
        actor: caller.name,
        actorId: caller.keyId ?? null,
        address: context?.address ?? null,
        requestId: context?.requestId ?? null,
        action,
        subject,
        detail: JSON.parse(JSON.stringify(detail)) as object,
        at: this.clock.now(),
      };
      await tx.insert(auditLog).values({ ...entry, hash: hashOf(entry, last?.hash ?? '') });
    });
  }

  async page(accountId: AccountId, page: PageQuery): Promise<Page<AuditEntryView>> {
    const where = and(eq(auditLog.accountId, accountId), page.cursor ? lt(auditLog.id, page.cursor) : undefined);
    const rows = await this.db
      .select()
      .from(auditLog)
      .where(where)
      .orderBy(desc(auditLog.id))
      .limit(page.limit + 1);
    return pageOf(rows.map(entryView), page.limit);
  }

  /** Follows the chain of an account from its first entry. */
  async check(accountId: AccountId): Promise<AuditCheckView> {
    let position = 0;
    let hash = '';
    for (;;) {
      const rows = await this.db
        .select()
        .from(auditLog)
        .where(and(eq(auditLog.accountId, accountId), gt(auditLog.position, position)))
        .orderBy(asc(auditLog.position))
        .limit(CHECKED);
      for (const { hash: kept, ...entry } of rows) {
        if (entry.position !== position + 1 || kept !== hashOf(entry, hash))
          return { entries: position, intact: false, brokenAt: entry.id };
        position = entry.position;
        hash = kept;
      }
      if (rows.length < CHECKED) return { entries: position, intact: true, brokenAt: null };
    }
  }
}

/** Of an entry and the hash of the one before it. Names are sorted: the database keeps no order in JSON. */
function hashOf(entry: Omit<AuditRow, 'hash'>, before: string): string {
  const text = JSON.stringify({ ...entry, before }, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(text).digest('hex');
}

const entryView = ({ accountId: _account, detail, ...entry }: AuditRow): AuditEntryView => ({
  ...entry,
  detail: detail ?? {},
});
