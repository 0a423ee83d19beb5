import { Inject, Injectable } from '@nestjs/common';
import { and, count, eq, sql, sum } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { ConsentPolicyService } from '../privacy/consent-policy.service.ts';
import { batches, runs, uploads } from './deliveries.tables.ts';
import { MembersRepository } from './members.repository.ts';

export interface DeliveryFigures {
  runs: { verdict: string; count: number }[];
  contacts: { verdict: string; count: number }[];
  withdrawnButDelivered: number;
}

/** Figures of an account's deliveries, for metrics. */
@Injectable()
export class MetricsReader {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly members: MembersRepository,
    private readonly consent: ConsentPolicyService,
  ) {}

  async read(account: AccountId): Promise<DeliveryFigures> {
    const verdict = sql<string>`coalesce(${runs.verdict}, 'under_way')`;
    const [byVerdict, [sent], withdrawnButDelivered] = await Promise.all([
      this.db.select({ verdict, count: count() }).from(runs).where(eq(runs.accountId, account)).groupBy(verdict),
      this.db
        .select({
          accepted: sum(batches.accepted),
          rejected: sum(batches.rejected),
          unattributed: sum(batches.unattributed),
          invalid: sum(batches.invalid),
        })
        .from(batches)
        // a file that was begun again is counted once
        .innerJoin(uploads, and(eq(uploads.id, batches.uploadId), eq(uploads.attempt, batches.attempt)))
        .where(eq(uploads.accountId, account)),
      this.members.withdrawnButDelivered(account, await this.consent.deniedCountries(account)),
    ]);
    const contacts = Object.entries(sent ?? {}).map(([name, value]) => ({ verdict: name, count: Number(value ?? 0) }));
    return { runs: byVerdict, contacts, withdrawnButDelivered };
  }
}
