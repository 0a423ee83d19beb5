import { encodeTable } from './encoding.ts';
import { assign, meansOf, squaredDistance } from './kmeans.ts';
import type { PersonaModel } from './persona-model.ts';
import type { Table } from './table.ts';

/** A new cluster keeps an old key when they are at least this alike, 0 to 1. */
const LEAST_LIKENESS = 0.25;

/** A sample as an earlier model sees it: its points in that model's space, and the old cluster of each. */
export interface Before {
  model: PersonaModel;
  points: number[][];
  labels: number[];
}

/** Places a sample in the clusters of an earlier model. */
export function seenBy(model: PersonaModel, table: Table): Before {
  const points = encodeTable(model.encoding, table);
  const { labels } = assign(
    points,
    model.personas.map(({ centroid }) => centroid),
  );
  return { model, points, labels };
}

/**
 * Keys of the clusters. Each takes the key of the old cluster it is most like, by shared members and by where its middle
 * lies, the assignment being the one with the largest total likeness; so what was merged stays merged. Clusters without
 * a match get new keys, never one that was used before. The first clusters are those of `pinned`, whose keys stand.
 */
export function matchKeys(input: {
  /** Cluster of each sampled contact. */
  labels: number[];
  k: number;
  before?: Before;
  usedKeys?: string[];
  pinned?: string[];
}): string[] {
  const { labels, k, before, pinned = [] } = input;
  const keys: (string | undefined)[] = Array.from({ length: k }, (_, c) => pinned[c]);
  const old = before?.model.personas ?? [];
  if (before) {
    const likeness = likenesses(before, labels, k).map((row, c) =>
      row.map((value, o) => (keys[c] === undefined && !pinned.includes(old[o]!.key) ? value : 0)),
    );
    for (const [c, o] of bestAssignment(likeness).entries()) {
      if (o >= 0 && likeness[c]![o]! >= LEAST_LIKENESS) keys[c] = old[o]!.key;
    }
  }
  const used = new Set([...(input.usedKeys ?? []), ...old.map(({ key }) => key), ...pinned]);
  const matched = keys.map((key) => key ?? nextKey(used));
  // where only what was merged is found again, its second cluster is a persona of its own: one alone tells nobody apart
  const alone = k > pinned.length && new Set(matched).size === 1;
  return alone ? matched.map((key, c) => (c === k - 1 ? nextKey(used) : key)) : matched;
}

/** The first key that nobody had; it is used from then on. */
export function nextKey(used: Set<string>): string {
  let n = 1;
  while (used.has(`p${n}`)) n++;
  used.add(`p${n}`);
  return `p${n}`;
}

/** Likeness of each new cluster (row) with each old one (column): the mean of shared members and of nearness. */
function likenesses({ model, points, labels: old }: Before, labels: number[], k: number): number[][] {
  const shared = overlaps(old, labels, model.personas.length, k);
  const middles = meansOf(points, labels, k);
  return shared.map((row, c) => row.map((overlap, o) => (overlap + nearness(model, middles[c], o)) / 2));
}

/** 1 where a middle lies on an old centroid, 0 from where the next centroid is. */
function nearness({ personas }: PersonaModel, middle: number[] | undefined, o: number): number {
  if (!middle) return 0;
  const own = personas[o]!.centroid;
  const next = Math.min(...personas.filter((_, i) => i !== o).map(({ centroid }) => squaredDistance(own, centroid)));
  return next > 0 ? Math.max(0, 1 - Math.sqrt(squaredDistance(middle, own) / next)) : 0;
}

/** Jaccard overlap of each new cluster (row) with each old one (column). */
function overlaps(old: number[], labels: number[], oldCount: number, count: number): number[][] {
  const both = Array.from({ length: count }, () => new Array<number>(oldCount).fill(0));
  const [oldSizes, sizes] = [new Array<number>(oldCount).fill(0), new Array<number>(count).fill(0)];
  for (let i = 0; i < labels.length; i++) {
    sizes[labels[i]!]!++;
    oldSizes[old[i]!]!++;
    both[labels[i]!]![old[i]!]!++;
  }
  return both.map((row, c) => row.map((n, o) => (n > 0 ? n / (sizes[c]! + oldSizes[o]! - n) : 0)));
}

/**
 * The assignment of rows to columns with the largest sum (Hungarian algorithm, Kuhn and Munkres, in O(n³)).
 * @returns the column of each row, −1 where there are more rows than columns.
 */
export function bestAssignment(gains: number[][]): number[] {
  const rows = gains.length;
  const columns = gains[0]?.length ?? 0;
  const size = Math.max(rows, columns);
  const cost = (row: number, column: number) => -(gains[row]?.[column] ?? 0);
  const [rowPotential, columnPotential] = [new Float64Array(size + 1), new Float64Array(size + 1)];
  const rowOf = new Int32Array(size + 1);
  for (let row = 1; row <= size; row++) {
    rowOf[0] = row;
    const slack = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
    const before = new Int32Array(size + 1);
    const done = new Uint8Array(size + 1);
    let at = 0;
    do {
      done[at] = 1;
      let [delta, next] = [Number.POSITIVE_INFINITY, 0];
      for (let column = 1; column <= size; column++) {
        if (done[column]) continue;
        const reduced = cost(rowOf[at]! - 1, column - 1) - rowPotential[rowOf[at]!]! - columnPotential[column]!;
        if (reduced < slack[column]!) {
          slack[column] = reduced;
          before[column] = at;
        }
        if (slack[column]! < delta) [delta, next] = [slack[column]!, column];
      }
      for (let column = 0; column <= size; column++) {
        if (done[column]) {
          rowPotential[rowOf[column]!]! += delta;
          columnPotential[column]! -= delta;
        } else slack[column]! -= delta;
      }
      at = next;
    } while (rowOf[at] !== 0);
    while (at !== 0) {
      rowOf[at] = rowOf[before[at]!]!;
      at = before[at]!;
    }
  }
  const result = new Array<number>(rows).fill(-1);
  for (let column = 1; column <= columns; column++) if (rowOf[column]! <= rows) result[rowOf[column]! - 1] = column - 1;
  return result;
}
