import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { DestinationDefinition, Segment } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { AudiencesService } from '../audiences/audiences.service.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Clock } from '../engines/clock.ts';
import { PersonasService } from '../personas/personas.service.ts';
import { type AttributeType, MembersRepository } from './members.repository.ts';
import type { PlanInput } from './plan.sql.ts';
import { type DeliveryRow, type RunRow, RunsRepository, type UploadRow } from './runs.repository.ts';
import { personaSegment, sessionId, WHOLE, wholeSegment } from './segments.ts';
import { NO_COUNTS, type SegmentCounts } from './states.ts';

export interface PlannedSegment {
  segment: Segment;
  counts: SegmentCounts;
}

/** Which actions each phase sends, and how. Old keys leave before new ones arrive; leavers go last, so that a mover is never in no list. */
const DIFF_PHASES = [
  { phase: 1, direction: 'remove', actions: ['change'], when: (mode: string) => mode === 'mirror' },
  { phase: 2, direction: 'add', actions: ['add', 'change'], when: () => true },
  { phase: 3, direction: 'remove', actions: ['remove'], when: () => true },
] as const;

/** Works out what a run will do before anything is sent. */
@Injectable()
export class Planner {
  constructor(
    private readonly members: MembersRepository,
    private readonly runs: RunsRepository,
    private readonly audiences: AudiencesService,
    private readonly personas: PersonasService,
    private readonly contacts: ContactsService,
    private readonly connections: ConnectionsService,
    private readonly clock: Clock,
  ) {}

  /** What a run would do now. Writes nothing anywhere. */
  async preview(delivery: DeliveryRow): Promise<PlannedSegment[]> {
    const { input, segments } = await this.prepare(delivery, '');
    return withCounts(segments, await this.members.dryRun(input));
  }

