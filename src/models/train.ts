import { type ChosenK, chooseK } from './choose-k.ts';
import { type Encoding, fitEncoding } from './encoding.ts';
import { TrainingError } from './errors.ts';
import { type Clustering, cluster, meansOf } from './kmeans.ts';
import { matchKeys, seenBy } from './match-keys.ts';
import type { Cluster, PersonaModel } from './persona-model.ts';
import { sharesOf } from './quality.ts';
import { type Review, review } from './review.ts';
import { compare, sampleOf } from './sample.ts';
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
  pins?: Pins;
}

/** Personas that stay as they are. The measure they were found by stays with them: their traits, scales and levels. */
export interface Pins {
  encoding: Encoding;
  clusters: Cluster[];
}

export interface TrainResult extends Review {
  /** How k was chosen; absent when it was given. */
  choice?: ChosenK;
  selection: SelectedTrait[];
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
  const { seed, pins, previous, excludeProtected } = request;
  if (request.table.size === 0)
    throw new TrainingError(
      'cohort_empty',
      'The cohort has no contacts to learn from. Choose another cohort or import contacts.',
    );
  requireSize(request.table.size, request.k);
  onProgress(0, 'choosing traits');
  const { selection, encoding } = measureOf(request);
  const sample = sampleOf(encoding, request.table);
  onProgress(0.1, 'choosing the number of personas');
  const choice = request.k === undefined ? chooseNumber(sample.points, request, onProgress) : undefined;
  const k = request.k ?? choice!.k;
  onProgress(0.6, 'finding personas');
  const before = previous && seenBy(previous, sample.table);
  const pinned = pins?.clusters.map(({ centroid }) => centroid) ?? [];
  const warm = before && meansOf(sample.points, before.labels, previous.personas.length);
  const start = startOf(previous, warm, pins, k);
  const found = bySize(cluster(sample.points, k, { seed, restarts: RESTARTS, start, pinned }), pinned.length);
  const keys = matchKeys({
    labels: found.labels,
    k,
    before,
    usedKeys: request.usedKeys,
    pinned: pins?.clusters.map(({ key }) => key),
  });
  const model: PersonaModel = {
    schema: 1,
    encoding,
    minKnown: Math.max(1, Math.ceil(encoding.traits.length * KNOWN_SHARE)),
    personas: found.centroids.map((centroid, c) => ({ key: keys[c]!, centroid })),
    ...(previous?.merged ? { merged: previous.merged } : {}),
  };
  return { ...review(model, sample, { seed, excludeProtected, onProgress }), choice, selection };
}

/** Which traits are clustered on, and how they are measured: anew, or as the pinned personas were found. */
function measureOf({ table, traits, excludeProtected, pins }: TrainRequest) {
  if (pins) {
    const used = new Set(pins.encoding.traits.map(({ trait }) => trait));
    return { encoding: pins.encoding, selection: table.columns.map(({ trait }) => pinnedTrait(trait, used)) };
  }
  const selection = selectTraits(table, { chosen: traits, excludeProtected });
  const used = usedTraits(selection, traits);
  const columns = table.columns.filter(({ trait }) => used.has(trait));
  return { encoding: fitEncoding({ size: table.size, columns }), selection };
}

function pinnedTrait(trait: string, used: Set<string>): SelectedTrait {
  if (used.has(trait)) return { trait, used: true };
  const detail = 'Pinned personas keep the traits that they were found by.';
  return { trait, used: false, reason: 'not_chosen', detail };
}

/** As many as the sample supports, but no fewer than are pinned. */
function chooseNumber(points: number[][], { seed, pins }: TrainRequest, onProgress: OnProgress): ChosenK {
  const choice = chooseK(points, seed, (share) => onProgress(0.1 + 0.5 * share, 'choosing the number of personas'));
  const least = pins ? leastClusters(pins) : 0;
  if (choice.k >= least) return choice;
  return { ...choice, k: least, reason: `${choice.reason} What is pinned takes ${least}, so there are ${least}.` };
}

/** How many clusters there must be for what is pinned, and at least two personas. */
export function leastClusters({ clusters }: Pins): number {
  return new Set(clusters.map(({ key }) => key)).size > 1 ? clusters.length : clusters.length + 1;
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

/** Behind the pinned clusters, the largest first; equal sizes by centroid, so that the order never depends on the start. */
function bySize(clustering: Clustering, pinned: number): Clustering {
  const shares = sharesOf(clustering.labels, clustering.centroids.length);
  const rank = (index: number) => (index < pinned ? 2 - index / pinned : shares[index]!);
  const order = shares
    .map((_, index) => index)
    .sort((a, b) => rank(b) - rank(a) || compare(clustering.centroids[a]!, clustering.centroids[b]!));
  const place = new Map(order.map((from, to) => [from, to]));
  return {
    centroids: order.map((index) => clustering.centroids[index]!),
    labels: clustering.labels.map((label) => place.get(label)!),
    inertia: clustering.inertia,
  };
}

/**
 * Where the old clusters' people are now starts a new training, behind what is pinned. Not where there were more
 * clusters than are asked for: which of them to leave out is for the clustering to find.
 */
function startOf(
  previous: PersonaModel | undefined,
  warm: (number[] | undefined)[] | undefined,
  pins: Pins | undefined,
  k: number,
): number[][] | undefined {
  if (!previous || !warm) return undefined;
  const pinned = pins?.clusters ?? [];
  const keys = new Set(pinned.map(({ key }) => key));
  const free = warm.filter((_, c) => !keys.has(previous.personas[c]!.key));
  const start = [...pinned.map(({ centroid }) => centroid), ...free.flatMap((middle) => (middle ? [middle] : []))];
  return start.length > k ? undefined : start;
}
