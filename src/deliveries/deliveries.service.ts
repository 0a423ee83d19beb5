import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { and, desc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Capabilities, DestinationDefinition, Representation } from '../../connectors/destination.ts';
import { DestinationError } from '../../connectors/errors.ts';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { AudienceUsage } from '../audiences/audience-usage.ts';
import { AudiencesService } from '../audiences/audiences.service.ts';
import { ConnectionsService, validated } from '../connections/connections.service.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { AttachService } from '../creatives/attach.service.ts';
import { carriedCreatives } from '../creatives/carried.ts';
import { CreativeUsage } from '../creatives/creative-usage.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { newId } from '../http/ids.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import { PersonaSetUsage } from '../personas/persona-set-usage.ts';
import { PersonasService } from '../personas/personas.service.ts';
import { Attributes } from './attributes.service.ts';
import { ChangesService } from './changes.service.ts';
import { carriedNames, changeAttributeNames, toldFaults } from './changes.ts';
import type { CreateDeliveryDto, PreviewDto, UpdateDeliveryDto } from './deliveries.dto.ts';
import { deliveries } from './deliveries.tables.ts';
import { DEFAULT_GUARDS } from './guards.ts';
import { LedgerRepository } from './ledger.repository.ts';
import { Planner } from './planner.ts';
import { Rehearsals, SAMPLE } from './rehearsals.ts';
import { type DeliveryRow, RunsRepository } from './runs.repository.ts';
import { nextRun, type Schedule, scheduleFault } from './schedule.ts';
import { templateFault, WHOLE, wholeSegment } from './segments.ts';

const SPLIT_NAME = '{{audience}} – {{persona}}';
const WHOLE_NAME = '{{audience}}';
const GRANTED: DeliveryRow['consent'] = { adUserData: 'granted', adPersonalization: 'granted' };
const DESCRIPTION = '{{summary}}';

