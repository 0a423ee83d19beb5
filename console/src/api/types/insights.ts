import type { TraitType } from './common.ts';

/** A persona in a table; `persona` is its key, null for contacts in none. */
export interface Named {
  persona: string | null;
  name: string;
}

export interface Sales {
  revenue: number;
  orders: number;
  /** Of the orders: averages leave them out. */
  ordersWithoutValue: number;
  refunds: number;
  averageOrderValue: number | null;
}

interface Stamped {
  asOf: string;
  /** When the first contact was put into a persona. */
  historySince: string | null;
}

export type Interval = 'day' | 'week' | 'month';

export interface Period {
  personaSetId: string;
  from: string;
  to: string;
  interval: Interval;
  timeZone: string;
}

export interface PersonaRevenue extends Stamped {
  rows: ({ start: string } & Named & Sales)[];
}

export interface PersonaMakeup extends Stamped {
  rows: ({ start: string; asOfDay: string; size: number; share: number | null } & Named)[];
}

export type SnapshotRow = Named &
  Sales & { size: number; share: number | null; buyers: number; revenuePerContact: number | null };

export interface PersonaSnapshot extends Stamped {
  date: string;
  days: number;
  rows: SnapshotRow[];
}

export interface FlowPersona {
  persona: string;
  name: string;
  before: number;
  after: number;
  stayed: number;
  entered: number;
  left: number;
}

export interface PersonaFlow extends Stamped {
  personas: FlowPersona[];
  rows: { from: string | null; fromName: string; to: string | null; toName: string; contacts: number }[];
}

export type Strength = 'negligible' | 'small' | 'medium' | 'large';

export interface TraitComparison {
  trait: string;
  type: TraitType;
  knownA: number;
  knownB: number;
  /** Dates as text. */
  meanA: number | string | null;
  meanB: number | string | null;
  medianA: number | string | null;
  medianB: number | string | null;
  value: string | null;
  shareA: number | null;
  shareB: number | null;
  effect: number | null;
  strength: Strength | null;
  test: 'welch-t' | 'two-proportion-z' | 'chi-square' | null;
  p: number | null;
  q: number | null;
  significant: boolean;
  note: string | null;
}

export interface ComparedGroup {
  text: string;
  members: number;
  compared: number;
}

export interface GroupComparison {
  asOf: string;
  a: ComparedGroup;
  b: ComparedGroup;
  overlap: number;
  rows: TraitComparison[];
}

export interface DistributionRow {
  value: string | null;
  from: number | string | null;
  to: number | string | null;
  countA: number;
  countB: number;
  shareA: number | null;
  shareB: number | null;
}

export interface Distribution {
  asOf: string;
  trait: string;
  type: TraitType;
  comparison: TraitComparison;
  quantiles: { share: number; a: number | string | null; b: number | string | null }[] | null;
  rows: DistributionRow[];
}

export interface CohortConversion {
  asOf: string;
  size: number;
  rows: (Named & {
    start: string;
    members: number;
    converted: number;
    conversion: number | null;
    /** Whether all days in which an event counts are over. */
    complete: boolean;
  })[];
}

/** People and how many of them had an event afterwards; shares have 95 % intervals. */
export interface Converted {
  contacts: number;
  converted: number;
  share: number | null;
  low: number | null;
  high: number | null;
}

/** A tenth by the score at the time of a run. */
export interface BacktestRow {
  /** Id of the run; `all`: every complete one. */
  run: string;
  at: string | null;
  /** Whether all days in which an event counts are over. */
  complete: boolean;
  /** 1: the highest scores; 0: delivered without a score. */
  decile: number;
  delivered: number;
  deliveredConverted: number;
  deliveredShare: number | null;
  deliveredLow: number | null;
  deliveredHigh: number | null;
  deliveredPredicted: number | null;
  others: number;
  othersConverted: number;
  othersShare: number | null;
  othersLow: number | null;
  othersHigh: number | null;
  difference: number | null;
  differenceLow: number | null;
  differenceHigh: number | null;
}

export interface Backtest {
  asOf: string;
  stream: string;
  days: number;
  runs: number;
  runsLookedAt: number;
  runsComplete: number;
  overall: {
    delivered: Converted;
    others: Converted;
    /** Of people of like scores. */
    withinDeciles: { difference: number; low: number; high: number } | null;
  };
  rows: BacktestRow[];
}
