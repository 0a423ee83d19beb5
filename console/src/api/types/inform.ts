import type { FieldProblem } from '../problem.ts';
import type { Schedule } from './deliveries.ts';
import type { Drift } from './personas.ts';

export interface PersonaResult {
  setId: string;
  setName: string;
  key: string | null;
  name: string | null;
  margin: number | null;
  second: { key: string; name: string } | null;
}

export interface OutcomeResult {
  outcomeId: string;
  outcomeName: string;
  probability: number | null;
  percentile: number | null;
  reasons: { trait: string; value: string; direction: 'raises' | 'lowers' }[];
}

export interface ScoreResult {
  contactId: string | null;
  known: boolean;
  matchedBy: { path: string; kind: string; contactId: string }[];
  personas: PersonaResult[];
  outcomes: OutcomeResult[];
  warnings: FieldProblem[];
}

export interface ScoreAnswer {
  id: string;
  scoredAt: string;
  results: ScoreResult[];
}

type ChangeCounts = Record<'entered' | 'moved' | 'left' | 'unchanged' | 'withheld', number>;

/** What one run of a monitor found. */
export interface MonitorReading {
  runId: string;
  at: string;
  verdict: string;
  members: number;
  counts: ChangeCounts;
  moves: { of: string; from: string; to: string; contacts: number }[];
  /** By `persona` and by band's name; absent for the baseline itself. */
  drift?: Record<string, Drift>;
}

export interface Monitor {
  id: string;
  name: string;
  cohortId: string;
  deliveryId: string;
  connectionId: string;
  personaSetId: string | null;
  outcomes: { outcomeId: string; as: string; bands: { name: string; from: number }[] }[];
  /** Stability index above which an alert is raised; null: never. */
  driftLimit: number | null;
  /** The run that drift is measured from; null: the first. */
  baselineRunId: string | null;
  schedule: Schedule | null;
  nextRunAt: string | null;
  pausedAt: string | null;
  last: MonitorReading | null;
}
