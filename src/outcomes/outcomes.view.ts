import type { OutcomeRow, OutcomeVersionFacts } from './outcomes.repository.ts';

/** A version as lists show it: its life and its headline figures. */
export function versionSummary(version: OutcomeVersionFacts) {
  const quality = version.report?.quality;
  return {
    id: version.id,
    version: version.version,
    stage: version.stage,
    status: version.status,
    statusError: version.statusError,
    progress: { share: version.progress, step: version.step },
    auc: quality?.auc ?? null,
    grade: quality?.grade ?? null,
    baseRate: quality?.baseRate ?? null,
    topDecileLift: quality?.deciles[0]?.lift ?? null,
    counts: version.counts,
    /** The day that traits were read as of. */
    traitsAsOf: version.asOf,
    scoredContacts: version.scoredContacts,
    createdAt: version.createdAt,
    trainedAt: version.trainedAt,
    publishedAt: version.publishedAt,
    scoredAt: version.scoredAt,
  };
}

/** An outcome with its newest version's status and the figures of the published one, or the newest draft's before that. */
export function outcomeView(outcome: OutcomeRow, versions: OutcomeVersionFacts[]) {
  const [newest] = versions;
  const published = versions.find(({ id }) => id === outcome.publishedVersionId);
  const shown = published ?? versions.find(({ status }) => status === 'ready');
  return {
    id: outcome.id,
    name: outcome.name,
    eligible: outcome.eligibleCohortId,
    attained: outcome.attainedCohortId,
    attainedEvent: outcome.attainedEvent,
    attrition: outcome.attritionCohortId,
    traits: outcome.traits,
    seed: outcome.seed,
    excludeProtected: outcome.excludeProtected,
    status: newest?.status ?? 'new',
    statusError: newest?.statusError ?? null,
    progress: { share: newest?.progress ?? 0, step: newest?.step ?? '' },
    publishedVersion: published?.version ?? null,
    newestVersion: newest?.version ?? null,
    asOf: published?.scoredAt ?? newest?.trainedAt ?? null,
    auc: shown?.report?.quality.auc ?? null,
    grade: shown?.report?.quality.grade ?? null,
    versions: versions.map(versionSummary),
    createdAt: outcome.createdAt,
    lastUpdatedConfigAt: outcome.lastUpdatedConfigAt,
    lastUpdatedOutputAt: outcome.lastUpdatedOutputAt,
    lastReadInputAt: outcome.lastReadInputAt,
  };
}

export type OutcomeView = ReturnType<typeof outcomeView>;
