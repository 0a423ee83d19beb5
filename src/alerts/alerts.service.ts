import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isEmail, isURL } from 'class-validator';
import { and, desc, eq, isNotNull, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { Settings } from '../../config/settings.ts';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { Clock, type Recurring } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { defineJob, HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Sealer } from '../engines/sealing.ts';
import { newId } from '../http/ids.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import type { CreateAlertChannelDto } from './alerts.dto.ts';
import { alertChannels, alerts } from './alerts.tables.ts';
import { isDue, LastNotices } from './last-notices.ts';
import { mayHaveArrived, type Notice, Notifier } from './notifier.ts';
import { shownUrl } from './shown-url.ts';

/** Tells one channel of one alert; tried again when the receiver is away. */
const NOTIFY = defineJob<{ alertId: string; channelId: string; event: Notice['event'] }>('alerts.notify', {
  concurrency: 2,
  attempts: 8,
});

/** When to look again whether somebody else has told a channel. */
const CLAIMED_SECONDS = 5;
const SWEEP_MS = 10_000;
/** Age at which an alert that was not told is no longer in the hands of whoever raised it. */
const UNTOLD_MS = 30_000;

type AlertRow = typeof alerts.$inferSelect;
/** An alert as shown. */
export type AlertView = Omit<AlertRow, 'untold' | 'untoldSince'>;
type ChannelRow = typeof alertChannels.$inferSelect;

/** What is sealed of a webhook. */
interface WebhookSecrets {
  url: string;
  key: string;
}

export interface Concern {
  /** What it is about: told once while it lasts. */
  key: string;
  title: string;
  text: string;
  /** Id of the run or connection to look at. */
  subject: string;
  /** From 0. An open alert that becomes more urgent, as an end that comes nearer does, is told again. */
  urgency?: number;
}

/**
 * Tells people what went wrong, once, and that it is over, once. What is to be told is written down with the alert, so that a
 * process that dies in between leaves it to the sweep.
 */
@Injectable()
export class AlertsService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(AlertsService.name);
  private sweeps?: Recurring;

  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly notifier: Notifier,
    private readonly last: LastNotices,
    private readonly sealer: Sealer,
    private readonly accounts: AccountsService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.REACH_ROLE === 'api') return;
    const failed = (err: unknown) => this.logger.error({ msg: 'alerts could not be told', err });
    this.sweeps = this.clock.every(SWEEP_MS, () => this.sweep(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeps?.stop();
  }

  /** Raises an alert unless the same key is already open and no less urgent. */
  async raise(account: AccountId, concern: Concern): Promise<void> {
    const { key, title, text, urgency = 0 } = concern;
    const now = this.clock.now();
    const row: AlertRow = {
      id: newId('alr'),
      accountId: account,
      ...concern,
      urgency,
      raisedAt: now,
      recoveredAt: null,
      untold: 'alert.raised',
      untoldSince: now,
    };
    const inserted = await this.db.insert(alerts).values(row).onConflictDoNothing().returning({ id: alerts.id });
    const told =
      inserted.length > 0
        ? inserted
        : await this.db
            .update(alerts)
            .set({ title, text, urgency, untold: 'alert.raised', untoldSince: now })
            .where(and(this.open(account, key), lt(alerts.urgency, urgency)))
            .returning({ id: alerts.id });
    for (const { id } of told) await this.tellAll(account, id, 'alert.raised');
  }

  /** Whether an alert with this key was ever raised, open or over. */
  async wasRaised(account: AccountId, key: string): Promise<boolean> {
    const [row] = await this.db
      .select({ id: alerts.id })
      .from(alerts)
      .where(and(eq(alerts.accountId, account), eq(alerts.key, key)))
      .limit(1);
    return row !== undefined;
  }

  /** Closes an open alert and says so; does nothing when there is none. */
  async recover(account: AccountId, key: string): Promise<void> {
    const recoveredAt = this.clock.now();
    const [row] = await this.db
      .update(alerts)
      .set({ recoveredAt, untold: 'alert.recovered', untoldSince: recoveredAt })
      .where(this.open(account, key))
      .returning();
    if (row) await this.tellAll(account, row.id, 'alert.recovered');
  }

  /** Open alerts of every account whose keys begin with a prefix. */
  async openUnder(prefix: string): Promise<{ accountId: string; key: string }[]> {
    return this.db
      .select({ accountId: alerts.accountId, key: alerts.key })
      .from(alerts)
      .where(and(isNull(alerts.recoveredAt), sql`starts_with(${alerts.key}, ${prefix})`));
  }

  /** Closes whatever is open about a subject that is no more, named by its id or the alert's key; nobody is told. */
  async close(account: AccountId, about: string): Promise<void> {
    const isAbout = or(eq(alerts.subject, about), eq(alerts.key, about));
    const open = and(eq(alerts.accountId, account), isAbout, isNull(alerts.recoveredAt));
    await this.db.update(alerts).set({ recoveredAt: this.clock.now(), untold: null }).where(open);
  }

  /** Tells what a dead process left untold. */
  async sweep(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - UNTOLD_MS);
    const left = await this.db
      .select()
      .from(alerts)
      .where(and(isNotNull(alerts.untold), lte(alerts.untoldSince, before)));
    for (const { accountId, id, untold } of left) await this.tellAll(accountId as AccountId, id, untold!);
  }

  async list(account: AccountId, { limit, cursor }: PageQuery): Promise<Page<AlertView>> {
    const where = and(eq(alerts.accountId, account), cursor ? lt(alerts.id, cursor) : undefined);
    const rows = await this.db
      .select()
      .from(alerts)
      .where(where)
      .orderBy(desc(alerts.id))
      .limit(limit + 1);
    return pageOf(
      rows.map(({ untold: _untold, untoldSince: _since, ...shown }) => shown),
      limit,
    );
  }

  /** @returns the channel and, for a webhook, the key of its signature: shown this once */
  async createChannel(caller: Caller, { type, target }: CreateAlertChannelDto) {
    if (type === 'email' && !this.settings.REACH_SMTP_URL) {
      throw Problem.invalid('type', 'no_smtp', 'E-mail needs the setting REACH_SMTP_URL.');
    }
    if (!isTarget[type](target)) throw Problem.invalid('target', 'target', TARGETS[type]);
    const key = randomBytes(24).toString('base64url');
    const row: ChannelRow = {
      id: newId('alc'),
      accountId: caller.accountId,
      type,
      target: type === 'webhook' ? shownUrl(target) : target,
      sealed:
        type === 'webhook' ? this.sealer.seal(JSON.stringify({ url: target, key } satisfies WebhookSecrets)) : null,
      createdAt: this.clock.now(),
    };
    await this.db.insert(alertChannels).values(row);
    await this.accounts.audit(caller, 'alert-channel.create', row.id, { type });
    return { ...channelView(row), ...(type === 'webhook' ? { signingKey: key } : {}) };
  }

  async channels(account: AccountId) {
    const rows = await this.db
      .select()
      .from(alertChannels)
      .where(eq(alertChannels.accountId, account))
      .orderBy(alertChannels.id);
    return { items: rows.map(channelView) };
  }

  async removeChannel(caller: Caller, id: string): Promise<void> {
    const where = and(eq(alertChannels.accountId, caller.accountId), eq(alertChannels.id, id));
    const removed = await this.db.delete(alertChannels).where(where).returning({ id: alertChannels.id });
    if (removed.length === 0) throw Problem.notFound('alert channel', id);
    await this.accounts.audit(caller, 'alert-channel.delete', id);
  }

  /** Sends a test notice now and says what came of it. */
  async testChannel(account: AccountId, id: string): Promise<{ ok: boolean; detail: string }> {
    const [channel] = await this.db
      .select()
      .from(alertChannels)
      .where(and(eq(alertChannels.accountId, account), eq(alertChannels.id, id)));
    if (!channel) throw Problem.notFound('alert channel', id);
    const at = this.clock.now().toISOString();
    try {
      await this.send(channel, {
        id: newId('alr'),
        event: 'alert.test',
        title: 'Test',
        text: 'This is a test of the alert channel.',
        subject: id,
        at,
      });
      return { ok: true, detail: 'The receiver took it.' };
    } catch (error) {
      return { ok: false, detail: error instanceof Error ? error.message : 'It failed.' };
    }
  }

  /** Jobs come in any order and more than once; what a channel heard last says whether a notice is still due. */
  @HandlesJob(NOTIFY)
  async notify(job: { alertId: string; channelId: string; event: Notice['event'] }): Promise<void> {
    const { alertId, channelId, event } = job;
    const [channel] = await this.db.select().from(alertChannels).where(eq(alertChannels.id, channelId));
    const known = await this.alert(alertId);
    if (!channel || !known) return;
    const last = await this.last.claim(channelId, known.key);
    if (!last) return this.jobs.enqueue(NOTIFY, job, CLAIMED_SECONDS);
    const free = { ...last, claimedUntil: null };
    const alert = await this.alert(alertId);
    if (!alert || !isDue(event, alert, last)) return this.last.keep(free);
    const { urgency } = alert;
    const isOver = event === 'alert.recovered';
    const perhaps = isOver ? free : { ...free, alertId, urgency, told: 'perhaps raised' as const };
    await this.last.keep({ ...perhaps, claimedUntil: last.claimedUntil });
    try {
      await this.tell(channel, alert, event);
    } catch (error) {
      await this.last.keep(mayHaveArrived(error) ? perhaps : free);
      throw error;
    }
    await this.last.keep({ ...perhaps, told: isOver ? 'recovered' : 'raised' });
  }

  private async tell(channel: ChannelRow, alert: AlertRow, event: Notice['event']): Promise<void> {
    const at = (event === 'alert.recovered' ? (alert.recoveredAt ?? alert.raisedAt) : alert.raisedAt).toISOString();
    const title = event === 'alert.recovered' ? `Recovered: ${alert.title}` : alert.title;
    const id = [alert.id, event, ...(alert.urgency > 0 ? [alert.urgency] : [])].join('.');
    await this.send(channel, { id, event, title, text: alert.text, subject: alert.subject, at });
  }

  private async alert(id: string): Promise<AlertRow | undefined> {
    const [alert] = await this.db.select().from(alerts).where(eq(alerts.id, id));
    return alert;
  }

  private open(account: AccountId, key: string) {
    return and(eq(alerts.accountId, account), eq(alerts.key, key), isNull(alerts.recoveredAt));
  }

  private async send(channel: ChannelRow, notice: Notice): Promise<void> {
    if (channel.type === 'email') return this.notifier.email(channel.target, notice);
    const { url, key } = JSON.parse(this.sealer.unseal(channel.sealed ?? '')) as WebhookSecrets;
    return this.notifier.webhook(url, key, notice);
  }

  private async tellAll(account: AccountId, alertId: string, event: NonNullable<AlertRow['untold']>): Promise<void> {
    const { items } = await this.channels(account);
    for (const { id } of items) await this.jobs.enqueue(NOTIFY, { alertId, channelId: id, event });
    await this.db
      .update(alerts)
      .set({ untold: null })
      .where(and(eq(alerts.id, alertId), eq(alerts.untold, event)));
  }
}

const isTarget = {
  webhook: (target: string) =>
    URL.canParse(target) && isURL(target, { protocols: ['http', 'https'], require_protocol: true, require_tld: false }),
  email: (target: string) => isEmail(target),
};
const TARGETS = { webhook: 'A webhook needs an http or https address.', email: 'This is not an e-mail address.' };

const channelView = ({ sealed: _sealed, accountId: _account, ...row }: ChannelRow) => row;
