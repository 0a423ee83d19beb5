import type { LifeStatus, TraitType } from './common.ts';

export interface SalientTrait {
  trait: string;
  statement: string;
  lift: number;
}

export interface Persona {
  key: string;
  name: string;
  color: string;
  icon: string;
  summary: string;
  size: number;
  share: number;
  salientTraits: SalientTrait[];
  tone?: string;
  offer?: string;
  messages?: string[];
  /** Kept as it is by every later training. */
  pinned: boolean;
}

export type PersonaEdit =
  | { kind: 'merge'; keys: string[]; into: string }
  | { kind: 'split'; key: string; parts: number };

export interface VersionSummary {
  id: string;
  version: number;
  stage: 'draft' | 'published' | 'retired';
  status: LifeStatus;
  statusError: { code: string; detail: string; path?: string } | null;
  progress: { share: number; step: string };
  k: number | null;
  /** The version that it goes on from, and the change by hand that makes it of that one. */
  basedOn: number | null;
  edit: PersonaEdit | null;
  silhouette: number | null;
  stability: number | null;
  grade: 'strong' | 'fair' | 'weak' | null;
  sampleSize: number | null;
  cohortSize: number | null;
  createdAt: string;
  trainedAt: string | null;
  publishedAt: string | null;
  assignedAt: string | null;
}

export interface PersonaSet {
  id: string;
  name: string;
  cohortId: string | null;
  traits: string[] | null;
  k: number | 'auto';
  seed: number;
  excludeProtected: boolean;
  status: LifeStatus;
  statusError: VersionSummary['statusError'];
  progress: VersionSummary['progress'];
  publishedVersion: number | null;
  newestVersion: number | null;
  asOf: string | null;
  personas: Persona[];
  versions: VersionSummary[];
}

export interface ProfileBin {
  label: string;
  count: number;
  share: number;
  everyone: number;
  lift: number;
  salient: boolean;
}

export interface TraitProfile {
  trait: string;
  type: TraitType;
  used: boolean;
  median?: number;
  everyoneMedian?: number;
  bins: ProfileBin[];
  salient: boolean;
  strength: number;
}

export interface Quality {
  silhouette: number;
  grade: 'strong' | 'fair' | 'weak';
  inertia: number;
  explained: number;
  shares: number[];
  stability: number;
  clusterStability: number[];
}

export type VersionPersona = Persona & { suggestedName: string; profile: TraitProfile[] };

export interface CurvePoint {
  k: number;
  silhouette: number;
  stability: number;
  smallestShare: number;
  rejected?: 'small_cluster' | 'unstable' | 'less_separated' | 'fewer_personas';
}

/** A version whole. */
export interface PersonaVersion extends VersionSummary {
  quality: Quality | null;
  choice: { k: number; curve: CurvePoint[]; reason: string } | null;
  selection: { trait: string; used: boolean; detail?: string }[] | null;
  personas: VersionPersona[];
}

export type DriftBand = 'stable' | 'moderate' | 'major';

export interface Drift {
  psi: number;
  band: DriftBand;
  bins: { label: string; before: number; now: number }[];
}

/** How far contacts have moved from what a version was trained on. */
export interface VersionDrift {
  version: number;
  since: string | null;
  asOf: string;
  bands: { band: DriftBand; below: number | null }[];
  personas: Drift;
  traits: (Drift & { trait: string; used: boolean })[];
}

export interface ComparedPersona {
  key: string;
  name: string;
  color: string;
  icon: string;
  fate: 'kept' | 'new' | 'merged' | 'retired';
  mergedInto: string | null;
  before: { size: number; share: number } | null;
  after: { size: number; share: number } | null;
}

/** Two versions side by side, and who would move from the one to the other. */
export interface VersionComparison {
  asOf: string;
  before: VersionSummary & { quality: Quality };
  after: VersionSummary & { quality: Quality };
  personas: ComparedPersona[];
  movers: {
    contacts: number;
    moved: number;
    share: number;
    matrix: { from: string | null; to: string | null; contacts: number }[];
  };
  shares: Drift;
  drift: VersionDrift;
  traits: { trait: string; before: boolean; after: boolean }[];
}
