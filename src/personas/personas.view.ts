import type { SetRow, VersionPersona, VersionRow } from './persona-sets.repository.ts';

/** A persona as other features and the API see it. */
export interface Persona {
  key: string;
  name: string;
  color: string;
  icon: string;
  summary: string;
  /** Contacts in it: of the training's sample for a draft, of everyone once the version is published. */
  size: number;
  share: number;
  salientTraits: { trait: string; statement: string; lift: number }[];
  tone?: string;
  offer?: string;
  messages?: string[];
  /** Kept as it is by every later training. */
  pinned: boolean;
}

export function personaView({ measured, ...persona }: VersionPersona): Persona {
  return {
    key: persona.key,
    name: persona.name ?? measured.suggestedName,
    color: persona.color,
    icon: persona.icon,
    summary: persona.summary ?? measured.summary,
    size: measured.size,
    share: measured.share,
    salientTraits: measured.salientTraits,
    ...(persona.tone ? { tone: persona.tone } : {}),
    ...(persona.offer ? { offer: persona.offer } : {}),
    ...(persona.messages?.length ? { messages: persona.messages } : {}),
    pinned: persona.pinnedVersionId !== null,
  };
}

/** A version as lists show it: its life and its headline figures. */
export function versionSummary(version: Omit<VersionRow, 'model'>) {
  return {
    id: version.id,
    version: version.version,
    stage: version.stage,
    status: version.status,
    statusError: version.statusError,
    progress: { share: version.progress, step: version.step },
    k: version.k,
    basedOn: version.basedOn,
    edit: version.edit,
    silhouette: version.quality?.silhouette ?? null,
    stability: version.quality?.stability ?? null,
    grade: version.quality?.grade ?? null,
    sampleSize: version.sampleSize,
    cohortSize: version.cohortSize,
    createdAt: version.createdAt,
    trainedAt: version.trainedAt,
    publishedAt: version.publishedAt,
    assignedAt: version.assignedAt,
  };
}

/** A set with its newest version's status; `personas` are the published ones, or the newest draft's before that. */
export function setView(set: SetRow, versions: Omit<VersionRow, 'model'>[], personas: VersionPersona[]) {
  const [newest] = versions;
  const published = versions.find(({ id }) => id === set.publishedVersionId);
  return {
    id: set.id,
    name: set.name,
    cohortId: set.cohortId,
    traits: set.traits,
    k: set.k ?? ('auto' as const),
    seed: set.seed,
    excludeProtected: set.excludeProtected,
    status: newest?.status ?? 'new',
    statusError: newest?.statusError ?? null,
    progress: { share: newest?.progress ?? 0, step: newest?.step ?? '' },
    publishedVersion: published?.version ?? null,
    newestVersion: newest?.version ?? null,
    asOf: published?.assignedAt ?? newest?.trainedAt ?? null,
    personas: personas.map(personaView),
    versions: versions.map(versionSummary),
    createdAt: set.createdAt,
    lastUpdatedConfigAt: set.lastUpdatedConfigAt,
    lastUpdatedOutputAt: set.lastUpdatedOutputAt,
    lastReadInputAt: set.lastReadInputAt,
  };
}
