/**
 * A run: queued → planning → (held →) sending → confirming → finished. A held run waits for a person. A run is `accepted` by the platform when sending ends, and
 * `confirmed` only by the platform's own later answer.
 */
export type RunStatus = 'queued' | 'planning' | 'held' | 'sending' | 'confirming' | 'finished';

export type RunVerdict =
  /** Everything sent was confirmed. */
  | 'confirmed'
  /** Confirmed, but the platform or we refused some; see the rejects. */
  | 'confirmed-with-rejects'
  /** Nothing had changed, so nothing was sent. */
  | 'unchanged'
  /** Some segments arrived, others did not. */
  | 'partly-failed'
  | 'failed'
  /** Stopped by a person within a batch; what was sent stays sent and is in the ledger. */
  | 'cancelled'
  /** A person looked at a held run and refused it, or nobody looked in time: nothing was sent. */
  | 'refused'
  | 'expired';

/** Whether a run sends only those again who were refused or are not known to have arrived, and leaves the others as they are. */
export const retriesOnly = ({ resync, retryRefused }: { resync: boolean; retryRefused: boolean }): boolean =>
  retryRefused && !resync;

/** An upload: pending → sending → accepted → confirmed, or one of the ends below. */
export type UploadStatus =
  | 'pending'
  | 'sending'
  | 'accepted'
  | 'confirmed'
  | 'partial'
  | 'needs-person'
  | 'failed'
  | 'cancelled';

export const ENDED_UPLOAD: ReadonlySet<UploadStatus> = new Set([
  'confirmed',
  'partial',
  'needs-person',
  'failed',
  'cancelled',
]);
/** Everything has been handed over, or never will be. */
export const SENT_UPLOAD: ReadonlySet<UploadStatus> = new Set(['accepted', ...ENDED_UPLOAD]);

/** What a worker did with a step that was in its hands. */
export interface StepResult {
  /** Seconds after which the step has to be taken up again; absent when it has come to an end. */
  againAfter?: number;
}

/** What the plan says of a segment, in contacts. */
export interface SegmentCounts {
  adds: number;
  /** Members whose identity or attached attributes changed since they were sent. */
  changes: number;
  /** Of them, those of whom keys are taken out that they do not have any more. */
  outdated: number;
  removes: number;
  /**
   * Members sent again though unchanged: they are not known to have arrived, their membership would lapse, or a full
   * resync was asked for.
   */
  refreshes: number;
  unchanged: number;
  /** Refused in an earlier run, by us or the platform, and unchanged since: not sent again. */
  refused: number;
  /** Kept back by consent, suppression, or for want of a persona. */
  withheld: number;
  /** Everything that the run takes out: members who leave, and outdated keys of those who stay. */
  removals: number;
}

export const NO_COUNTS: SegmentCounts = {
  adds: 0,
  changes: 0,
  outdated: 0,
  removes: 0,
  refreshes: 0,
  unchanged: 0,
  refused: 0,
  withheld: 0,
  removals: 0,
};

/** Members of a segment once its plan is carried out. */
export const sizeAfter = ({ adds, changes, refreshes, unchanged }: SegmentCounts): number =>
  adds + changes + refreshes + unchanged;

/** Every contact of a run has one of these. `fixed`: sent, without those of its fields that could not be used. */
export type Verdict = 'ok' | 'fixed' | 'invalid' | 'withheld' | 'rejected' | 'unattributed';

interface UploadOutcome {
  status: UploadStatus;
  rejected: number;
  unattributed: number;
  /** It only brings the remote audience up to date. */
  sendsNobody?: boolean;
}

/** The verdict of a run from the ends of its uploads. A run that had sent everything when it was cancelled was not. Pure. */
export function runVerdict(uploads: UploadOutcome[], invalid: number, cancelled: boolean): RunVerdict {
  if (cancelled && (uploads.length === 0 || uploads.some((u) => u.status === 'cancelled'))) return 'cancelled';
  if (uploads.every(({ sendsNobody, status }) => sendsNobody && status === 'confirmed')) return 'unchanged';
  const failed = uploads.filter((u) => u.status === 'failed' || u.status === 'needs-person').length;
  if (failed === uploads.length) return 'failed';
  if (failed > 0) return 'partly-failed';
  const refused = invalid + uploads.reduce((sum, u) => sum + u.rejected + u.unattributed, 0);
  return refused > 0 || uploads.some((u) => u.status === 'partial') ? 'confirmed-with-rejects' : 'confirmed';
}
