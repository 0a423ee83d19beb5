import { type ChosenK, chooseK } from './choose-k.ts';
import { encodeTable, fitEncoding } from './encoding.ts';
import { TrainingError } from './errors.ts';
import { type Clustering, cluster } from './kmeans.ts';
import { matchKeys } from './match-keys.ts';
import type { PersonaModel } from './persona-model.ts';
import { profilePersonas, type TraitProfile } from './profile.ts';
import { type Quality, qualityOf, sharesOf } from './quality.ts';
import { type PersonaWords, writePersonas } from './summary.ts';
import type { Table } from './table.ts';
import { type SelectedTrait, selectTraits } from './trait-selection.ts';

/** What a training is asked for. Plain data, so that it can cross into a worker thread. */
export interface TrainRequest {
  /** Sample of the cohort: every catalogued trait, to profile those that are not clustered on as well. */
  table: Table;
  /** Traits to cluster on; absent, they are chosen. */
  traits?: string[];
  /** Exact number of personas; absent, it is chosen. */
  k?: number;
  seed: number;
  excludeProtected?: boolean;
  /** The model whose keys are to be kept: starts the clustering and lends its keys to the clusters that match. */
  previous?: PersonaModel;
  /** Keys that no new persona may take, because a persona of an earlier version had them. */
  usedKeys?: string[];
}

/** One persona of a trained version. */
export interface TrainedPersona extends PersonaWords {
  key: string;
  /** Contacts of the sample in it, and their share. */
  size: number;
  share: number;
  profile: TraitProfile[];
}

export interface TrainResult {
  model: PersonaModel;
  quality: Quality;
  /** How k was chosen; absent when it was given. */
  choice?: ChosenK;
  selection: SelectedTrait[];
  personas: TrainedPersona[];
  sampleSize: number;
}

/** Told where a training is: 0 to 1, and what is being done. */
export type OnProgress = (share: number, step: string) => void;

const MIN_TRAITS = 2;
const RESTARTS = 8;
/** A contact must have at least this share of the model's traits to be given a persona. */
const KNOWN_SHARE = 0.25;

/**
 * Trains one persona version. Pure: the same request gives the same result.
 * @throws TrainingError when the sample cannot give personas.
 */
export function train(request: TrainRequest, onProgress: OnProgress = () => {}): TrainResult {
  const { table, seed } = request;
  if (table.size === 0)
    throw new TrainingError(
      'cohort_empty',
      'The cohort has no contacts to learn from. Choose another cohort or import contacts.',
    );
  requireSize(table.size, request.k);
  onProgress(0, 'choosing traits');
  const selection = selectTraits(table, { chosen: request.traits, excludeProtected: request.excludeProtected });
  const used = usedTraits(selection, request.traits);
  const encoding = fitEncoding({ size: table.size, columns: table.columns.filter(({ trait }) => used.has(trait)) });
  const rows = encodeTable(encoding, table);
  const order = canonicalOrder(rows);
  const points = order.map((row) => rows[row]!);
  onProgress(0.1, 'choosing the number of personas');
  const choice =
    request.k === undefined
      ? chooseK(points, seed, (share) => onProgress(0.1 + 0.5 * share, 'choosing the number of personas'))
      : undefined;
  const k = request.k ?? choice!.k;
  onProgress(0.6, 'finding personas');
  const found = bySize(cluster(points, k, { seed, restarts: RESTARTS, start: startOf(request.previous, encoding, k) }));
  onProgress(0.8, 'measuring quality');
  const quality = qualityOf(points, found, seed);
  onProgress(0.9, 'writing profiles');
  const labels = new Array<number>(table.size);
  for (const [place, row] of order.entries()) labels[row] = found.labels[place]!;
  const keys = matchKeys({ table, labels, k, previous: request.previous, usedKeys: request.usedKeys });
  const model: PersonaModel = {
    schema: 1,
    encoding,
    minKnown: Math.max(1, Math.ceil(encoding.traits.length * KNOWN_SHARE)),
    personas: found.centroids.map((centroid, p) => ({ key: keys[p]!, centroid })),
  };
  return { model, quality, choice, selection, personas: describe(table, labels, used, keys), sampleSize: table.size };
}

