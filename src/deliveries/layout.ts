import type { DestinationDefinition, Segment } from '../../connectors/destination.ts';
import type { DeliveryRow, RunRow, UploadRow } from './runs.repository.ts';
import { sessionId } from './segments.ts';
import { type SegmentCounts, sizeAfter } from './states.ts';

/** A segment with what the plan says of it. */
export interface PlannedSegment {
  segment: Segment;
  counts: SegmentCounts;
  /** Whether what is told of the segment is no longer what the destination was told last. */
  retold?: boolean;
}

/** Which actions each phase sends, and how. Old keys leave before new ones arrive; leavers go last, so that a mover is never in no list. */
const DIFF_PHASES = [
  { phase: 1, direction: 'remove', actions: ['change'], when: (mode: string) => mode === 'mirror' },
  { phase: 2, direction: 'add', actions: ['add', 'change', 'refresh'], when: () => true },
  { phase: 3, direction: 'remove', actions: ['remove'], when: () => true },
] as const;

/** The uploads that carry out a segment's plan, in their phases. Pure. */
export function layOut(
  run: RunRow,
  delivery: DeliveryRow,
  definition: DestinationDefinition,
  { segment, counts, retold = false }: PlannedSegment,
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
    const differs = counts.adds + counts.changes + counts.refreshes + counts.removes > 0;
    const changed = differs || (retold && sizeAfter(counts) > 0);
    return changed ? upload(2, 'add', ['add', 'change', 'refresh', 'unchanged'], Math.max(sizeAfter(counts), 1)) : [];
  }
  if (definition.capabilities.mirrorBy === 'snapshot' && delivery.mode === 'changes') {
    const rows = counts.adds + counts.changes + counts.refreshes + counts.removes;
    return upload(2, 'add', ['add', 'change', 'refresh', 'remove'], rows);
  }
  const sizes = { 1: counts.changes, 2: counts.adds + counts.changes + counts.refreshes, 3: counts.removes };
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
