import type { OutcomeVersion } from '../../api/types/outcomes.ts';
import { percent } from '../../app/format.ts';

/** A calibration gap that shows in counts of contacts. */
const GAP = 0.03;

/** Why a trait is left out that would have told the outcome from what came after it. */
export const LEAKS = ['too_perfect', 'after_the_fact', 'defines_outcome'];

/** What a person should know before a version goes live. */
export function warningsOf({ quality, bias, selection }: OutcomeVersion): string[] {
  const leaks = selection.filter(({ reason }) => reason && LEAKS.includes(reason));
  const unfair = bias.flatMap(({ by, groups }) =>
    groups.filter(({ flagged }) => flagged).map(({ group }) => `${by} ${group}`),
  );
  return [
    ...leaks.map(({ trait, detail }) => `“${trait}” is left out. ${detail ?? ''}`),
    ...(unfair.length > 0 ? [`Selected less than four fifths as often as others: ${unfair.join(', ')}.`] : []),
    ...(quality && quality.calibrationError > GAP
      ? [`Predictions are off by ${percent(quality.calibrationError)} on average.`]
      : []),
    ...(quality?.grade === 'none' ? ['It is no better than chance: do not use it.'] : []),
  ];
}
