/** The parts of API answers that the command line shows. */
export interface DatasetView {
  id: string;
  name: string;
  status: string;
  statusError: { code: string; message: string } | null;
  bytes: number;
  progress: { bytesRead: number } | null;
  suggestedMapping: MappingView | null;
  columns: { name: string; consent?: ConsentReadingView }[];
  format: { notices: { code: string; message: string }[] };
  funnel: { stages: { name: string; count: number; lost: Reason[] }[]; rejectedValues: Reason[] } | null;
  result: {
    contacts: number;
    created: number;
    updated: number;
    unchanged: number;
    events: number;
    eventsWithoutValue: number;
    rejects: number;
    orders?: Record<'imported' | 'cancelled' | 'refunded' | 'partiallyRefunded' | 'test', number>;
  } | null;
}

export interface MappingView {
  columns: {
    column: string;
    as: string;
    consent?: {
      purposes?: string[];
      purpose?: string;
      denialPurposes?: string[];
      sense?: 'grants' | 'denies';
      confirmed?: boolean;
    };
  }[];
  everyone?: { confirmed?: boolean };
}

export interface ConsentReadingView {
  mapping: { sense?: 'grants' | 'denies' };
  suggested: boolean;
  counts: StateCounts;
  rows: number;
}

export type StateCounts = Record<'granted' | 'denied' | 'unset', number>;

export interface ImportPreviewView {
  rows: number;
  consents: { purposes: string[]; rows: StateCounts; contacts: StateCounts | null }[];
  columns: { column: string; rows: StateCounts; unknown: number; unknownWords: { word: string; count: number }[] }[];
  rejects: Reason[];
}

export interface Reason {
  code: string;
  text: string;
  count: number;
}

export interface PersonaSetView {
  id: string;
  status: string;
  statusError: { code: string; message: string } | null;
  progress: { share: number; step: string };
  newestVersion: number;
}

export interface PersonaView {
  key: string;
  name: string;
  color: string;
  summary: string;
  size: number;
  share: number;
  salientTraits: { trait: string; statement: string; lift: number }[];
}

export interface UploadView {
  direction: 'add' | 'remove';
  status: string;
  estimated: number;
  sent: number;
  /** What was sent as the platform counts it: rows or members. */
  entries: number;
  error: { code: string; text: string } | null;
  confirmation: { state: string; detail: string } | null;
}

export interface RunView {
  id: string;
  deliveryId: string;
  status: string;
  verdict: string | null;
  reason: string | null;
  finishedAt: string | null;
  segments: {
    key: string;
    name: string;
    persona: string;
    remote: { id: string; name: string; url?: string } | null;
    planned: Record<'adds' | 'changes' | 'removes' | 'unchanged' | 'refused' | 'withheld', number>;
    counts: Record<'ok' | 'fixed' | 'invalid' | 'withheld' | 'rejected' | 'unattributed' | 'removed', number>;
    uploads: UploadView[];
  }[];
  refusals: { field: string; verdict: string; code: string; text: string; contacts: number; direction: string }[];
}
