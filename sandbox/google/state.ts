import type { SandboxClock } from '../clock.ts';
import type { Journal } from '../journal.ts';
import { MemberSet } from '../members.ts';

/** The Google Ads account of the sandbox and the manager above it. */
export const CUSTOMER_ID = '1234567890';
export const MANAGER_ID = '9876543210';

export interface GoogleOptions {
  /** `manager`: the user reaches the account only through its manager, so a login account must be named. */
  access: 'direct' | 'manager';
  /** Customer Match terms accepted in the account. */
  termsSigned: boolean;
  /** The account declared that it runs no EU political advertising. */
  euDeclaration: boolean;
  /** Members without consent are counted as PROCESSING_ERROR_REASON_NO_CONSENT. */
  consentRequired: boolean;
  /** Questions about a request that still answer PROCESSING. */
  processingPolls: number;
  /** Seconds a request stays PROCESSING on the sandbox clock. */
  processingSeconds: number;
  matchRateRange: string;
  quotas: { perMinute: number; perDay: number };
}

export function defaultOptions(): GoogleOptions {
  return {
    access: 'direct',
    termsSigned: true,
    euDeclaration: true,
    consentRequired: false,
    processingPolls: 0,
    processingSeconds: 0,
    matchRateRange: 'MATCH_RATE_RANGE_71_TO_80',
    quotas: { perMinute: 300, perDay: 100_000 },
  };
}

/** What becomes of the next request, instead of success. */
export interface Outcome {
  status?: 'SUCCESS' | 'PARTIAL_SUCCESS' | 'FAILED';
  /** Records refused by reason; as many members are not taken. */
  errorCounts?: { reason: string; recordCount: number }[];
  warningCounts?: { reason: string; recordCount: number }[];
}

export interface UserList {
  id: string;
  customerId: string;
  displayName: string;
  description: string;
  membershipStatus: 'OPEN' | 'CLOSED';
  membershipDays: number;
  integrationCode?: string;
  /** `CONTACT_ID`, `MOBILE_ID`, `USER_ID`, … */
  uploadKeyTypes: string[];
  /** The rest of `ingestedUserListInfo` as it was sent. */
  info: Record<string, unknown>;
  members: MemberSet;
}

export interface IngestRequest {
  id: string;
  kind: 'ingest' | 'remove' | 'removeAll';
  at: Date;
  polls: number;
  destinations: {
    destination: unknown;
    status: 'SUCCESS' | 'PARTIAL_SUCCESS' | 'FAILED';
    /** Field of the members that held the data: `compositeData`, `userData`, … Empty where none were sent. */
    dataField: string;
    recordCount: number;
    /** Identifiers by kind: `EMAIL`, `PHONE`, `ADDRESS`, … */
    identifiers: Record<string, number>;
    errorCounts: { reason: string; recordCount: number }[];
    warningCounts: { reason: string; recordCount: number }[];
  }[];
}

/** User lists and requests of the account, shared by the Data Manager API and the Google Ads API. */
export class GoogleState {
  options = defaultOptions();
  outcomes: Outcome[] = [];
  readonly lists = new Map<string, UserList>();
  readonly requests = new Map<string, IngestRequest>();
  readonly clock: SandboxClock;
  readonly journal: Journal;
  private lastId = 8_100_000_000;

  constructor(clock: SandboxClock, journal: Journal) {
    this.clock = clock;
    this.journal = journal;
  }

  nextId(): string {
    this.lastId += 1;
    return String(this.lastId);
  }

  listNamed(name: string): UserList | undefined {
    return [...this.lists.values()].find((list) => list.displayName === name);
  }

  addList(parts: Omit<UserList, 'id' | 'members' | 'customerId'>): UserList {
    const list = { ...parts, id: this.nextId(), customerId: CUSTOMER_ID, members: new MemberSet() };
    this.lists.set(list.id, list);
    return list;
  }

  reset(): void {
    this.options = defaultOptions();
    this.outcomes = [];
    this.lists.clear();
    this.requests.clear();
  }
}
