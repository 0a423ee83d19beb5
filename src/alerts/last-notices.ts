import { Inject, Injectable } from '@nestjs/common';
import { and, eq, isNull, lt, or } from 'drizzle-orm';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { type alerts, lastNotices } from './alerts.tables.ts';
import type { Notice } from './notifier.ts';

/** Longer than telling takes; a process that died on it lets go after this. */
const CLAIM_MS = 120_000;

export type LastNotice = typeof lastNotices.$inferSelect;

/** What each channel heard last of each concern: one process at a time tells it, in order. */
@Injectable()
export class LastNotices {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  /** @returns what was told last; undefined while somebody else is telling */
  async claim(channelId: string, key: string): Promise<LastNotice | undefined> {
    const now = this.clock.now();
    const claim = { claimedUntil: new Date(now.getTime() + CLAIM_MS) };
    const isFree = or(isNull(lastNotices.claimedUntil), lt(lastNotices.claimedUntil, now));
    const [row] = await this.db
      .insert(lastNotices)
      .values({ channelId, key, ...claim })
      .onConflictDoUpdate({ target: [lastNotices.channelId, lastNotices.key], set: claim, setWhere: isFree })
      .returning();
    return row;
  }

  async keep({ channelId, key, ...change }: LastNotice): Promise<void> {
    await this.db
      .update(lastNotices)
      .set(change)
      .where(and(eq(lastNotices.channelId, channelId), eq(lastNotices.key, key)));
  }
}

/**
 * Whether a channel is to be told: not that something began when it is over, nor that it is over when the channel never
 * heard of it, or has heard since that it began anew.
 */
export function isDue(event: Notice['event'], alert: typeof alerts.$inferSelect, last: LastNotice): boolean {
  const heard = last.alertId === alert.id;
  if (event === 'alert.recovered') return heard && (last.told === 'raised' || last.told === 'perhaps raised');
  return alert.recoveredAt === null && !(heard && last.told === 'raised' && last.urgency >= alert.urgency);
}
