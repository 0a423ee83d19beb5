import { evaluator } from './evaluate.ts';
import type { PersonaModel } from './persona-model.ts';
import type { Table, Traits } from './table.ts';

/** A new cluster keeps an old key when they share at least this much of their members (Jaccard). */
const LEAST_OVERLAP = 0.25;

/**
 * Keys of the clusters. Each takes the key of the old persona it shares most members with, the assignment being the one
 * with the largest total overlap; clusters without a match get new keys, never one that was used before.
 */
export function matchKeys(input: {
  table: Table;
  /** Cluster of each sampled contact. */
  labels: number[];
  k: number;
  previous?: PersonaModel;
  usedKeys?: string[];
}): string[] {
  const { table, labels, k, previous } = input;
  const keys = new Array<string | undefined>(k).fill(undefined);
  if (previous) {
    const overlap = overlaps(membersOf(previous, table), labels, previous.personas.length, k);
    for (const [p, old] of bestAssignment(overlap).entries()) {
      if (old >= 0 && overlap[p]![old]! >= LEAST_OVERLAP) keys[p] = previous.personas[old]!.key;
    }
  }
  const used = new Set([...(input.usedKeys ?? []), ...(previous?.personas.map(({ key }) => key) ?? [])]);
  return keys.map((key) => key ?? nextKey(used));
}

function nextKey(used: Set<string>): string {
  let n = 1;
  while (used.has(`p${n}`)) n++;
  used.add(`p${n}`);
  return `p${n}`;
}

/** Place of each sampled contact's persona in the old model, −1 for none. */
function membersOf(model: PersonaModel, table: Table): number[] {
  const evaluate = evaluator(model);
  const place = new Map(model.personas.map(({ key }, index) => [key, index]));
  return Array.from({ length: table.size }, (_, row) => {
    const assignment = evaluate(traitsOf(table, row));
    return assignment ? place.get(assignment.key)! : -1;
  });
}

function traitsOf(table: Table, row: number): Traits {
  const traits: Traits = { num: {}, cat: {} };
  for (const column of table.columns) {
    if (column.type === 'category') traits.cat[column.trait] = column.values[row]!;
    else traits.num[column.trait] = column.values[row]!;
  }
  return traits;
}

/** Jaccard overlap of each new cluster (row) with each old persona (column). */
function overlaps(old: number[], labels: number[], oldCount: number, count: number): number[][] {
  const both = Array.from({ length: count }, () => new Array<number>(oldCount).fill(0));
  const [oldSizes, sizes] = [new Array<number>(oldCount).fill(0), new Array<number>(count).fill(0)];
  for (let i = 0; i < labels.length; i++) {
    sizes[labels[i]!]!++;
    if (old[i]! < 0) continue;
    oldSizes[old[i]!]!++;
    both[labels[i]!]![old[i]!]!++;
  }
  return both.map((row, p) => row.map((count, o) => (count > 0 ? count / (sizes[p]! + oldSizes[o]! - count) : 0)));
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
