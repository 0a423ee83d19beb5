/** What people of these countries who said nothing are taken to have said. */
export interface ConsentGroup {
  name: string;
  /** ISO 3166-1 alpha-2 codes, or EEA. */
  countries: string[];
  unspecified: 'granted' | 'denied';
}

export interface ConsentPolicyView {
  groups: ConsentGroup[];
  /** Contacts of unknown country who did not say: no group covers them. */
  uncoveredContacts: number;
}

export interface SuppressionList {
  list: string;
  identifiers: number;
  updatedAt: string;
}

/** What one platform was asked of an erased person, and what it answered. */
interface Asked {
  connection: string;
  text: string;
  at: string;
  confirmation: {
    state: 'pending' | 'confirmed' | 'partial' | 'failed' | 'needs-person';
    detail: string;
    at: string;
  } | null;
}

/** The receipt of a person's erasure. */
export interface Erasure {
  id: string;
  contactId: string;
  requestedBy: string;
  status: 'running' | 'done' | 'needs-person';
  pending: string | null;
  withdrawals: (Asked & { delivery: string; segment: string; outcome: 'removed' | 'in-files' | 'refused' })[];
  connections: (Asked & { connectionId: string; outcome: 'waiting' | 'accepted' | 'refused' | 'nothing' })[];
  requestedAt: string;
  erasedLocallyAt: string | null;
  finishedAt: string | null;
  /** When an admin let the person come back with later files. */
  blockLiftedAt: string | null;
  blockLiftedBy: string | null;
}

export interface SuppressionResult {
  list: string;
  identifiers: number;
  unusable: number;
}
