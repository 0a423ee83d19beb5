import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { and, desc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { AlertsService } from '../alerts/alerts.service.ts';
import { AudienceUsage } from '../audiences/audience-usage.ts';
import { carriedCreatives } from '../creatives/carried.ts';
import { CreativeUsage } from '../creatives/creative-usage.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { newId } from '../http/ids.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { PersonaSetUsage } from '../personas/persona-set-usage.ts';
import { DefinitionService } from './definition.service.ts';
import type { CreateDeliveryDto, PreviewDto, UpdateDeliveryDto } from './deliveries.dto.ts';
import { deliveries } from './deliveries.tables.ts';
import { LedgerRepository } from './ledger.repository.ts';
import { Planner } from './planner.ts';
import { Rehearsals, SAMPLE } from './rehearsals.ts';
import { type DeliveryRow, RunsRepository } from './runs.repository.ts';
import { nextRun } from './schedule.ts';
import { WHOLE } from './segments.ts';

/** Deliveries: their definitions, what they would do, and what they hold. */
@Injectable()
export class DeliveriesService implements OnModuleInit {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly definitions: DefinitionService,
    private readonly planner: Planner,
    private readonly rehearsals: Rehearsals,
    private readonly runs: RunsRepository,
    private readonly ledger: LedgerRepository,
    private readonly accounts: AccountsService,
    private readonly alerts: AlertsService,
    private readonly audienceUsage: AudienceUsage,
    private readonly personaSetUsage: PersonaSetUsage,
    private readonly creativeUsage: CreativeUsage,
    private readonly clock: Clock,
  ) {}

  /** Audiences, persona sets and pinned creatives that a delivery uses cannot be deleted. */
  onModuleInit(): void {
    this.audienceUsage.register((account, id) => this.users(account, eq(deliveries.audienceId, id)));
    this.personaSetUsage.register((account, id) => this.users(account, eq(deliveries.personaSetId, id)));
    this.creativeUsage.register((account, id) => this.users(account, pins(id)));
  }

  async create(caller: Caller, dto: CreateDeliveryDto): Promise<DeliveryRow> {
    const definition = await this.definitions.resolve(caller.accountId, dto);
    const now = this.clock.now();
    const row: DeliveryRow = {
      ...definition,
      id: newId('del'),
      accountId: caller.accountId,
      due: null,
      pausedAt: null,
      archivedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.db.insert(deliveries).values(row);
    await this.accounts.audit(caller, 'delivery.create', row.id);
    return row;
  }

  async update(caller: Caller, id: string, dto: UpdateDeliveryDto): Promise<DeliveryRow> {
    const row = await this.row(caller.accountId, id);
    if (dto.connectionId && dto.connectionId !== row.connectionId) {
      throw Problem.invalid(
        'connectionId',
        'immutable',
        'A delivery keeps its connection, because its remote audiences live there. Create another delivery.',
      );
    }
    const given = Object.fromEntries(Object.entries(dto).filter(([, value]) => value !== undefined));
    const definition = await this.definitions.resolve(caller.accountId, { ...asDto(row), ...given }, row);
    await this.assertAdoptionKept(row, definition.options);
    await this.assertPersonasKept(row, definition.personaSetId);
    const change = { ...definition, updatedAt: this.clock.now() };
    await this.db.update(deliveries).set(change).where(eq(deliveries.id, id));
    await this.accounts.audit(caller, 'delivery.update', id, { fields: Object.keys(given) });
    return { ...row, ...change };
  }

  async row(account: AccountId, id: string): Promise<DeliveryRow> {
    const row = await this.kept(account, id);
    if (row.archivedAt) throw Problem.notFound('delivery', id);
    return row;
  }

  /** A delivery, also one that is archived: what was built on it stays readable. @throws Problem 404 */
  async kept(account: AccountId, id: string): Promise<DeliveryRow> {
    const where = and(eq(deliveries.accountId, account), eq(deliveries.id, id));
    const [row] = await this.db.select().from(deliveries).where(where);
    if (!row) throw Problem.notFound('delivery', id);
    return row;
  }

  /**
   * A delivery with the remote audiences it is bound to, how many members each holds by our ledger, and how many people
   * the platform counted in it over time, the latest first.
   */
  async get(account: AccountId, id: string) {
    const row = await this.row(account, id);
    const [bound, held, sizes] = await Promise.all([
      this.runs.bound(id),
      this.ledger.held(account, id),
      this.runs.sizes(id),
    ]);
    const segments = [...bound].map(([key, { segment, remote }]) => ({
      key,
      persona: segment.brief.personaName,
      color: segment.brief.color,
      remote,
      members: held.get(key) ?? 0,
      sizes: sizes.filter(({ segmentKey }) => segmentKey === key).map(({ size }) => size),
    }));
    return { ...row, segments };
  }

  async list(account: AccountId, { limit, cursor }: PageQuery): Promise<Page<DeliveryRow>> {
    const where = and(
      eq(deliveries.accountId, account),
      isNull(deliveries.archivedAt),
      cursor ? lt(deliveries.id, cursor) : undefined,
    );
    return pageOf(
      await this.db
        .select()
        .from(deliveries)
        .where(where)
        .orderBy(desc(deliveries.id))
        .limit(limit + 1),
      limit,
    );
  }

  /** The exact payload of one contact: every identifier as given, normalised and as sent. Who looks is in the audit log. */
  async payload(caller: Caller, id: string, contactId: string) {
    const { segment, encoded, attributes } = await this.planner.payload(
      await this.row(caller.accountId, id),
      contactId,
    );
    await this.accounts.audit(caller, 'delivery.payload', id, { contactId });
    return {
      contactId,
      segment: segment && { key: segment.key, name: segment.name },
      keys: encoded.keys,
      wire: encoded.wire,
      attributes,
    };
  }

  /** Stops a delivery from running by itself, until it is resumed. */
  async pause(caller: Caller, id: string, paused: boolean): Promise<DeliveryRow> {
    const row = await this.row(caller.accountId, id);
    const change = { pausedAt: paused ? this.clock.now() : null, nextRunAt: nextRun(row.schedule, this.clock.now()) };
    await this.db.update(deliveries).set(change).where(eq(deliveries.id, id));
    await this.accounts.audit(caller, paused ? 'delivery.pause' : 'delivery.resume', id);
    return { ...row, ...change };
  }

  /**
   * Takes a delivery out of use. Its ledger and runs stay, and so do the remote audiences, which people who withdraw
   * still leave.
   */
  async archive(caller: Caller, id: string): Promise<void> {
    const { mode } = await this.row(caller.accountId, id);
    if (await this.runs.activeRun(id))
      throw Problem.conflict('run_in_progress', 'A run of this delivery is under way. Cancel it or wait.');
    const now = this.clock.now();
    const change = { archivedAt: now, nextRunAt: mode === 'changes' ? null : now, due: null };
    await this.db.update(deliveries).set(change).where(eq(deliveries.id, id));
    await this.alerts.close(caller.accountId, `delivery/${id}`);
    await this.accounts.audit(caller, 'delivery.archive', id);
  }

  /**
   * What a run would do now: adds, changes, removes, unchanged and withheld by segment. Writes nothing anywhere.
   * @param rehearse has the platform judge a sample of each segment, where it can without taking it
   */
  async preview(account: AccountId, id: string, { rehearse }: PreviewDto) {
    const delivery = await this.row(account, id);
    const { segments, holds, invalid, samples } = await this.planner.preview(delivery, rehearse ? SAMPLE : 0);
    const rehearsals = rehearse ? await this.rehearsals.rehearse(delivery, samples) : undefined;
    return {
      asOf: this.clock.now(),
      holds,
      invalidFields: invalid.list(),
      segments: segments.map(({ segment, counts }) => ({
        key: segment.key,
        name: segment.name,
        persona: segment.brief.personaName,
        description: segment.description,
        creatives: carriedCreatives(segment),
        counts: { ...counts, invalid: invalid.contactsIn(segment.key) },
        rehearsal: rehearsals?.get(segment.key) ?? null,
      })),
    };
  }

  /** A run may replace an audience that is ours alone, so what is bound stays what it was when it was bound. */
  private async assertAdoptionKept(row: DeliveryRow, options: object): Promise<void> {
    if ((await this.definitions.keepsAdoption(row, options)) || (await this.runs.bound(row.id)).size === 0) return;
    throw Problem.invalid(
      'options',
      'immutable',
      'The remote audience of this delivery is filled already; whether it was there before cannot be changed. Create another delivery.',
    );
  }

  /** Remote audiences are bound by keys of personas. Every set has the same keys, and means other people by them. */
  private async assertPersonasKept(row: DeliveryRow, personaSetId: string | null): Promise<void> {
    if (personaSetId === row.personaSetId) return;
    if ([...(await this.runs.bound(row.id)).keys()].some((key) => key !== WHOLE))
      throw Problem.invalid(
        'personaSetId',
        'immutable',
        'The remote audiences of this delivery belong to the personas of its set, and those of another set would come into them. Create another delivery for the other set, and archive this one.',
      );
    if (row.splitByPersona && (await this.runs.activeRun(row.id)))
      throw Problem.conflict('run_in_progress', 'A run of this delivery is under way. Cancel it or wait.');
  }

  private async users(account: AccountId, uses: SQL) {
    const where = and(eq(deliveries.accountId, account), isNull(deliveries.archivedAt), uses);
    const rows = await this.db.select({ id: deliveries.id, name: deliveries.name }).from(deliveries).where(where);
    return rows.map((row) => ({ kind: 'delivery', ...row }));
  }
}

/** Deliveries that pin a creative to any of their segments. */
const pins = (creativeId: string) =>
  sql`jsonb_path_exists(${deliveries.creatives}, '$.pins.*[*] ? (@ == $id)', jsonb_build_object('id', ${creativeId}::text))`;

function asDto(row: DeliveryRow): CreateDeliveryDto {
  return {
    ...row,
    personaSetId: row.personaSetId ?? undefined,
    defaultCountry: row.defaultCountry ?? undefined,
    schedule: row.schedule ?? undefined,
  };
}