/** @throws TrainingError when there are fewer contacts than personas. */
export function requireSize(size: number, k = 2): void {
  if (size >= k) return;
  throw new TrainingError(
    'cohort_too_small',
    `The cohort has ${size} contacts, fewer than the ${k} personas asked for. Ask for at most ${size} personas or choose a larger cohort.`,
    'k',
  );
}

/** The traits to cluster on. @throws TrainingError when a chosen one cannot be used, or too few are left. */
export function usedTraits(selection: SelectedTrait[], chosen?: string[]): Set<string> {
  const codes = {
    all_missing: 'missing_trait',
    constant: 'constant_trait',
    identifier_like: 'identifier_trait',
    protected: 'protected_trait',
  } as const;
  for (const [index, trait] of (chosen ?? []).entries()) {
    const entry = selection.find((each) => each.trait === trait);
    const code = entry?.reason && codes[entry.reason as keyof typeof codes];
    if (code)
      throw new TrainingError(
        code,
        `${trait} cannot be clustered on. ${entry.detail} Leave it out.`,
        `traits[${index}]`,
      );
  }
  const used = new Set(selection.filter((entry) => entry.used).map((entry) => entry.trait));
  if (used.size >= MIN_TRAITS) return used;
  const dropped = selection
    .filter((entry) => !entry.used && entry.reason !== 'not_chosen')
    .map((entry) => `${entry.trait} (${entry.reason})`);
  const why = dropped.length > 0 ? ` Left out: ${dropped.slice(0, 10).join(', ')}.` : '';
  throw new TrainingError(
    'too_few_traits',
    `Personas need at least ${MIN_TRAITS} traits that tell contacts apart; there ${used.size === 1 ? 'is 1' : 'are none'}.${why} Import or choose more traits.`,
    chosen && 'traits',
  );
}

/** Rows in the order of their points: the same contacts give the same personas in whatever order they were read. */
function canonicalOrder(points: number[][]): number[] {
  return points.map((_, row) => row).sort((a, b) => compare(points[a]!, points[b]!) || a - b);
}

/** Largest cluster first; equal sizes by centroid, so that the order never depends on the start. */
function bySize(clustering: Clustering): Clustering {
  const shares = sharesOf(clustering.labels, clustering.centroids.length);
  const order = shares
    .map((_, index) => index)
    .sort((a, b) => shares[b]! - shares[a]! || compare(clustering.centroids[a]!, clustering.centroids[b]!));
  const place = new Map(order.map((from, to) => [from, to]));
  return {
    centroids: order.map((index) => clustering.centroids[index]!),
    labels: clustering.labels.map((label) => place.get(label)!),
    inertia: clustering.inertia,
  };
}

function compare(a: number[], b: number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/** The old centroids start a new training when they lie in the same space. */
function startOf(
  previous: PersonaModel | undefined,
  encoding: PersonaModel['encoding'],
  k: number,
): number[][] | undefined {
  if (previous?.personas.length !== k) return undefined;
  const shape = (traits: PersonaModel['encoding']['traits']) =>
    JSON.stringify(
      traits.map((t) => (t.kind === 'category' ? [t.trait, t.levels, t.other, t.missing] : [t.trait, t.missing])),
    );
  return shape(previous.encoding.traits) === shape(encoding.traits)
    ? previous.personas.map(({ centroid }) => centroid)
    : undefined;
}

function describe(table: Table, labels: number[], used: Set<string>, keys: string[]): TrainedPersona[] {
  const shares = sharesOf(labels, keys.length);
  const profiles = profilePersonas(table, labels, keys.length, used);
  const words = writePersonas(profiles, shares);
  return keys.map((key, p) => ({
    key,
    size: Math.round(shares[p]! * table.size),
    share: shares[p]!,
    profile: profiles[p]!,
    ...words[p]!,
  }));
}
