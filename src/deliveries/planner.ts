import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { DestinationDefinition, Encoded, Member, Segment } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { AudiencesService } from '../audiences/audiences.service.ts';
import { ConnectionsService, validated } from '../connections/connections.service.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { AttachService } from '../creatives/attach.service.ts';
import { carriesOthers } from '../creatives/carried.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { PersonasService, type PublishedSet } from '../personas/personas.service.ts';
import { ConsentPolicyService } from '../privacy/consent-policy.service.ts';
import { Attributes } from './attributes.service.ts';
import { isUsable } from './batching.ts';
import { ChangesRepository } from './changes.repository.ts';
import { ChangesService } from './changes.service.ts';
import { planQuery } from './changes.sql.ts';
import { encoderOf } from './encoders.ts';
import { type Comparison, comparesForms, FormComparison, type Planned } from './form-comparison.ts';
import { type Hold, type HoldReason, holdReasons } from './guards.ts';
import { layOut, type PlannedSegment, updateUpload } from './layout.ts';
import { type AttributeType, MembersRepository } from './members.repository.ts';
import { PERSONA, type PlanInput } from './plan.sql.ts';
import { differs, membershipDays, refreshBefore, restated, withCounts } from './plan-segments.ts';
import { Refusals } from './refusals.ts';
import type { Sample } from './rehearsals.ts';
import { NO_BASIS, type ReplacementBasis, ReplacementsRepository } from './replacements.repository.ts';
import { type DeliveryRow, type RunRow, RunsRepository } from './runs.repository.ts';
import { joinedSegment, personaSegment, retiredSegment, WHOLE, wholeSegment } from './segments.ts';
import { type StaleForms, StaleFormsRepository } from './stale-forms.repository.ts';
import { retriesOnly, type SegmentCounts } from './states.ts';
import { isFilledAnew, sentBy, UsableMembers } from './usable-members.ts';

/** A held run that nobody looks at for this long ends. */
const HOLD_HOURS = 72;
const ORDINARY = { resync: false, retryRefused: false };

/** What a run would do now. */
export interface DryRun {
  segments: PlannedSegment[];
  holds: HoldReason[];
  invalid: Refusals;
  /** Some of each segment who would be sent. */
  samples: Sample[];
}

/** Works out what a run will do before anything is sent. */
@Injectable()
export class Planner {
  constructor(
    private readonly members: MembersRepository,
    private readonly runs: RunsRepository,
    private readonly replacements: ReplacementsRepository,
    private readonly stale: StaleFormsRepository,
    private readonly forms: FormComparison,
    private readonly usable: UsableMembers,
    private readonly audiences: AudiencesService,
    private readonly personas: PersonasService,
    private readonly contacts: ContactsService,
    private readonly connections: ConnectionsService,
    private readonly consent: ConsentPolicyService,
    private readonly creatives: AttachService,
    private readonly changes: ChangesService,
    private readonly plans: ChangesRepository,
    private readonly attributes: Attributes,
    private readonly clock: Clock,
  ) {}

  /**
   * What a run would do now, what would hold it, and whose identifiers could not be used. Writes nothing anywhere.
   * @param sampleSize members of each segment to give back as they would be sent
   */
  async preview(delivery: DeliveryRow, sampleSize = 0): Promise<DryRun> {
    const { input, segments, definition } = await this.prepare(delivery, '', ORDINARY);
    const counts = await this.members.dryRun(input);
    const stale = await this.staleForms(delivery, definition, input);
    const encoded = await this.encodeAll(delivery, definition, input, segments, counts, sampleSize);
    const planned = withCounts(segments, counts).map((part) => restated(part, stale.get(part.segment.key)));
    const unusable = planned
      .filter(
        ({ segment, counts: own }) => isFilledAnew(own) && encoded.invalid.contactsIn(segment.key) === sentBy(own),
      )
      .map(({ segment }) => segment.key);
    const holds = await this.holds(delivery, definition, planned, new Set(unusable));
    return { segments: planned, holds, ...encoded };
  }

