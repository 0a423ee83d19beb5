import type { Persona } from './personas.ts';

export interface RemoteAudience {
  id: string;
  name: string;
  url?: string;
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
  createdAt: string;
  updatedAt: string;
}

export interface DeliveryWithSegments extends Delivery {
  segments: { key: string; persona: string; color: string; remote: RemoteAudience; members: number }[];
}

export interface PlannedCounts {
  adds: number;
  changes: number;
  removes: number;
  unchanged: number;
  withheld: number;
}

export interface DryRun {
  asOf: string;
  segments: { key: string; name: string; persona: string; description: string; counts: PlannedCounts }[];
}

export type RunStatus = 'queued' | 'planning' | 'sending' | 'confirming' | 'finished';
export type RunVerdict =
  | 'confirmed'
  | 'confirmed-with-rejects'
  | 'unchanged'
  | 'partly-failed'
  | 'failed'
  | 'cancelled';
export type Verdict = 'ok' | 'fixed' | 'invalid' | 'withheld' | 'rejected' | 'unattributed';

export interface RunHead {
  id: string;
  deliveryId: string;
  trigger: string;
  status: RunStatus;
  verdict: RunVerdict | null;
  reason: string | null;
  cancelRequestedAt: string | null;
  createdAt: string;
  plannedAt: string | null;
  sentAt: string | null;
  finishedAt: string | null;
}

export interface Upload {
  id: string;
  direction: 'add' | 'remove';
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
