import type { AttachedCreatives, SegmentCreative } from './creatives.ts';
import type { Persona } from './personas.ts';

export interface RemoteAudience {
  id: string;
  name: string;
  url?: string;
}

/** Limits that hold a run for a person to look at; null: no limit. Shares are 0 to 1. */
export interface Guards {
  maxRemovalShare: number | null;
  maxGrowthShare: number | null;
  maxInputAgeHours: number | null;
  platformFloor: boolean;
  sensitiveWords: boolean;
}

/** When a delivery runs by itself. */
export interface Schedule {
  cron?: string;
  timeZone: string;
  afterImport: boolean;
  afterRebuild: boolean;
}

export interface HoldReason {
  code: string;
  text: string;
  segment?: string;
}

/** Why a run waits for a person, until when, and what was decided. */
export interface Hold {
  reasons: HoldReason[];
  expiresAt: string;
  decision?: { approved: boolean; by: string; at: string; note: string };
}

export interface Delivery {
  id: string;
  name: string;
  audienceId: string;
  connectionId: string;
  personaSetId: string | null;
  splitByPersona: boolean;
  mode: string;
  representation: string;
  matchKeys: string[];
  attributes: string[];
  nameTemplate: string;
  descriptionTemplate: string;
  defaultCountry: string | null;
  options: Record<string, unknown>;
  guards: Guards;
  creatives: AttachedCreatives | null;
  schedule: Schedule | null;
  nextRunAt: string | null;
  pausedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface DeliveryWithSegments extends Delivery {
  segments: {
    key: string;
    persona: string;
    color: string;
    remote: RemoteAudience;
    members: number;
    /** What the platform counted, the latest first. */
    sizes: AudienceSize[];
  }[];
}

export interface AudienceSize {
  asOf: string;
  runId: string;
  from: number | null;
  to: number | null;
  matchRate: string | null;
}

export interface PlannedCounts {
  adds: number;
  changes: number;
  /** Of them, those of whom keys are taken out that they do not have any more. */
  outdated: number;
  removes: number;
  refreshes: number;
  unchanged: number;
  refused: number;
  withheld: number;
  /** Everything that is taken out: members who leave, and outdated keys of those who stay. */
  removals: number;
}

export interface DryRun {
  asOf: string;
  /** What would hold the run for a person to look at. */
  holds: HoldReason[];
  segments: {
    key: string;
    name: string;
    persona: string;
    description: string;
    creatives: SegmentCreative[];
    counts: PlannedCounts;
    /** Null: the platform was not to be asked. */
    rehearsal: Rehearsal | null;
  }[];
}

/** What the platform said of some members of a segment, whom it was told not to take. */
export interface Rehearsal {
  /** Why it judged nobody; null: it did. */
  notRehearsed: string | null;
  sampled: number;
  accepted: number;
  rejects: { code: string; text: string; contacts: number }[];
  warnings: string[];
}

export type RunStatus = 'queued' | 'planning' | 'held' | 'sending' | 'confirming' | 'finished';
export type RunVerdict =
  | 'confirmed'
  | 'confirmed-with-rejects'
  | 'unchanged'
  | 'partly-failed'
  | 'failed'
  | 'cancelled'
  | 'refused'
  | 'expired';
export type Verdict = 'ok' | 'fixed' | 'invalid' | 'withheld' | 'rejected' | 'unattributed';

export interface RunHead {
  id: string;
  deliveryId: string;
  trigger: string;
  status: RunStatus;
  verdict: RunVerdict | null;
  reason: string | null;
  resync: boolean;
  retryRefused: boolean;
  hold: Hold | null;
  pausedAt: string | null;
  cancelRequestedAt: string | null;
  createdAt: string;
  plannedAt: string | null;
  sentAt: string | null;
  finishedAt: string | null;
}

export interface Upload {
  id: string;
  direction: 'add' | 'remove';
  /** Brings everyone in place of whoever is there. */
  replaces: boolean;
  phase: number;
  status: string;
  error: { code: string; text: string; vendorCode?: string; url?: string } | null;
  warnings: string[];
  confirmation: {
    state: string;
    detail: string;
    received?: number;
    matched?: number;
    matchRate?: string;
    /** People that the platform counts in the audience. */
    audienceSize?: { from: number; to: number };
    rejects: { code: string; count: number }[];
    warnings: string[];
  } | null;
  estimated: number;
  sent: number;
  accepted: number;
  batches: number;
  startedAt: string | null;
  acceptedAt: string | null;
  finishedAt: string | null;
  nextAt: string | null;
}

export interface RunSegment {
  key: string;
  name: string;
  persona: string;
  color: string;
  description: string;
  creatives: SegmentCreative[];
  brief: Pick<Persona, 'summary' | 'salientTraits' | 'tone' | 'offer' | 'messages'>;
  remote: RemoteAudience | null;
  planned: PlannedCounts;
  counts: Record<Verdict | 'removed', number>;
  uploads: Upload[];
}

export interface Refusal {
  segmentKey: string;
  direction: string;
  field: string;
  verdict: Verdict;
  code: string;
  text: string;
  contacts: number;
}

export interface Run extends RunHead {
  /** Until when the platform keeps us out, and why. */
  waiting: { until: string; because: string } | null;
  segments: RunSegment[];
  refusals: Refusal[];
}

export interface Batch {
  uploadId: string;
  attempt: number;
  seq: number;
  status: string;
  members: number;
  fixed: number;
  invalid: number;
  accepted: number;
  rejected: number;
  unattributed: number;
  tries: number;
  vendorRequestId: string | null;
  sentAt: string;
  acknowledgedAt: string | null;
  segment: string;
  direction: string;
}

/** Contacts by the segment they were in before and after; null: in none. */
export interface Comparison {
  run: string;
  with: string;
  flow: { from: string | null; to: string | null; contacts: number }[];
}
