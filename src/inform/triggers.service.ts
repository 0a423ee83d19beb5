import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { AlertsService } from '../alerts/alerts.service.ts';
import { ConditionContexts, validCondition } from '../cohorts/condition-contexts.ts';
import { CohortUsage, type User } from '../cohorts/usage.ts';
import { compile } from '../conditions/compile.ts';
import type { Condition } from '../conditions/condition.ts';
import { type References, referencesOf } from '../conditions/references.ts';
import { Clock } from '../engines/clock.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { EventListeners, type StoredEvent } from '../events/event-listeners.ts';
import { newId } from '../http/ids.ts';
import type { Page, PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { OutcomeUsage } from '../outcomes/outcome-usage.ts';
import { PersonaSetUsage } from '../personas/persona-set-usage.ts';
import { InformService } from './inform.service.ts';
import { FIRE_TRIGGER } from './jobs.ts';
import { Pushes } from './pushes.service.ts';
import type { CreateTriggerDto, UpdateTriggerDto } from './triggers.dto.ts';
import { type TriggerRow, TriggersRepository } from './triggers.repository.ts';

export type TriggerView = Omit<TriggerRow, 'accountId'>;

/** Triggers: an event comes in, its contact is scored, the result is pushed. */
@Injectable()
export class TriggersService implements OnModuleInit {
  constructor(
    private readonly repository: TriggersRepository,
    private readonly inform: InformService,
    private readonly pushes: Pushes,
    private readonly events: EventListeners,
    private readonly contexts: ConditionContexts,
    private readonly cohortUsage: CohortUsage,
    private readonly personaSetUsage: PersonaSetUsage,
    private readonly outcomeUsage: OutcomeUsage,
    private readonly warehouse: Warehouse,
    private readonly accounts: AccountsService,
    private readonly alerts: AlertsService,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** What a trigger names, in its condition or to score by, cannot be deleted. */
  onModuleInit(): void {
    const { cohortUsage, personaSetUsage, outcomeUsage } = this;
    cohortUsage.register((account, id) => this.users(account, ({ named }) => named.cohorts.has(id)));
    personaSetUsage.register((account, id) =>
      this.users(account, ({ named, row }) => named.personaSets.has(id) || row.personaSets?.includes(id) === true),
    );
    outcomeUsage.register((account, id) =>
      this.users(account, ({ named, row }) => named.outcomes.has(id) || row.outcomes?.includes(id) === true),
    );
    this.events.onStored((account, events) => this.fire(account, events));
  }

  async create(caller: Caller, dto: CreateTriggerDto): Promise<TriggerView> {
    const now = this.clock.now();
    const row: TriggerRow = {
      ...(await this.checked(caller.accountId, dto)),
      id: newId('trg'),
      accountId: caller.accountId,
      pausedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.repository.insert(row);
    await this.accounts.audit(caller, 'inform-trigger.create', row.id, { stream: row.stream });
    return shown(row);
  }

  async update(caller: Caller, id: string, { paused, ...dto }: UpdateTriggerDto): Promise<TriggerView> {
    const row = await this.row(caller.accountId, id);
    const given = Object.fromEntries(Object.entries(dto).filter(([, value]) => value !== undefined));
    const now = this.clock.now();
    // what broke since it was written does not keep anybody from pausing it
    const isRedefined = Object.keys(given).length > 0;
    const change = {
      ...(isRedefined && (await this.checked(caller.accountId, { ...asDto(row), ...given }))),
      ...(paused !== undefined && { pausedAt: paused ? (row.pausedAt ?? now) : null }),
      updatedAt: now,
    };
    await this.repository.update(caller.accountId, id, change);
    await this.accounts.audit(caller, 'inform-trigger.update', id, { fields: Object.keys(given), paused });
    return shown({ ...row, ...change });
  }

  async list(account: AccountId, page: PageQuery): Promise<Page<TriggerView>> {
    const { items, nextCursor } = await this.repository.page(account, page);
    return { items: items.map(shown), nextCursor };
  }

  /** @throws Problem 404 */
  async get(account: AccountId, id: string): Promise<TriggerView> {
    return shown(await this.row(account, id));
  }

  async remove(caller: Caller, id: string): Promise<void> {
    await this.row(caller.accountId, id);
    await this.repository.delete(caller.accountId, id);
    await this.alerts.close(caller.accountId, alertOf(id));
    await this.accounts.audit(caller, 'inform-trigger.delete', id);
  }

  /**
   * Called with every stored event; those that a trigger waits for become jobs. One that comes again was for the trigger
   * as it is now only if it is not older than that: what came while it was paused stays unsaid.
   */
  private async fire(account: AccountId, events: StoredEvent[]): Promise<void> {
    const streams = [...new Set(events.map(({ stream }) => stream))];
    for (const { id: triggerId, stream, updatedAt } of await this.repository.waiting(account, streams)) {
      const own = events
        .filter((event) => event.stream === stream && (!event.storedBefore || event.storedBefore > updatedAt))
        .map(({ id, contactId, reference }) => ({ id, contactId, reference }));
      if (own.length > 0) await this.jobs.enqueue(FIRE_TRIGGER, { accountId: account, triggerId, events: own });
    }
  }

  /** The push of an event has an id of its own, so that it goes out once, however often the event or the job comes. */
  @HandlesJob(FIRE_TRIGGER)
  async score({
    accountId,
    triggerId,
    events,
  }: {
    accountId: string;
    triggerId: string;
    events: { id: string; contactId: string; reference?: string }[];
  }): Promise<void> {
    const account = accountId as AccountId;
    const trigger = await this.repository.find(account, triggerId);
    if (!trigger || trigger.pausedAt) return;
    const key = alertOf(triggerId);
    try {
      await this.push(account, trigger, events);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const text = `${trigger.name}: ${error.message} Events that come before that is mended may push nothing.`;
      await this.alerts.raise(account, { key, title: 'A trigger cannot be carried out', text, subject: triggerId });
      throw error; // tried again a few times, in case it is mended soon
    }
    await this.alerts.recover(account, key);
  }

  private async push(
    account: AccountId,
    trigger: TriggerRow,
    events: { id: string; contactId: string; reference?: string }[],
  ): Promise<void> {
    const holds = await this.holding(account, trigger.condition, [...new Set(events.map((event) => event.contactId))]);
    const chosen = events.filter(({ contactId }) => holds.has(contactId));
    const results = await this.inform.scoreKnown(account, chosen, {
      personaSets: trigger.personaSets ?? undefined,
      outcomes: trigger.outcomes ?? undefined,
    });
    const byContact = new Map(results.map((result) => [result.contactId, result]));
    const scoredAt = this.clock.now().toISOString();
    for (const event of chosen) {
      const result = byContact.get(event.contactId);
      if (!result) continue;
      const id = pushId(trigger, event);
      const source = { id: trigger.id, name: trigger.name, stream: trigger.stream, eventId: event.id };
      const body = { version: 1, id, scoredAt, trigger: source, results: [{ ...result, reference: event.reference }] };
      await this.pushes.add(account, { id, connectionId: trigger.connectionId, triggerId: trigger.id, body });
    }
  }

  /** Those of some contacts for whom a condition holds now. */
  private async holding(account: AccountId, input: Condition | null, ids: string[]): Promise<Set<string>> {
    if (!input) return new Set(ids);
    const context = await this.contexts.load(account, [input]);
    const { sql, params } = compile(validCondition(input, context, 'condition'), context);
    const rows = await this.warehouse.query<{ contact_id: string }>(
      `SELECT contact_id FROM contacts FINAL
       WHERE account_id = {account:String} AND deleted = 0 AND contact_id IN {ids:Array(String)} AND ${sql}`,
      { ...params, account, ids },
    );
    return new Set(rows.map(({ contact_id }) => contact_id));
  }

  private async checked(account: AccountId, dto: CreateTriggerDto) {
    await this.pushes.assertReceiver(account, dto.connectionId, 'connectionId');
    await this.inform.assertLive(account, dto);
    const context = dto.condition ? await this.contexts.load(account, [dto.condition]) : undefined;
    return {
      name: dto.name,
      stream: dto.stream,
      connectionId: dto.connectionId,
      condition: context ? validCondition(dto.condition, context, 'condition') : null,
      personaSets: dto.personaSets ?? null,
      outcomes: dto.outcomes ?? null,
    };
  }

  private async users(
    account: AccountId,
    mentions: (trigger: { named: References; row: TriggerRow }) => boolean,
  ): Promise<User[]> {
    return (await this.repository.all(account))
      .filter((row) => mentions({ named: referencesOf(row.condition), row }))
      .map(({ id, name }) => ({ kind: 'trigger', id, name }));
  }

  private async row(account: AccountId, id: string): Promise<TriggerRow> {
    const row = await this.repository.find(account, id);
    if (!row) throw Problem.notFound('trigger', id);
    return row;
  }
}

const alertOf = (triggerId: string): string => `inform-trigger/${triggerId}`;

/** An event is the same one only in its stream and of its contact. */
const pushId = ({ id: triggerId, stream }: TriggerRow, { id, contactId }: { id: string; contactId: string }): string =>
  `${triggerId}.${createHash('sha256').update(`${stream}\n${contactId}\n${id}`).digest('hex').slice(0, 24)}`;

const shown = ({ accountId: _account, ...row }: TriggerRow): TriggerView => row;

const asDto = (row: TriggerRow): CreateTriggerDto => ({
  ...row,
  condition: row.condition ?? undefined,
  personaSets: row.personaSets ?? undefined,
  outcomes: row.outcomes ?? undefined,
});