  /** Takes the snapshot, lays out the uploads and moves the run to `sending`. Safe to repeat after a crash. */
  async plan(run: RunRow, delivery: DeliveryRow): Promise<void> {
    const planId = `${run.id}.${this.clock.now().getTime().toString(36)}`;
    const { input, segments, definition } = await this.prepare(delivery, planId);
    const planned = withCounts(segments, await this.members.snapshot(input));
    await this.members.recordWithheld(delivery.accountId as AccountId, planId, run.id);
    const uploads = planned.flatMap((segment) => layOut(run, delivery, definition, segment));
    const change = {
      status: 'sending' as const,
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

  /** Traits that travel with members of a delivery, with their types. */
  async attributeTypes(delivery: DeliveryRow): Promise<AttributeType[]> {
    if (delivery.attributes.length === 0) return [];
    const catalogue = await this.contacts.catalogue(delivery.accountId as AccountId);
    return delivery.attributes.map((name) => ({
      name,
      type: catalogue.find((trait) => trait.name === name)?.type ?? 'category',
    }));
  }

  private async prepare(
    delivery: DeliveryRow,
    planId: string,
  ): Promise<{ input: PlanInput; segments: Segment[]; definition: DestinationDefinition }> {
    const account = delivery.accountId as AccountId;
    const [audience, audienceQuery, connection, attributes] = await Promise.all([
      this.audiences.get(account, delivery.audienceId),
      this.audiences.memberQuery(account, delivery.audienceId),
      this.connections.get(account, delivery.connectionId),
      this.attributeTypes(delivery),
    ]);
    const definition = this.connections.definition(connection.type);
    const names = {
      nameTemplate: delivery.nameTemplate,
      descriptionTemplate: delivery.descriptionTemplate,
      delivery: delivery.name,
      audience: audience.name,
    };
    const published =
      delivery.splitByPersona && delivery.personaSetId
        ? await this.personas.published(account, delivery.personaSetId)
        : undefined;
    const current = published
      ? published.personas.map((persona) => personaSegment(persona, names))
      : [wholeSegment(names)];
    const input: PlanInput = {
      account,
      planId,
      deliveryId: delivery.id,
      audience: audienceQuery,
      personaVersionId: published?.versionId,
      removesLeavers: delivery.mode === 'mirror',
      configVersion: configVersion(delivery),
      attributes: definition.capabilities.carriesAttributes === 'columns' ? attributes : [],
    };
    return { input, segments: [...current, ...(await this.retired(delivery, current))], definition };
  }

  /** Segments that were bound once and are no longer among the personas: a mirror empties them. */
  private async retired(delivery: DeliveryRow, current: Segment[]): Promise<Segment[]> {
    const keys = new Set(current.map((segment) => segment.key));
    return [...(await this.runs.bound(delivery.id))]
      .filter(([key]) => !keys.has(key))
      .map(([, { segment }]) => segment);
  }
}

/** Changes when what is sent for a contact would change, so that everyone is sent anew. */
function configVersion({ matchKeys, attributes, representation, defaultCountry, options }: DeliveryRow): string {
  return createHash('sha256')
    .update(JSON.stringify([matchKeys, attributes, representation, defaultCountry, options]))
    .digest('hex')
    .slice(0, 16);
}

function withCounts(segments: Segment[], counts: Map<string, SegmentCounts>): PlannedSegment[] {
  const known = segments.map((segment) => ({
    segment: sized(segment, counts),
    counts: counts.get(segment.key) ?? NO_COUNTS,
  }));
  const none = counts.get('none');
  return none
    ? [
        ...known,
        {
          segment: {
            ...wholeSegment({
              nameTemplate: 'No persona',
              descriptionTemplate: '',
              delivery: '',
              audience: 'No persona',
            }),
            key: 'none',
          },
          counts: none,
        },
      ]
    : known;
}

/** The brief's size is that of the segment: who will be in the remote audience after the run. */
function sized(segment: Segment, all: Map<string, SegmentCounts>): Segment {
  const sizeOf = (counts: SegmentCounts | undefined) => (counts ? counts.adds + counts.changes + counts.unchanged : 0);
  const total = [...all.values()].reduce((sum, counts) => sum + sizeOf(counts), 0);
  const size = sizeOf(all.get(segment.key));
  return {
    ...segment,
    brief: { ...segment.brief, size, share: segment.key === WHOLE ? 1 : total === 0 ? 0 : size / total },
  };
}

function layOut(
  run: RunRow,
  delivery: DeliveryRow,
  definition: DestinationDefinition,
  { segment, counts }: PlannedSegment,
): UploadRow[] {
  const upload = (
    phase: number,
    direction: 'add' | 'remove',
    actions: readonly string[],
    estimated: number,
  ): UploadRow[] => {
    if (estimated === 0) return [];
    const id = `${run.id}.${segment.key}.${phase}`;
    return [
      {
        ...EMPTY_UPLOAD,
        id,
        runId: run.id,
        accountId: delivery.accountId,
        segmentKey: segment.key,
        phase,
        direction,
        actions: [...actions],
        sessionId: sessionId(id),
        estimated,
      },
    ];
  };
  if (definition.capabilities.mirrorBy === 'snapshot' && delivery.mode === 'mirror') {
    const changed = counts.adds + counts.changes + counts.removes > 0;
    const size = counts.adds + counts.changes + counts.unchanged;
    return changed ? upload(2, 'add', ['add', 'change', 'unchanged'], Math.max(size, 1)) : [];
  }
  const sizes = { 1: counts.changes, 2: counts.adds + counts.changes, 3: counts.removes };
  return DIFF_PHASES.filter(({ when }) => when(delivery.mode)).flatMap(({ phase, direction, actions }) =>
    upload(phase, direction, actions, sizes[phase]),
  );
}

const EMPTY_UPLOAD = {
  attempt: 1,
  status: 'pending',
  cursor: '',
  seq: 0,
  error: null,
  finishTicket: null,
  warnings: [],
  confirmation: null,
  confirmAttempts: 0,
  faults: 0,
  nextAt: null,
  leaseOwner: null,
  leaseUntil: null,
  startedAt: null,
  acceptedAt: null,
  finishedAt: null,
} satisfies Partial<UploadRow>;
