export interface Field {
  name: string;
  label: string;
  secret: boolean;
  required: boolean;
  kind: 'text' | 'number' | 'boolean' | 'list' | 'map' | 'rows' | 'object' | 'json';
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
  };
  settings: Field[];
  options: Field[];
}

export type ConnectionStatus = 'unchecked' | 'ready' | 'failing' | 'stopped';

export interface Prerequisite {
  name: string;
  title: string;
  ok: boolean;
  detail: string;
  url?: string;
}

export interface Connection {
  id: string;
  name: string;
  type: string;
  settings: Record<string, unknown>;
  /** Names of the credentials that are set; never what they are. */
  secretsSet: string[];
  status: ConnectionStatus;
  statusError: string | null;
  prerequisites: Prerequisite[] | null;
  checkedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface VendorCall {
  id: string;
  at: string;
  method: string;
  target: string;
  status: string;
  milliseconds: number;
  vendorRequestId: string | null;
  code: string | null;
}