  /**
   * Takes the snapshot, lays out the uploads and moves the run to `sending`, or to `held` when a guard says so. Safe to
   * repeat after a crash.
   */
  async plan(run: RunRow, delivery: DeliveryRow): Promise<void> {
    const planId = `${run.id}.${this.clock.now().getTime().toString(36)}`;
    if (delivery.mode === 'changes') await this.changes.rescore(delivery);
    const { input, segments, definition } = await this.prepare(delivery, planId, run);
    const counts = await this.members.snapshot(input);
    const encoding = await this.encoding(delivery, definition, input, segments);
    const isCorrected = await this.corrected({ ...encoding, delivery, definition, input }, counts);
    const corrected = isCorrected ? await this.members.counts(input) : counts;
    const unusable = await this.usable.unusable(input, corrected, encoding);
    const snapshot = withCounts(segments, corrected);
    const stale = await this.staleForms(delivery, definition, input);
    const planned = snapshot.map((part) => restated(part, stale.get(part.segment.key)));
    await this.members.recordWithheld(delivery.accountId as AccountId, planId, run.id);
    const bound = await this.runs.bound(delivery.id);
    const basis = await this.replacementBasis(delivery, definition, planId);
    const adopted = definition.adopts?.(delivery.options) ?? false;
    const uploads = planned.flatMap((each) => {
      const { key } = each.segment;
      const retold = !retriesOnly(run) && carriesOthers(each.segment, bound.get(key)?.segment);
      const members = layOut(
        run,
        delivery,
        definition.capabilities,
        { ...each, retold, adopted },
        basis.get(key) ?? NO_BASIS,
        stale.get(key),
      );
      const isOutOfDate = members.length === 0 && differs(each, bound.get(key), membershipDays(delivery, definition));
      return isOutOfDate && comparesForms(delivery, definition) ? [updateUpload(run, delivery, each.segment)] : members;
    });
    const hold = this.hold(await this.holds(delivery, definition, planned, unusable));
    const change = {
      status: hold ? ('held' as const) : ('sending' as const),
      hold,
      planId,
      plannedAt: this.clock.now(),
      personaVersionId: input.personaVersionId ?? null,
      definition: { ...delivery },
    };
    const rows = planned.map(({ segment, counts }) => ({
      runId: run.id,
      key: segment.key,
      segment,
      remote: null,
      planned: counts,
    }));
    await this.runs.savePlan(run.id, change, rows, uploads);
  }

  /** Takes out of a plan whom it would send what they were sent already. @returns whether there were any */
  private async corrected(comparison: Comparison, counts: Map<string, SegmentCounts>): Promise<boolean> {
    const { delivery, definition } = comparison;
    const isSending = [...counts.values()].some((own) => sentBy(own) > 0);
    return isSending && comparesForms(delivery, definition) && this.forms.correct(comparison);
  }

  /** How members of each segment are written, and the attributes that this takes. */
  private async encoding(
    delivery: DeliveryRow,
    definition: DestinationDefinition,
    input: PlanInput,
    segments: Segment[],
  ) {
    const options = await validated(definition.options, delivery.options, 'options');
    const encoders = new Map(
      segments.map((segment) => [segment.key, encoderOf(definition, delivery, options, segment)]),
    );
    return { encoders, attributes: await this.attributeTypes(delivery, definition, input.personaVersionId) };
  }

  /** What is to be done about older forms. Of a dry run, which has no plan id, nothing is written. */
  private async staleForms(
    { accountId, id, mode }: DeliveryRow,
    { capabilities }: DestinationDefinition,
    input: PlanInput,
  ): Promise<Map<string, StaleForms>> {
    if (capabilities.mirrorBy !== 'diff' || mode === 'changes') return new Map();
    // whoever is left as they are keeps older forms too
    const how = {
      deliveryId: id,
      mode: retriesOnly(input) ? 'add-only' : mode,
      deniedCountries: input.deniedCountries,
    };
    const account = accountId as AccountId;
    return input.planId === ''
      ? this.stale.preview(account, planQuery(input), how)
      : this.stale.plan(account, input.planId, how);
  }

  private async replacementBasis(
    { accountId, id, mode }: DeliveryRow,
    { capabilities }: DestinationDefinition,
    planId: string,
  ): Promise<Map<string, ReplacementBasis>> {
    const canReplace = capabilities.replacing && mode === 'mirror';
    return canReplace ? this.replacements.basis(accountId as AccountId, id, planId) : new Map();
  }

