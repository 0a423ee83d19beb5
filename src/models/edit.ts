import { TrainingError } from './errors.ts';
import { assign, cluster } from './kmeans.ts';
import { nextKey } from './match-keys.ts';
import type { Cluster, PersonaModel } from './persona-model.ts';
import { sharesOf } from './quality.ts';
import { type Review, review } from './review.ts';
import { sampleOf } from './sample.ts';
import type { Table } from './table.ts';
import type { OnProgress } from './train.ts';

/** A change by hand: several personas become one that keeps one of their keys, or one becomes several. */
export type PersonaEdit =
  | { kind: 'merge'; keys: string[]; into: string }
  | { kind: 'split'; key: string; parts: number; seed: number };

/** What an edit is asked for. Plain data, so that it can cross into a worker thread. */
export interface EditRequest {
  model: PersonaModel;
  edit: PersonaEdit;
  /** Sample of the cohort as it is now, which the changed model is measured on. */
  table: Table;
  seed: number;
  excludeProtected?: boolean;
  /** Keys that no part may take. */
  usedKeys: string[];
}

const RESTARTS = 8;

/**
 * Changes a model by hand and describes the outcome. Pure: the same request gives the same result.
 * @throws TrainingError when the sample has nobody, or cannot give the parts.
 */
export function editPersonas(request: EditRequest, onProgress: OnProgress = () => {}): Review {
  const { model, edit, table, seed, excludeProtected } = request;
  if (table.size === 0)
    throw new TrainingError(
      'cohort_empty',
      'The cohort has no contacts to measure the change on. Import contacts that belong to it.',
    );
  const sample = sampleOf(model.encoding, table);
  onProgress(0.3, edit.kind === 'merge' ? 'merging personas' : 'splitting a persona');
  const changed =
    edit.kind === 'merge' ? merged(model, edit) : splitUp(model, edit, sample.points, new Set(request.usedKeys));
  return review(changed, sample, { seed, excludeProtected, onProgress });
}

/** The clusters stay where they are and share a key. What had been merged into a persona that is no more goes along. */
function merged(model: PersonaModel, { keys, into }: { keys: string[]; into: string }): PersonaModel {
  const gone = keys.filter((key) => key !== into);
  const before = Object.entries(model.merged ?? {}).map(([key, to]) => [key, gone.includes(to) ? into : to]);
  return {
    ...model,
    personas: model.personas.map((each) => (gone.includes(each.key) ? { ...each, key: into } : each)),
    merged: Object.fromEntries([...before, ...gone.map((key) => [key, into])]),
  };
}

/** k-means among the persona's own points. The largest part keeps the key, and with it name, brief and remote audience. */
function splitUp(
  model: PersonaModel,
  { key, parts, seed }: { key: string; parts: number; seed: number },
  points: number[][],
  used: Set<string>,
): PersonaModel {
  const { labels } = assign(
    points,
    model.personas.map(({ centroid }) => centroid),
  );
  const own = points.filter((_, i) => model.personas[labels[i]!]!.key === key);
  const found = cluster(own, parts, { seed, restarts: RESTARTS });
  const shares = sharesOf(found.labels, parts);
  const ranked = found.centroids.map((centroid, c) => ({ centroid, share: shares[c]! }));
  ranked.sort((a, b) => b.share - a.share);
  const pieces = ranked.map(({ centroid }, place): Cluster => ({ key: place === 0 ? key : nextKey(used), centroid }));
  return { ...model, personas: [...model.personas.filter((each) => each.key !== key), ...pieces] };
}
