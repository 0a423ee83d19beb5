export interface Field {
  name: string;
  label: string;
  secret: boolean;
  /** It decides where credentials go, so a change of it asks for them again. */
  address?: boolean;
  required: boolean;
  kind: 'text' | 'number' | 'boolean' | 'list' | 'map' | 'rows' | 'object' | 'json';
  /** A text of many lines. */
  long?: boolean;
  choices?: unknown[];
  /** Of an object, or of each row. */
  fields?: Field[];
}

export interface Destination {
  type: string;
  title: string;
  summary: string;
  capabilities: {
    modes: string[];
    representations: string[];
    matchKeys: string[];
    defaultMatchKeys: string[];
    memberFloor: number;
    confirmsLater: boolean;
    carriesAttributes: 'description' | 'columns';
    membershipDays?: number;
    /** It can judge members without taking them. */
    rehearsing?: boolean;
  };
  settings: Field[];
  options: Field[];
  /** Present when connections can log in with a key pair that Reach makes. */
  keyPair?: { kinds: string[] };
}

export type ConnectionStatus = 'unchecked' | 'ready' | 'failing' | 'stopped';

export interface Prerequisite {
  name: string;
  title: string;
  ok: boolean;
  detail: string;
  url?: string;
  /** It could not be looked at because another one is not met. */
  untried?: boolean;
  /** Whole days until this ends by itself. */
  daysLeft?: number;
  /** How many more of what is counted fit. */
  room?: number;
  /** What was found and a person can confirm. */
  confirm?: { setting: string; value: string };
  /** Since when it has stood like this. */
  since: string;
}

/** The half of a key pair that may be seen. */
export interface KeyPair {
  publicKey: string;
  fingerprint: string;
  createdAt: string;
  createdBy: string;
}

export type Standing = 'ok' | 'failing' | 'untried';

/** A check that was made, with what was otherwise than at the one before. */
export interface Check {
  id: string;
  at: string;
  trigger: 'daily' | 'demand';
  ok: boolean;
  changes: { name: string; title: string; from: Standing | null; to: Standing }[];
}

export interface Connection {
  id: string;
  name: string;
  type: string;
  settings: Record<string, unknown>;
  /** Names of the credentials that are set; never what they are. */
  secretsSet: string[];
  /** They cannot be read, because their encryption key is not there. */
  secretsLost: boolean;
  status: ConnectionStatus;
  statusError: string | null;
  prerequisites: Prerequisite[] | null;
  checkedAt: string | null;
  nextCheckAt: string;
  /** What ends first, of all that has an end. */
  ends: { title: string; daysLeft: number } | null;
  keyPair: KeyPair | null;
  /** By name of the prerequisite. */
  confirmed: Record<string, { value: string; by: string; at: string }>;
  createdAt: string;
  updatedAt: string;
}

export interface VendorCall {
  id: string;
  /** Null: a check, a dry run, or another question outside of runs. */
  runId: string | null;
  at: string;
  method: string;
  target: string;
  status: string;
  milliseconds: number;
  vendorRequestId: string | null;
  code: string | null;
}