  /** What would be sent for one contact: its segment, and each identifier before and after. Writes nothing. */
  async payload(
    delivery: DeliveryRow,
    contactId: string,
  ): Promise<{ segment: Segment | null; encoded: Encoded; attributes: Member['attributes'] }> {
    const account = delivery.accountId as AccountId;
    const { input, segments, definition } = await this.prepare(delivery, '', ORDINARY);
    const { personaVersionId } = input;
    const types = await this.attributeTypes(delivery, definition, personaVersionId);
    const found = await this.members.member(account, contactId, types);
    if (!found) throw Problem.notFound('contact', contactId);
    const change = input.told && (await this.plans.row(input, contactId));
    const member = change ? (await this.changes.telling(delivery))(found, change) : found;
    const persona = personaVersionId ? await this.personas.keyOf(account, contactId, personaVersionId) : WHOLE;
    const key = persona && joinsPersonas(delivery, definition) ? WHOLE : persona;
    const segment = segments.find((candidate) => candidate.key === key);
    const options = await validated(definition.options, delivery.options, 'options');
    const encode = encoderOf(definition, delivery, options, segment ?? segments[0]!);
    return { segment: segment ?? null, encoded: encode(member), attributes: member.attributes };
  }

  /**
   * Traits that travel with members of a delivery, with their types: those it names and those its options need; also
   * the persona, by the version that assigned it, where several share a segment.
   */
  async attributeTypes(
    delivery: DeliveryRow,
    definition: DestinationDefinition,
    personaVersionId: string | null | undefined,
  ): Promise<AttributeType[]> {
    const isJoined = personaVersionId && joinsPersonas(delivery, definition);
    const persona = isJoined ? [{ name: personaVersionId, type: PERSONA }] : [];
    const names = [...new Set([...delivery.attributes, ...(definition.attributesOf?.(delivery.options) ?? [])])];
    return [...(await this.attributes.resolve(delivery.accountId as AccountId, names)), ...persona];
  }

  /** Memberships of the remote audiences as they are, adopted ones included. */
  private async remoteMemberships({ id }: DeliveryRow): Promise<(number | undefined)[]> {
    return [...(await this.runs.bound(id)).values()].map(({ remote }) => remote.membershipDays);
  }

  private async prepare(
    delivery: DeliveryRow,
    planId: string,
    { resync, retryRefused }: Pick<RunRow, 'resync' | 'retryRefused'>,
  ) {
    const account = delivery.accountId as AccountId;
    const { segments, definition, personaVersionId } = await this.prepareSegments(delivery);
    const carriesColumns = definition.capabilities.carriesAttributes === 'columns';
    const joins = joinsPersonas(delivery, definition);
    const input: PlanInput = {
      account,
      planId,
      deliveryId: delivery.id,
      audience: await this.audiences.memberCondition(account, delivery.audienceId),
      personaVersionId,
      joinsPersonas: joins,
      adds: delivery.mode !== 'remove-only',
      removesLeavers: delivery.mode === 'mirror' || delivery.mode === 'remove-only',
      resync,
      retryRefused,
      refreshBefore: refreshBefore(
        [membershipDays(delivery, definition), ...(await this.remoteMemberships(delivery))],
        this.clock.now(),
      ),
      deniedCountries: await this.consent.deniedCountries(account),
      configVersion: configVersion(delivery, joins),
      told: delivery.mode === 'changes' ? await this.changes.told(delivery) : undefined,
      attributes: carriesColumns ? await this.attributeTypes(delivery, definition, personaVersionId) : [],
    };
    return { input, segments, definition };
  }

  /** Segments of the published personas, and those that were bound once and are retired: a mirror empties them. */
  private async prepareSegments(
    delivery: DeliveryRow,
  ): Promise<{ segments: Segment[]; definition: DestinationDefinition; personaVersionId?: string }> {
    const account = delivery.accountId as AccountId;
    const [audience, connection] = await Promise.all([
      this.audiences.get(account, delivery.audienceId),
      this.connections.get(account, delivery.connectionId),
    ]);
    const { nameTemplate, descriptionTemplate, name } = delivery;
    const names = { nameTemplate, descriptionTemplate, delivery: name, audience: audience.name };
    const split = delivery.splitByPersona && delivery.personaSetId;
    const published = split ? await this.personas.published(account, split) : undefined;
    const creatives = await this.creatives.attached(account, delivery.creatives, {
      destination: connection.type,
      published,
      whole: { key: WHOLE, name: audience.name },
    });
    const definition = this.connections.definition(connection.type);
    const personas = published?.personas.map((persona) => personaSegment(persona, names, creatives?.get(persona.key)));
    const whole = wholeSegment(names, creatives?.get(WHOLE));
    const joined = personas && joinsPersonas(delivery, definition) ? [joinedSegment(whole, personas)] : personas;
    const current = joined ?? [whole];
    const keys = new Set(current.map(({ key }) => key));
    const inUse = new Set(current.map(({ brief }) => brief.personaName));
    // a retired persona's list is emptied and says so in its name; it is kept, because campaigns may still name it
    const retired = [...(await this.runs.bound(delivery.id))]
      .filter(([key]) => !keys.has(key))
      .map(([key, { segment }]) => retiredSegment(segment, published && mergedInto(published, key), inUse));
    return {
      segments: [...current, ...retired],
      definition,
      personaVersionId: published?.versionId,
    };
  }

