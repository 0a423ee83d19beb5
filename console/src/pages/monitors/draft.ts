import type { Schedule } from '../../api/types/deliveries.ts';
import type { Monitor } from '../../api/types/inform.ts';
import { NO_SCHEDULE, scheduleOrNone } from '../deliveries/rules.ts';

/** A band while it is typed: where it begins may be empty for a moment. */
export interface BandDraft {
  name: string;
  from: number | '';
}

/** An outcome whose bands are told. */
export interface OutcomeDraft {
  outcomeId: string;
  /** Empty: from the outcome's name. */
  as: string;
  bands: BandDraft[];
}

/** A monitor while it is put together. */
export interface Draft {
  name: string;
  cohortId: string;
  connectionId: string;
  personaSetId: string;
  outcomes: OutcomeDraft[];
  driftLimit: number | null;
  schedule: Schedule;
}

/** What the service takes when nothing is said. */
const DEFAULT_DRIFT_LIMIT = 0.25;
export const DEFAULT_BANDS: BandDraft[] = [
  { name: 'high', from: 80 },
  { name: 'medium', from: 50 },
  { name: 'low', from: 0 },
];

export const draftOf = (monitor?: Monitor): Draft =>
  monitor
    ? { ...monitor, personaSetId: monitor.personaSetId ?? '', schedule: monitor.schedule ?? NO_SCHEDULE }
    : {
        name: '',
        cohortId: '',
        connectionId: '',
        personaSetId: '',
        outcomes: [],
        driftLimit: DEFAULT_DRIFT_LIMIT,
        schedule: NO_SCHEDULE,
      };

/** What can be changed, as the API takes it; null clears what an earlier edit had set. */
export const changesOf = ({ name, personaSetId, outcomes, driftLimit, schedule }: Draft) => ({
  name,
  personaSetId: personaSetId || null,
  outcomes: outcomes.map(({ outcomeId, as, bands }) => ({ outcomeId, ...(as && { as }), bands })),
  driftLimit,
  schedule: scheduleOrNone(schedule),
});

/** A new monitor; whom it watches and where it tells stay for good. */
export const bodyOf = (draft: Draft) => ({
  ...changesOf(draft),
  cohortId: draft.cohortId,
  connectionId: draft.connectionId,
});

export const isWhole = ({ name, cohortId, connectionId, outcomes }: Draft): boolean =>
  name.trim() !== '' &&
  cohortId !== '' &&
  connectionId !== '' &&
  outcomes.every(({ outcomeId, bands }) => outcomeId !== '' && bands.every(({ from }) => from !== ''));

/** Whom each band holds, in the order of the bands: `best 20 %`, `next 30 %`, `last 50 %`. */
export function bandWords(bands: readonly BandDraft[]): string[] {
  const starts = bands.map(({ from }) => from).filter((from) => from !== '');
  return bands.map(({ from }) => {
    if (from === '') return '';
    const above = starts.filter((other) => other > from);
    const share = `${Number((Math.min(100, ...above) - from).toFixed(2))} %`;
    if (above.length === 0) return from === 0 ? 'everyone' : `best ${share}`;
    return from === 0 ? `last ${share}` : `next ${share}`;
  });
}

/** The share, in percent, that is scored below every band. */
export const belowEveryBand = (bands: readonly BandDraft[]): number =>
  Math.min(100, ...bands.map(({ from }) => (from === '' ? 0 : from)));
