import type { Life } from './common.ts';
import type { Condition } from './condition.ts';

export interface Cohort extends Life {
  id: string;
  name: string;
  description: string;
  condition: Condition;
  /** The condition in plain words. */
  summary: string;
}

export interface Side {
  /** At least one; null: no cohort is asked for. */
  cohorts?: string[] | null;
  condition?: Condition | null;
}

export interface AudienceDefinition {
  include?: Side;
  exclude?: Side;
  personaSetId?: string | null;
  personas?: string[] | null;
  limit?: {
    count: number;
    orderBy?: { trait?: string; random?: number };
    direction?: 'asc' | 'desc';
  } | null;
}

export interface Audience extends Life, AudienceDefinition {
  id: string;
  name: string;
  description: string;
}

export interface MaskedContact {
  contactId: string;
  initials: string;
  emails: string[];
  phones: string[];
  country: string;
  traits: Record<string, string | number | boolean>;
}

export interface AudiencePreview {
  size: number;
  asOf: string;
  dropOff: { path: string; label: string; remaining: number; dropped: number }[];
  personas: { key: string; name: string; count: number }[];
  withoutPersona: number;
  contactable: Record<string, number>;
  sample: MaskedContact[];
}