  /**
   * Encodes everyone who would be sent, and keeps nothing but what could not be used, and samples. Those of whom the same
   * was sent before move within `counts`.
   */
  private async encodeAll(
    delivery: DeliveryRow,
    definition: DestinationDefinition,
    input: PlanInput,
    segments: Segment[],
    counts: Map<string, SegmentCounts>,
    sampleSize: number,
  ): Promise<Pick<DryRun, 'invalid' | 'samples'>> {
    const { encoders, attributes } = await this.encoding(delivery, definition, input, segments);
    const comparison = { delivery, definition, input, encoders, attributes };
    const sentOf = comparesForms(delivery, definition) ? this.forms.preview(comparison, counts) : undefined;
    const telling = input.told && (await this.changes.telling(delivery));
    const invalid = new Refusals();
    const samples = segments.map((segment): Sample => ({ segment, members: [] }));
    const sampleOf = new Map(samples.map(({ segment, members }) => [segment.key, members]));
    for await (const chunk of this.members.newcomers(input, attributes)) {
      const bySegment = new Map<string, Planned[]>();
      for (const { segmentKey, action, member, change } of chunk) {
        const encoded = encoders.get(segmentKey)?.(telling && change ? telling(member, change) : member);
        if (encoded) push(bySegment, segmentKey, { action, encoded });
      }
      for (const [segmentKey, members] of bySegment) {
        for (const { encoded } of sentOf ? await sentOf(segmentKey, members) : members) {
          invalid.count(segmentKey, encoded);
          const sample = sampleOf.get(segmentKey);
          if (isUsable(encoded) && sample && sample.length < sampleSize) sample.push(encoded);
        }
      }
    }
    return { invalid, samples };
  }

  private async holds(
    delivery: DeliveryRow,
    definition: DestinationDefinition,
    planned: PlannedSegment[],
    unusable: ReadonlySet<string>,
  ): Promise<HoldReason[]> {
    const account = delivery.accountId as AccountId;
    const [bound, connection, newestInputAt] = await Promise.all([
      this.runs.bound(delivery.id),
      this.connections.get(account, delivery.connectionId),
      this.contacts.newestImportAt(account),
    ]);
    return holdReasons({
      guards: delivery.guards,
      memberFloor: definition.capabilities.memberFloor,
      namesAreReviewed: definition.capabilities.carriesAttributes === 'description',
      now: this.clock.now(),
      newestInputAt,
      audienceCap: connection.prerequisites?.find(({ name }) => name === 'audience-cap') ?? null,
      segments: planned.map(({ segment, counts }) => ({
        key: segment.key,
        persona: segment.brief.personaName,
        name: segment.name,
        description: segment.description,
        counts,
        bound: bound.has(segment.key),
        unusable: unusable.has(segment.key),
      })),
    });
  }

  private hold(reasons: HoldReason[]): Hold | null {
    if (reasons.length === 0) return null;
    return { reasons, expiresAt: new Date(this.clock.now().getTime() + HOLD_HOURS * 3_600_000).toISOString() };
  }
}

/** Whether the personas of a split share one remote audience. */
function joinsPersonas({ splitByPersona, options }: DeliveryRow, definition: DestinationDefinition): boolean {
  return splitByPersona && (definition.joinsPersonas?.(options) ?? false);
}

/** The name of the persona that another one was merged into. */
function mergedInto({ merged, personas }: PublishedSet, key: string): string | undefined {
  return personas.find((persona) => persona.key === merged[key])?.name;
}

/** Changes when what is sent for a contact would change, so that everyone is sent anew. */
function configVersion(delivery: DeliveryRow, joins: boolean): string {
  const { matchKeys, attributes, representation, defaultCountry, options, personaSetId } = delivery;
  const personas = joins ? [personaSetId] : []; // of another set, the same key is another persona
  return createHash('sha256')
    .update(JSON.stringify([matchKeys, attributes, representation, defaultCountry, options, ...personas]))
    .digest('hex')
    .slice(0, 16);
}

function push<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
