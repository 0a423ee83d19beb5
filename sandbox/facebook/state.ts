import { randomInt } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { Journal } from '../journal.ts';
import { MemberSet } from '../members.ts';

/** What a test may change about the fake Graph API. */
export interface FacebookOptions {
  /** Live versions; older ones answer error 2635. */
  versions: string[];
  /** Require `appsecret_proof`. A proof that is sent is always verified. */
  requireProof: boolean;
  /** The state of the access token. */
  token: { valid: boolean; subcode?: number; scopes: string[]; expiresAt: string | null };
  account: { status: number; disableReason: number; termsAccepted: boolean; name: string };
  /** `session` is marked required for uploads in Meta's guide; false lets Meta invent one. */
  sessionRequired: boolean;
  audienceCap: number;
  /** Words in a name or description that get an audience flagged (operation status 471). */
  sensitiveWords: string[];
  /** Reads of an audience after an upload that still answer 441 (populating). */
  populatingReads: number;
  /** Reads of an audience after the last replace batch that still answer 414. */
  replaceReads: number;
  /** Share of received rows reported as matched; null answers -1, as Meta often does. */
  matchRate: number | null;
  /** Values that Meta counts as invalid without saying which, e.g. the hash of one e-mail. */
  poison: string[];
  /** So many rows of the next upload are counted as invalid. Spent by that upload. */
  refuseRows: number;
  /** Sessions stay in stage `uploading` after their last batch, as has been reported of the real one. */
  sessionsStuck: boolean;
  /** Removals that would leave fewer rows are refused with 200/1870047. */
  smallestAfterRemoval: number;
  /** Usage reported in headers, in percent; null sends no usage headers, as Meta does below some volume. */
  usage: { percent: number; regainMinutes: number } | null;
  /** Custom-audience calls allowed in a rolling hour, beside 40 for every audience. */
  hourlyCalls: number;
}

export function defaultOptions(): FacebookOptions {
  return {
    versions: ['v25.0', 'v26.0', 'v27.0'],
    requireProof: false,
    token: { valid: true, scopes: ['ads_management', 'ads_read', 'business_management'], expiresAt: null },
    account: { status: 1, disableReason: 0, termsAccepted: true, name: 'Sandbox ad account' },
    sessionRequired: true,
    audienceCap: 500,
    sensitiveWords: [
      'arthritis',
      'cancer',
      'depression',
      'diabetes',
      'disease',
      'patient',
      'credit score',
      'bankrupt',
      'high income',
      'low income',
      'in debt',
    ],
    populatingReads: 0,
    replaceReads: 0,
    matchRate: null,
    poison: [],
    refuseRows: 0,
    sessionsStuck: false,
    smallestAfterRemoval: 0,
    usage: null,
    hourlyCalls: 190_000,
  };
}

export interface Audience {
  id: string;
  name: string;
  description: string;
  subtype: 'CUSTOM' | 'LOOKALIKE';
  customerFileSource?: string;
  retentionDays?: number;
  isValueBased: boolean;
  origin?: string;
  createdAt: Date;
  updatedAt: Date;
  contentUpdatedAt?: Date;
  /** Operation status; 410 until the first upload. */
  status: number;
  /** Reads left before a passing status becomes 200. */
  pendingReads: number;
  /** How its rows are keyed: `FILE_IMPORTED.MULTI_HASHES` for array schemas, the other for a single key. */
  dataSource?: string;
  members: MemberSet;
  /** The set being built by a running replace. */
  replacement?: { sessionId: string; members: MemberSet };
}

export interface Session {
  id: string;
  audienceId: string;
  way: 'add' | 'remove' | 'replace';
  schema: string;
  startedAt: Date;
  endedAt?: Date;
  /** Every batch received, by number: the digest of its rows and what was answered about them. */
  batches: Map<number, { digest: string; invalidEntries: number }>;
  received: number;
  invalid: number;
}

/** All the fake Graph API knows. */
export class FacebookState {
  options = defaultOptions();
  readonly audiences = new Map<string, Audience>();
  readonly sessions = new Map<string, Session>();
  /** Times of custom-audience calls within the last hour. */
  calls: number[] = [];
  readonly clock: SandboxClock;
  readonly journal: Journal;
  private counter = 0;

  constructor(clock: SandboxClock, journal: Journal) {
    this.clock = clock;
    this.journal = journal;
  }

  nextAudienceId(): string {
    this.counter += 1;
    return `1202${String(this.clock.now().getTime()).slice(-9)}${String(this.counter).padStart(4, '0')}`;
  }

  inventSessionId(): string {
    return String(randomInt(1, 2 ** 47));
  }

  reset(): void {
    this.options = defaultOptions();
    this.audiences.clear();
    this.sessions.clear();
    this.calls = [];
  }
}
