import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import type { Json } from '../../connectors/destination.ts';
import { DestinationError, type ErrorCode } from '../../connectors/errors.ts';
import type { AccountId } from '../accounts/auth.ts';
import { AlertsService } from '../alerts/alerts.service.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { Clock, type Recurring } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import type { Page, PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { PUSH_RESULT } from './jobs.ts';
import { PushesRepository, type PushRow, type PushView } from './pushes.repository.ts';

/** Tries of one push, each this many times as long after the one before as that was after its own. */
const TRIES = 8;
const PATIENCE = 4;
/** A try takes no longer: the webhook's own timeout is five minutes at most. */
const TRY_MS = 6 * 60_000;
const SWEEP_MS = 30_000;
const KEPT_MS = 30 * 86_400_000;

/** Failures that another try may get over; after all others a person has to do something. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['transient', 'throttled', 'unknown']);

/** Sends answers to webhooks, signed as deliveries are, and again until they arrive. */
@Injectable()
export class Pushes implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Pushes.name);
  private sweeps?: Recurring;
  private readonly stopping = new AbortController();

  constructor(
    private readonly repository: PushesRepository,
    private readonly connections: ConnectionsService,
    private readonly alerts: AlertsService,
    private readonly jobs: Jobs,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.REACH_ROLE === 'api') return;
    const failed = (err: unknown) => this.logger.error({ msg: 'looking for pushes that died failed', err });
    this.sweeps = this.clock.every(SWEEP_MS, () => this.sweep(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.sweeps?.stop();
  }

  /** @throws Problem 422 at `path` unless the connection is a webhook */
  async assertReceiver(account: AccountId, connectionId: string, path: string): Promise<void> {
    const connection = await this.connections.get(account, connectionId).catch((error: unknown) => {
      if (error instanceof Problem && error.getStatus() === 404)
        throw Problem.invalid(path, 'not_found', error.message);
      throw error;
    });
    if (connection.type === 'webhook') return;
    const message = `Results are pushed to webhooks; the connection is of the type ${connection.type}.`;
    throw Problem.invalid(path, 'not_a_webhook', message);
  }

  /** Adds a push, to go out at once. One of the same id is there already: nothing happens. */
  async add(
    account: AccountId,
    push: { id: string; connectionId: string; triggerId?: string; body: object },
  ): Promise<void> {
    const now = this.clock.now();
    const added = await this.repository.insert({
      id: push.id,
      accountId: account,
      connectionId: push.connectionId,
      triggerId: push.triggerId ?? null,
      status: 'pending',
      body: push.body as Json,
      attempts: 0,
      error: null,
      nextAt: now,
      createdAt: now,
      deliveredAt: null,
    });
    if (added) await this.jobs.enqueue(PUSH_RESULT, { pushId: push.id });
  }

  list(account: AccountId, page: PageQuery): Promise<Page<PushView>> {
    return this.repository.page(account, page);
  }

  @HandlesJob(PUSH_RESULT)
  async deliver({ pushId }: { pushId: string }): Promise<void> {
    const now = this.clock.now();
    const push = await this.repository.claim(pushId, now, new Date(now.getTime() + TRY_MS));
    if (!push) return;
    const account = push.accountId as AccountId;
    try {
      await this.send(account, push);
      const change = { status: 'delivered' as const, body: null, error: null, deliveredAt: this.clock.now() };
      await this.repository.update(push.id, change);
      await this.alerts.recover(account, alertKey(push));
    } catch (error) {
      await this.failed(account, push, error);
    }
  }

  private async send(account: AccountId, { id, connectionId, body }: PushRow): Promise<void> {
    const { destination } = await this.connections.open(account, connectionId, { signal: this.stopping.signal });
    try {
      if (!destination.post) throw new DestinationError('config', 'The connection takes no single messages.');
      await destination.post({ id, body: body! });
    } finally {
      await destination.close();
    }
  }

  private async failed(account: AccountId, push: PushRow, error: unknown): Promise<void> {
    const known = error instanceof DestinationError ? error : undefined;
    if (!known && !(error instanceof Problem)) this.logger.error({ msg: 'a push failed', push: push.id, err: error });
    const text =
      known || error instanceof Problem ? (error as Error).message : 'It failed on our side; the log says why.';
    const again = push.attempts < TRIES && !(error instanceof Problem) && (!known || PASSING.has(known.code));
    if (again) {
      const wait = known?.retryAfterSeconds ?? this.connections.retrySeconds * PATIENCE ** (push.attempts - 1);
      const nextAt = new Date(this.clock.now().getTime() + wait * 1000);
      await this.repository.update(push.id, { error: text, nextAt });
      // whole seconds up: a job that comes too early finds nothing due
      return this.jobs.enqueue(PUSH_RESULT, { pushId: push.id }, Math.ceil(wait));
    }
    await this.repository.update(push.id, { status: 'failed', body: null, error: text });
    await this.alerts.raise(account, {
      key: alertKey(push),
      title: 'Results could not be pushed',
      text: `A push was given up after ${push.attempts} ${push.attempts === 1 ? 'try' : 'tries'}: ${text}`,
      subject: push.connectionId,
    });
  }

  /** Takes up what a dead process left, and forgets what arrived or was given up long ago. */
  private async sweep(): Promise<void> {
    const now = this.clock.now().getTime();
    for (const pushId of await this.repository.overdue(new Date(now - SWEEP_MS)))
      await this.jobs.enqueue(PUSH_RESULT, { pushId });
    await this.repository.forget(new Date(now - KEPT_MS));
  }
}

const alertKey = ({ connectionId }: PushRow): string => `inform-push/${connectionId}`;