/** Definitions of deliveries: checked against the audience, the personas, the destination and the trait catalogue. */
@Injectable()
export class DeliveriesService implements OnModuleInit {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly audiences: AudiencesService,
    private readonly personas: PersonasService,
    private readonly contacts: ContactsService,
    private readonly connections: ConnectionsService,
    private readonly planner: Planner,
    private readonly rehearsals: Rehearsals,
    private readonly changes: ChangesService,
    private readonly attributes: Attributes,
    private readonly runs: RunsRepository,
    private readonly ledger: LedgerRepository,
    private readonly accounts: AccountsService,
    private readonly audienceUsage: AudienceUsage,
    private readonly personaSetUsage: PersonaSetUsage,
    private readonly creatives: AttachService,
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
    const definition = await this.resolve(caller.accountId, dto);
    const now = this.clock.now();
    const row: DeliveryRow = {
      ...definition,
      id: newId('del'),
      accountId: caller.accountId,
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
    const definition = await this.resolve(caller.accountId, { ...asDto(row), ...given });
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

  /** Takes a delivery out of use. Its ledger and runs stay, and so do the remote audiences. */
  async archive(caller: Caller, id: string): Promise<void> {
    await this.row(caller.accountId, id);
    if (await this.runs.activeRun(id))
      throw Problem.conflict('run_in_progress', 'A run of this delivery is under way. Cancel it or wait.');
    await this.db.update(deliveries).set({ archivedAt: this.clock.now() }).where(eq(deliveries.id, id));
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

  private async users(account: AccountId, uses: SQL) {
    const where = and(eq(deliveries.accountId, account), isNull(deliveries.archivedAt), uses);
    const rows = await this.db.select({ id: deliveries.id, name: deliveries.name }).from(deliveries).where(where);
    return rows.map((row) => ({ kind: 'delivery', ...row }));
  }

  /** Checks a whole definition and fills in what the destination recommends. @throws Problem with every fault's path */
  private async resolve(
    account: AccountId,
    dto: CreateDeliveryDto,
  ): Promise<Omit<DeliveryRow, 'id' | 'accountId' | 'pausedAt' | 'archivedAt' | 'createdAt' | 'updatedAt'>> {
    // null is what a field is that was left out
    const splitByPersona = dto.splitByPersona ?? false;
    const mode = dto.mode ?? 'mirror';
    const attributes = dto.attributes ?? [];
    const chosen = dto.options ?? {};
    const audience = await existing('audienceId', () => this.audiences.get(account, dto.audienceId));
    const connection = await existing('connectionId', () => this.connections.get(account, dto.connectionId));
    const definition = this.connections.definition(connection.type);
    const { capabilities } = definition;
    const options = await validated(definition.options, chosen, 'options');
    const personaSetId = splitByPersona ? (dto.personaSetId ?? audience.personaSetId ?? undefined) : dto.personaSetId;
    const set =
      splitByPersona && personaSetId
        ? await existing('personaSetId', () => this.personas.get(account, personaSetId))
        : undefined;
    if (mode === 'changes' && personaSetId)
      await existing('personaSetId', () => this.personas.get(account, personaSetId));
    const schedule = dto.schedule ? { ...dto.schedule } : null;
    const row = {
      name: dto.name,
      audienceId: dto.audienceId,
      connectionId: dto.connectionId,
      splitByPersona,
      personaSetId: personaSetId ?? null,
      mode,
      outcomes: await this.changes.toldOutcomes(account, dto.outcomes ?? []),
      representation: dto.representation ?? usual(mode, capabilities.representations),
      matchKeys: dto.matchKeys ?? capabilities.defaultMatchKeys,
      attributes,
      nameTemplate: dto.nameTemplate ?? (splitByPersona ? SPLIT_NAME : WHOLE_NAME),
      descriptionTemplate: dto.descriptionTemplate ?? DESCRIPTION,
      defaultCountry: dto.defaultCountry ?? null,
      consent: { ...GRANTED, ...dto.consent },
      options: chosen,
      guards: { ...DEFAULT_GUARDS, ...dto.guards },
      creatives: dto.creatives
        ? await this.creatives.checked(account, dto.creatives, set?.personas.map(({ key }) => key) ?? [WHOLE])
        : null,
      schedule,
      nextRunAt: schedule && scheduleFault(schedule) ? null : nextRun(schedule, this.clock.now()),
    };
    const traits = new Set((await this.contacts.catalogue(account)).map((trait) => trait.name));
    const problems = [
      ...faults(row, capabilities, traits),
      ...(await this.attributes.faults(account, definition.attributesOf?.(options) ?? [], options)),
    ];
    if (problems.length > 0) throw Problem.invalidAll(problems);
    rehearseEncoder(definition, row, options);
    return row;
  }
}

/** Deliveries that pin a creative to any of their segments. */
const pins = (creativeId: string) =>
  sql`jsonb_path_exists(${deliveries.creatives}, '$.pins.*[*] ? (@ == $id)', jsonb_build_object('id', ${creativeId}::text))`;

/** What an encoder refuses, such as a column it cannot make, is better known now than when a run fails. */
function rehearseEncoder(definition: DestinationDefinition, row: Definition & { name: string }, options: object): void {
  const segment = wholeSegment({ ...row, delivery: row.name, audience: row.name });
  try {
    const { matchKeys, representation } = row;
    definition.encoder({ options, segment, matchKeys, representation, attributes: carriedNames(row) });
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error;
    throw Problem.invalid('options', error.code, error.message);
  }
}

type Definition = Pick<
  DeliveryRow,
  | 'splitByPersona'
  | 'personaSetId'
  | 'mode'
  | 'outcomes'
  | 'representation'
  | 'matchKeys'
  | 'attributes'
  | 'nameTemplate'
  | 'descriptionTemplate'
  | 'schedule'
>;

function faults(d: Definition, capabilities: Capabilities, traits: Set<string>): FieldProblem[] {
  const allowed = (path: string, value: string, list: Iterable<string>): FieldProblem[] =>
    new Set(list).has(value)
      ? []
      : [{ path, code: 'not_supported', message: `"${value}" is not one of: ${[...list].join(', ') || '(none)'}` }];
  const template = (path: string, value: string): FieldProblem[] => {
    const fault = templateFault(value);
    return fault ? [{ path, code: 'template', message: fault }] : [];
  };
  const schedule = (value: Schedule | null): FieldProblem[] => {
    const fault = value && scheduleFault(value);
    return fault ? [{ path: `schedule.${fault.path}`, code: 'schedule', message: fault.message }] : [];
  };
  const needsSet = d.splitByPersona && !d.personaSetId;
  const sameNames = d.splitByPersona && !/\{\{\s*(persona|key)\s*\}\}/.test(d.nameTemplate);
  return [
    ...(needsSet
      ? [
          {
            path: 'personaSetId',
            code: 'required',
            message: 'Splitting by persona needs a persona set: name one here or on the audience.',
          },
        ]
      : []),
    ...(sameNames
      ? [
          {
            path: 'nameTemplate',
            code: 'ambiguous',
            message:
              'With splitByPersona the name must contain {{persona}} or {{key}}, or every segment would have the same name.',
          },
        ]
      : []),
    ...(d.matchKeys.length === 0
      ? [{ path: 'matchKeys', code: 'required', message: 'At least one match key is needed.' }]
      : []),
    ...allowed('mode', d.mode, capabilities.modes),
    ...changesFaults(d),
    ...allowed('representation', d.representation, capabilities.representations),
    ...d.matchKeys.flatMap((key, i) => allowed(`matchKeys[${i}]`, key, capabilities.matchKeys)),
    ...d.attributes.flatMap((name, i) => allowed(`attributes[${i}]`, name, traits)),
    ...template('nameTemplate', d.nameTemplate),
    ...template('descriptionTemplate', d.descriptionTemplate),
    ...schedule(d.schedule),
  ];
}

/** What the mode `changes` asks for, and what only it may have. */
function changesFaults(d: Definition): FieldProblem[] {
  if (d.mode !== 'changes') {
    const message = 'Outcomes are told in the mode changes only.';
    return d.outcomes.length > 0 ? [{ path: 'outcomes', code: 'not_supported', message }] : [];
  }
  const reserved = new Set(changeAttributeNames(d.personaSetId, d.outcomes));
  return [
    ...(d.splitByPersona
      ? [
          {
            path: 'splitByPersona',
            code: 'not_supported',
            message: 'Changes tell the persona and are not split by it.',
          },
        ]
      : []),
    ...toldFaults(d.outcomes),
    ...d.attributes.flatMap((name, i) =>
      reserved.has(name)
        ? [{ path: `attributes[${i}]`, code: 'reserved', message: `Changes have an attribute "${name}" of their own.` }]
        : [],
    ),
  ];
}

/** What a destination recommends; changes go to who knows the people already. */
const usual = (mode: string, representations: Representation[]): Representation =>
  mode === 'changes' && representations.includes('referenced') ? 'referenced' : representations[0]!;

/** A reference to something that is not there is a fault of the field that names it. */
async function existing<T>(path: string, find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof Problem && error.getStatus() === 404) throw Problem.invalid(path, 'not_found', error.message);
    throw error;
  }
}

function asDto(row: DeliveryRow): CreateDeliveryDto {
  return {
    ...row,
    personaSetId: row.personaSetId ?? undefined,
    defaultCountry: row.defaultCountry ?? undefined,
    schedule: row.schedule ?? undefined,
  };
}
