import Mustache from 'mustache';
import type { OutcomeQuality } from '../models/outcomes/quality.ts';
import { calibrationChart, liftChart, rocChart } from './charts.ts';
import { TEMPLATE } from './model-card.template.ts';
import type { OutcomeRow, OutcomeVersionFacts } from './outcomes.repository.ts';

const GRADES: Record<OutcomeQuality['grade'], string> = {
  excellent: 'It tells the two sides apart very well; check that no trait was recorded because of the outcome.',
  good: 'It tells the two sides apart well.',
  fair: 'It is of use for choosing whom to reach first, less for single decisions.',
  weak: 'It is a little better than chance; more telling traits would help.',
  none: 'It is no better than chance: do not use it.',
};
/** A calibration gap that shows in counts of contacts. */
const GAP = 0.03;
const SHOWN_TRAITS = 25;

/** A version's model card as a page that stands alone. @param cohortName of an id */
export function modelCard(
  outcome: OutcomeRow,
  version: OutcomeVersionFacts,
  cohortName: (id: string) => string,
): string {
  const { quality, importance, bias, selection, fit } = version.report!;
  const most = importance[0]?.share ?? 1;
  const dropped = selection.filter(({ used }) => !used);
  return Mustache.render(TEMPLATE, {
    name: outcome.name,
    version: version.version,
    stage: version.stage,
    trainedAt: `${version.trainedAt?.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    purpose: purpose(outcome, cohortName),
    figures: [
      { value: quality.auc.toFixed(3), label: `AUC (${quality.aucLow.toFixed(3)} to ${quality.aucHigh.toFixed(3)})` },
      { value: quality.grade, label: 'grade' },
      { value: `${quality.deciles[0]!.lift.toFixed(1)} ×`, label: 'lift of the best tenth' },
      { value: percent(quality.baseRate), label: 'attain it overall' },
      { value: quality.logLoss.toFixed(3), label: `log loss (${quality.baseLogLoss.toFixed(3)} without a model)` },
      { value: quality.brier.toFixed(3), label: 'Brier score' },
    ],
    warnings: warnings(version),
    facts: facts(outcome, version, cohortName),
    gradeText: GRADES[quality.grade],
    roc: rocChart(quality.roc),
    calibration: calibrationChart(quality.calibration),
    lift: liftChart(quality.deciles),
    deciles: quality.deciles.map(({ decile, contacts, attained, rate, lift, liftLow, liftHigh, captured }) => ({
      decile,
      contacts: whole(contacts),
      attained: whole(attained),
      rate: percent(rate),
      lift: `${lift.toFixed(2)} (${liftLow.toFixed(2)} to ${liftHigh.toFixed(2)})`,
      captured: percent(captured),
    })),
    importance: importance.slice(0, SHOWN_TRAITS).map(({ trait, share, statement }) => ({
      trait,
      statement,
      share: percent(share),
      width: Math.round((100 * share) / most),
    })),
    bias: bias.map(({ by, source, groups }) => ({
      by,
      source,
      groups: groups.map(({ group, contacts, rate, meanProbability, auc, selected, ratio, flagged }) => ({
        group,
        contacts: whole(contacts),
        rate: percent(rate),
        mean: percent(meanProbability),
        auc: auc?.toFixed(3) ?? '–',
        selected: percent(selected),
        ratio: ratio.toFixed(2),
        flagged,
      })),
    })),
    hasDropped: dropped.length > 0,
    dropped,
    method: `Logistic regression with a ridge penalty of ${fit.lambda}, chosen by five-fold cross-validation among ${fit.curve.map(({ lambda }) => lambda).join(', ')}. Numbers are cut at quantiles and have a slope besides; categories have one weight a level, rare levels share one; a missing value is a value of its own. Probabilities were corrected by a slope of ${fit.calibration.slope.toFixed(3)} on the log-odds of contacts that were not learnt from. Seed ${version.report!.seed}.`,
  });
}

function purpose(outcome: OutcomeRow, cohortName: (id: string) => string): string {
  const who = outcome.eligibleCohortId ? `contacts in “${cohortName(outcome.eligibleCohortId)}”` : 'contacts';
  const event = outcome.attainedEvent;
  const what = event ? `have the event “${event.event}”` : `come to be in “${cohortName(outcome.attainedCohortId!)}”`;
  return `It predicts which ${who} will ${what}.`;
}

function facts(outcome: OutcomeRow, version: OutcomeVersionFacts, cohortName: (id: string) => string) {
  const { attained, notAttained, sample } = version.counts!;
  const window = outcome.attainedEvent?.within;
  const event = outcome.attainedEvent && `Event “${outcome.attainedEvent.event}” within ${JSON.stringify(window)}`;
  const traits = version.report!.selection.filter(({ used }) => used).length;
  return [
    { label: 'Eligible', value: outcome.eligibleCohortId ? cohortName(outcome.eligibleCohortId) : 'Everyone' },
    { label: 'Attained', value: event ?? cohortName(outcome.attainedCohortId!) },
    ...(outcome.attritionCohortId ? [{ label: 'Lost', value: cohortName(outcome.attritionCohortId) }] : []),
    { label: 'Contacts', value: `${whole(attained)} attained, ${whole(notAttained)} did not` },
    { label: 'Learnt from', value: `${whole(sample)} contacts, ${traits} traits` },
    { label: 'Traits as of', value: version.asOf ?? '' },
    { label: 'Protected traits', value: version.report!.excludeProtected ? 'left out' : 'allowed' },
  ];
}

function warnings(version: OutcomeVersionFacts): string[] {
  const { quality, bias, selection } = version.report!;
  const perfect = selection.filter(({ reason }) => reason === 'too_perfect').map(({ trait }) => trait);
  const unfair = bias.flatMap(({ groups }) => groups.filter(({ flagged }) => flagged).map(({ group }) => group));
  return [
    ...(perfect.length > 0
      ? [`Left out because they tell the outcome too well to have been known before it: ${perfect.join(', ')}.`]
      : []),
    ...(unfair.length > 0 ? [`Selected less than four fifths as often as others: ${unfair.join(', ')}.`] : []),
    ...(quality.calibrationError > GAP
      ? [`Predictions are off by ${percent(quality.calibrationError)} on average.`]
      : []),
  ];
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const whole = (count: number) => count.toLocaleString('en-US');
