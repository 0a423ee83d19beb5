import type { LifeStatus, TraitType } from './common.ts';
import type { EventLeaf } from './condition.ts';

export type Grade = 'excellent' | 'good' | 'fair' | 'weak' | 'none';

export interface OutcomeVersionSummary {
  id: string;
  version: number;
  stage: 'draft' | 'published' | 'retired';
  status: LifeStatus;
  statusError: { code: string; detail: string; path?: string } | null;
  progress: { share: number; step: string };
  auc: number | null;
  grade: Grade | null;
  /** Share of the eligible contacts that attain it. */
  baseRate: number | null;
  topDecileLift: number | null;
  counts: { attained: number; notAttained: number; sample: number } | null;
  /** The day that traits were read as of. */
  traitsAsOf: string | null;
  scoredContacts: number | null;
  createdAt: string;
  trainedAt: string | null;
  publishedAt: string | null;
  scoredAt: string | null;
}

/** What is predicted: who could attain it, and who did. */
export interface Outcome {
  id: string;
  name: string;
  /** Cohort ids; null: every contact, no event or cohort. */
  eligible: string | null;
  attained: string | null;
  attainedEvent: EventLeaf | null;
  attrition: string | null;
  traits: string[] | null;
  seed: number;
  excludeProtected: boolean;
  status: LifeStatus;
  statusError: OutcomeVersionSummary['statusError'];
  progress: OutcomeVersionSummary['progress'];
  publishedVersion: number | null;
  newestVersion: number | null;
  asOf: string | null;
  auc: number | null;
  grade: Grade | null;
  versions: OutcomeVersionSummary[];
}

/** A tenth of the contacts, best scored first; bands hold 95 % of bootstrap samples. */
export interface Decile {
  decile: number;
  contacts: number;
  attained: number;
  rate: number;
  lift: number;
  liftLow: number;
  liftHigh: number;
  captured: number;
  from: number;
}

export interface CalibrationBin {
  predicted: number;
  observed: number;
  contacts: number;
}

export interface OutcomeQuality {
  auc: number;
  aucLow: number;
  aucHigh: number;
  grade: Grade;
  roc: { falsePositives: number; truePositives: number }[];
  deciles: Decile[];
  logLoss: number;
  baseLogLoss: number;
  brier: number;
  baseRate: number;
  calibration: CalibrationBin[];
  calibrationError: number;
}

export type Direction = 'raises' | 'lowers' | 'mixed';

export interface TraitImportance {
  trait: string;
  type: TraitType;
  share: number;
  direction: Direction;
  statement: string;
  effects: { label: string; contacts: number; rate: number; effect: number }[];
}

export interface BiasGroup {
  group: string;
  contacts: number;
  rate: number;
  meanProbability: number;
  auc?: number;
  selected: number;
  ratio: number;
  flagged: boolean;
}

export interface BiasReadOut {
  by: 'age' | 'gender';
  source: string;
  groups: BiasGroup[];
}

/** What became of one trait. */
export interface OutcomeTrait {
  trait: string;
  used: boolean;
  reason?: string;
  detail?: string;
  auc?: number;
}

/** A version whole; the lists are empty until it is trained. */
export interface OutcomeVersion extends OutcomeVersionSummary {
  quality: OutcomeQuality | null;
  importance: TraitImportance[];
  bias: BiasReadOut[];
  selection: OutcomeTrait[];
  fit: { lambda: number; calibration: { slope: number } } | null;
}

/** How a live outcome scores one contact, and why. */
export interface ContactScore {
  outcomeId: string;
  outcomeName: string;
  versionId: string;
  version: number;
  /** 0 to 1. */
  probability: number;
  /** 0 to 100. */
  percentile: number;
  reasons: { trait: string; value: string; effect: number; odds: number; direction: 'raises' | 'lowers' }[];
}
