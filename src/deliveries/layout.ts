import { type Capabilities, replacementPays, type Segment } from '../../connectors/destination.ts';
import type { ReplacementBasis } from './replacements.repository.ts';
import type { DeliveryRow, RunRow, UploadRow } from './runs.repository.ts';
import { sessionId } from './segments.ts';
import { NO_STALE_FORMS, nthForm, type StaleForms } from './stale-forms.repository.ts';
import { retriesOnly, type SegmentCounts, sizeAfter } from './states.ts';

/** A segment with what the plan says of it. */
export interface PlannedSegment {
  segment: Segment;
  counts: SegmentCounts;
  /** Whether what is told of the segment is no longer what the destination was told last. */
  retold?: boolean;
  /** Whether its remote audience was there before, and may hold others whom only a resync takes out. */
  adopted?: boolean;
}

/** One upload to be: what it sends, when, and how many contacts. */
interface Part {
  phase: number;
  direction: 'add' | 'remove';
  actions: string[];
  estimated: number;
  replaces?: boolean;
  stale?: boolean;
}

const EVERYONE = ['add', 'change', 'refresh', 'unchanged'];

/** Whether an upload brings all of a segment, so that whoever is not in it is gone. */
export const bringsEveryone = ({ actions }: Pick<UploadRow, 'actions'>): boolean => actions.includes('unchanged');

/** Whether the members that an upload brings take the place of all others at once: it is done as a whole or not at all. */
export const replacesAtOnce = (
  { replaces }: Pick<UploadRow, 'replaces'>,
  { replacing }: Pick<Capabilities, 'replacing'>,
): boolean => replaces && !replacing?.sweeps;

/** Whether an upload takes out keys of members who stay. */
export const outdatesKeys = ({ actions }: Pick<UploadRow, 'actions'>): boolean => actions.includes('outdated');

/** Whether an upload brings members who were there already, or were brought by another of the run. */
export const bringsAgain = ({ actions }: Pick<UploadRow, 'actions'>): boolean => actions.includes('rejoin');

/** The uploads that carry out a segment's plan, in their phases. Pure. */
export function layOut(
  run: Pick<RunRow, 'id' | 'resync' | 'retryRefused'>,
  delivery: Pick<DeliveryRow, 'accountId' | 'mode'>,
  capabilities: Capabilities,
  planned: PlannedSegment,
  basis: ReplacementBasis,
  stale: StaleForms = NO_STALE_FORMS,
): UploadRow[] {
  const { segment } = planned;
  const parts = partsOf(run, delivery, capabilities, planned, basis);
  const atOnce = parts.some(({ replaces }) => replaces) && !capabilities.replacing?.sweeps;
  return [...parts, ...(atOnce ? [] : staleParts(stale))]
    .filter(({ estimated }) => estimated > 0)
    .map((part) => uploadOf(run.id, delivery.accountId, segment.key, part));
}

/** An upload that sends no member, and brings the remote audience itself up to date. */
export const updateUpload = (
  { id: runId }: Pick<RunRow, 'id'>,
  { accountId }: Pick<DeliveryRow, 'accountId'>,
  { key }: Segment,
): UploadRow => uploadOf(runId, accountId, key, { phase: 2, direction: 'add', actions: [], estimated: 0 });

/** Whether an upload only brings the remote audience up to date. */
export const onlyUpdates = ({ actions }: Pick<UploadRow, 'actions'>): boolean => actions.length === 0;

/** An upload at the end that brings those once more whom a removal may have taken out with others. */
export const rejoinUpload = (
  { runId, accountId, segmentKey }: Pick<UploadRow, 'runId' | 'accountId' | 'segmentKey'>,
  estimated: number,
): UploadRow => uploadOf(runId, accountId, segmentKey, { phase: 4, direction: 'add', actions: ['rejoin'], estimated });

function uploadOf(runId: string, accountId: string, segmentKey: string, part: Part): UploadRow {
  const id = `${runId}.${segmentKey}.${[part.phase, ...(part.stale ? part.actions : [])].join('-')}`;
  return { ...EMPTY_UPLOAD, id, runId, accountId, segmentKey, ...part, sessionId: sessionId(id) };
}

