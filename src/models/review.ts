import { assign } from './kmeans.ts';
import { clustersOf, keysOf, type PersonaModel } from './persona-model.ts';
import { profilePersonas, type TraitProfile } from './profile.ts';
import { type Quality, qualityOf, sharesOf } from './quality.ts';
import { compare, type Sample } from './sample.ts';
import { type PersonaWords, writePersonas } from './summary.ts';
import { isProtected } from './trait-selection.ts';

/** One persona of a version. */
export interface TrainedPersona extends PersonaWords {
  key: string;
  /** Contacts of the sample in it, and their share. */
  size: number;
  share: number;
  profile: TraitProfile[];
}

/** A model as a person reviews it: its figures and what its personas are like. */
export interface Review {
  model: PersonaModel;
  quality: Quality;
  /** In the order of the model's keys: the largest first. */
  personas: TrainedPersona[];
  sampleSize: number;
}

/**
 * Measures and describes a model on a sample. With `excludeProtected`, protected traits are profiled for who reviews the
 * version, and told in no name, summary or brief.
 */
export function review(
  found: PersonaModel,
  { table, points }: Sample,
  options: { seed: number; excludeProtected?: boolean; onProgress?: (share: number, step: string) => void },
): Review {
  options.onProgress?.(0.8, 'measuring quality');
  const model = bySize(found, points);
  const centroids = model.personas.map(({ centroid }) => centroid);
  const clustering = { centroids, ...assign(points, centroids) };
  const groups = groupsOf(model);
  const quality = qualityOf(points, clustering, options.seed, isMerged(model) ? groups : undefined);
  options.onProgress?.(0.9, 'writing profiles');
  const labels = clustering.labels.map((cluster) => groups[cluster]!);
  const used = new Set(model.encoding.traits.map(({ trait }) => trait));
  const keys = keysOf(model);
  const profiles = profilePersonas(table, labels, keys.length, used);
  const told = (profile: TraitProfile[]) =>
    options.excludeProtected ? profile.filter(({ trait }) => !isProtected(trait)) : profile;
  const words = writePersonas(profiles.map(told), quality.shares);
  const personas = keys.map((key, p) => ({
    key,
    size: Math.round(quality.shares[p]! * table.size),
    share: quality.shares[p]!,
    profile: profiles[p]!,
    ...words[p]!,
  }));
  return { model, quality, personas, sampleSize: table.size };
}

/** Which persona each cluster is of, by its place among the model's keys. */
function groupsOf(model: PersonaModel): number[] {
  const groups = new Array<number>(model.personas.length);
  for (const [place, clusters] of clustersOf(model).entries()) for (const c of clusters) groups[c] = place;
  return groups;
}

const isMerged = (model: PersonaModel) => keysOf(model).length < model.personas.length;

/** Largest persona first; equal sizes by centroid, so that the order never depends on the start. */
function bySize(model: PersonaModel, points: number[][]): PersonaModel {
  const centroids = model.personas.map(({ centroid }) => centroid);
  const shares = sharesOf(assign(points, centroids).labels, centroids.length);
  const sizes = new Map(
    keysOf(model).map((key, p) => [key, clustersOf(model)[p]!.reduce((sum, c) => sum + shares[c]!, 0)]),
  );
  const ranked = model.personas.map((cluster, c) => ({ cluster, share: shares[c]! }));
  ranked.sort(
    (a, b) =>
      sizes.get(b.cluster.key)! - sizes.get(a.cluster.key)! ||
      b.share - a.share ||
      compare(a.cluster.centroid, b.cluster.centroid),
  );
  return { ...model, personas: ranked.map(({ cluster }) => cluster) };
}