function partsOf(
  run: Pick<RunRow, 'resync' | 'retryRefused'>,
  { mode }: Pick<DeliveryRow, 'mode'>,
  capabilities: Capabilities,
  planned: PlannedSegment,
  basis: ReplacementBasis,
): Part[] {
  const { counts, retold } = planned;
  const isFile = capabilities.mirrorBy === 'snapshot';
  if (isFile && mode === 'changes') return changesFile(counts);
  if (mode !== 'mirror') return difference(counts);
  if (isFile) return snapshot(counts, retold);
  const { replacing } = capabilities;
  if (!replacing || !isReplaced(run, capabilities, planned, basis)) return difference(counts);
  return replacing.sweeps
    ? difference(counts).map((part) => ({ ...part, replaces: part.direction === 'add' }))
    : replacement(counts, basis);
}

/** Outdated keys leave before new ones arrive; leavers go last, so that a mover is never in no list. */
function difference({ adds, changes, refreshes, removes, outdated }: SegmentCounts): Part[] {
  return [
    { phase: 1, direction: 'remove', actions: ['outdated'], estimated: outdated },
    {
      phase: 2,
      direction: 'add',
      actions: ['add', 'change', 'refresh', 'restate'],
      estimated: adds + changes + refreshes,
    },
    { phase: 3, direction: 'remove', actions: ['remove'], estimated: removes },
  ];
}

/** What else is there of members leaves like old keys, or with those who leave: of each one form in an upload. */
function staleParts({ staying, leaving }: StaleForms): Part[] {
  const parts = (phase: number, action: 'stale' | 'stale-leaver', counts: number[]) =>
    counts.map((estimated, i): Part => {
      return { phase, direction: 'remove', actions: [nthForm(action, i + 1)], estimated, stale: true };
    });
  return [...parts(1, 'stale', staying), ...parts(3, 'stale-leaver', leaving)];
}

/** A file that replaces the last one: everyone, when anything changed, or what is told of them. */
function snapshot(counts: SegmentCounts, retold = false): Part[] {
  const differs = counts.adds + counts.changes + counts.refreshes + counts.removes > 0;
  const changed = differs || (retold && sizeAfter(counts) > 0);
  return [{ phase: 2, direction: 'add', actions: EVERYONE, estimated: changed ? Math.max(sizeAfter(counts), 1) : 0 }];
}

/** A file that tells what changed, leavers included. */
function changesFile({ adds, changes, refreshes, removes }: SegmentCounts): Part[] {
  const estimated = adds + changes + refreshes + removes;
  return [{ phase: 2, direction: 'add', actions: ['add', 'change', 'refresh', 'remove'], estimated }];
}

/**
 * Everyone at once, which takes the others out: so it comes last where movers leave. Where others move in from lists that
 * they leave in the same run, those come first, and once more with everyone.
 */
function replacement(counts: SegmentCounts, { movesIn, movesOut }: ReplacementBasis): Part[] {
  const everyone = (phase: number): Part => ({
    phase,
    direction: 'add',
    actions: EVERYONE,
    estimated: sizeAfter(counts),
    replaces: true,
  });
  if (movesIn === 0) return [everyone(3)];
  if (movesOut === 0) return [everyone(2)];
  return [{ phase: 2, direction: 'add', actions: ['add'], estimated: counts.adds }, everyone(3)];
}

/** A resync replaces wherever it can; another run where that takes fewer batches, everyone is sent, and all there are ours. */
function isReplaced(
  run: Pick<RunRow, 'resync' | 'retryRefused'>,
  capabilities: Capabilities,
  { counts, adopted }: PlannedSegment,
  { weight, movesIn, movesOut }: ReplacementBasis,
): boolean {
  const whole = sizeAfter(counts) * weight;
  const { mostWeight = Number.POSITIVE_INFINITY } = capabilities.replacing ?? {};
  if (run.resync) return whole > 0 && whole <= mostWeight;
  if (adopted || retriesOnly(run)) return false;
  const twice = movesIn > 0 && movesOut > 0; // newcomers come before everyone, so nothing is saved on them
  const adds = (twice ? 0 : counts.adds) + counts.changes + counts.refreshes;
  const removes = counts.removes + counts.outdated;
  return replacementPays(capabilities, { adds: adds * weight, removes: removes * weight, whole });
}

const EMPTY_UPLOAD = {
  attempt: 1,
  status: 'pending',
  replaces: false,
  stale: false,
  cursor: '',
  seq: 0,
  error: null,
  finishTicket: null,
  sweepTicket: null,
  sweptAt: null,
  omitted: 0,
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
