import { describe, expect, it } from '@jest/globals';
import { type EditRequest, editPersonas, type PersonaEdit } from './edit.ts';
import { encode } from './encoding.ts';
import { TrainingError } from './errors.ts';
import { evaluator } from './evaluate.ts';
import { keysOf } from './persona-model.ts';
import { seededRandom } from './random.ts';
import type { Table, Traits } from './table.ts';
import { train } from './train.ts';

/** Four groups at the corners of a square, in a ratio of 4 : 3 : 2 : 1, with a category that tells left from right. */
function corners(size: number, seed = 1): Table {
  const random = seededRandom(seed);
  const near = (middle: number) => middle + (random.next() + random.next() - 1) * 8;
  const group = Array.from({ length: size }, (_, i) => [0, 0, 0, 0, 1, 1, 1, 2, 2, 3][i % 10]!);
  return {
    size,
    columns: [
      { trait: 'spend', type: 'number', values: Float64Array.from(group, (g) => near([0, 0, 60, 60][g]!)) },
      { trait: 'visits', type: 'number', values: Float64Array.from(group, (g) => near([0, 60, 0, 60][g]!)) },
      { trait: 'side', type: 'category', values: group.map((g) => ['left', 'right', 'left', 'right'][g]!) },
      { trait: 'age', type: 'number', values: Float64Array.from(group, (g) => near([20, 40, 60, 80][g]!)) },
    ],
  };
}

function contact(table: Table, row: number): Traits {
  const traits: Traits = { num: {}, cat: {} };
  for (const column of table.columns) {
    if (column.type === 'category') traits.cat[column.trait] = column.values[row]!;
    else traits.num[column.trait] = column.values[row]!;
  }
  return traits;
}

const TRAITS = ['spend', 'visits', 'side'];
const table = corners(800);
const first = train({ table, seed: 1, k: 4, traits: TRAITS });
const edited = (edit: PersonaEdit, request: Partial<EditRequest> = {}) =>
  editPersonas({ model: first.model, edit, table, seed: 1, usedKeys: ['p1', 'p2', 'p3', 'p4'], ...request });
const merge: PersonaEdit = { kind: 'merge', keys: ['p2', 'p4'], into: 'p2' };
const split: PersonaEdit = { kind: 'split', key: 'p1', parts: 2, seed: 1 };

const keyOf = (model: Parameters<typeof evaluator>[0]) => {
  const evaluate = evaluator(model);
  return Array.from({ length: table.size }, (_, row) => evaluate(contact(table, row))!);
};

describe('a merge', () => {
  const result = edited(merge);

  it('puts everyone of the one into the other and moves nobody else', () => {
    const [before, after] = [keyOf(first.model), keyOf(result.model)];
    for (const [i, { key }] of before.entries()) expect(after[i]!.key).toBe(key === 'p4' ? 'p2' : key);
    expect(keysOf(result.model)).toEqual(['p1', 'p2', 'p3']);
    expect(result.personas.map(({ key, size }) => [key, size])).toEqual([
      ['p1', 320],
      ['p2', 320],
      ['p3', 160],
    ]);
    expect(result.model.merged).toEqual({ p4: 'p2' });
  });

  it('names another persona as second best, never the same', () => {
    for (const { key, secondKey, distance, secondDistance } of keyOf(result.model)) {
      expect(secondKey).not.toBe(key);
      expect(secondDistance).toBeGreaterThanOrEqual(distance);
    }
  });

  it('measures the personas that there are, not the clusters they are made of', () => {
    const { shares, clusterStability } = result.quality;
    expect([shares.length, clusterStability.length]).toEqual([3, 3]);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1);
    for (const value of clusterStability) expect(value).toBeGreaterThan(0.9);
    expect(result.quality.silhouette).toBeLessThan(first.quality.silhouette);
    expect(result.quality.explained).toBeLessThan(first.quality.explained);
  });

  it('stays through a training, and what was merged into a persona goes along with it', () => {
    const again = train({ table: corners(840), seed: 2, k: 4, traits: TRAITS, previous: result.model });
    expect(keysOf(again.model)).toEqual(['p1', 'p2', 'p3']);
    expect(again.model.personas).toHaveLength(4);
    expect(again.model.merged).toEqual({ p4: 'p2' });
    const twice = editPersonas({
      model: result.model,
      edit: { kind: 'merge', keys: ['p2', 'p1'], into: 'p1' },
      table,
      seed: 1,
      usedKeys: [],
    });
    expect(twice.model.merged).toEqual({ p4: 'p1', p2: 'p1' });
  });

  it('leaves two personas even where a training finds only what was merged', () => {
    const right = { size: 0, columns: [] as Table['columns'] };
    const rows = Array.from({ length: table.size }, (_, i) => i).filter((i) => [4, 5, 6, 9].includes(i % 10));
    right.size = rows.length;
    right.columns = table.columns.map((column) =>
      column.type === 'category'
        ? { ...column, values: rows.map((row) => column.values[row]!) }
        : { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) },
    );
    const again = train({ table: right, seed: 1, k: 2, traits: ['spend', 'visits'], previous: result.model });
    expect(new Set(keysOf(again.model)).size).toBe(2);
  });
});

describe('a split', () => {
  const result = edited(split);

  it('cuts the persona by k-means: the largest part keeps the key, the other gets one that nobody had', () => {
    expect(keysOf(result.model).sort()).toEqual(['p1', 'p2', 'p3', 'p4', 'p5']);
    const [before, after] = [keyOf(first.model), keyOf(result.model)];
    const parts = new Set(before.flatMap(({ key }, i) => (key === 'p1' ? [after[i]!.key] : [])));
    expect(parts).toEqual(new Set(['p1', 'p5']));
    for (const [i, { key }] of before.entries()) if (key !== 'p1') expect(after[i]!.key).toBe(key);
    const size = (key: string) => result.personas.find((persona) => persona.key === key)!.size;
    expect(size('p1')).toBeGreaterThanOrEqual(size('p5'));
    expect(size('p1') + size('p5')).toBe(320);
  });

  it('gives the same parts for the same seed, in as many as are asked for', () => {
    expect(edited(split)).toEqual(result);
    expect(keysOf(edited({ ...split, parts: 4 }).model)).toHaveLength(7);
  });

  it('says so when there are too few different contacts', () => {
    const few: Table = {
      size: 40,
      columns: [
        { trait: 'a', type: 'number', values: Float64Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 50 : 0)) },
        { trait: 'b', type: 'category', values: Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 'x' : 'y')) },
      ],
    };
    const { model } = train({ table: few, seed: 1, k: 2 });
    const run = () => editPersonas({ model, edit: split, table: few, seed: 1, usedKeys: [] });
    expect(run).toThrow(TrainingError);
    expect(run).toThrow(/only 1 different/);
  });
});

describe('an edit of personas that nobody has any more', () => {
  it.each([merge, split])('says so: $kind', (edit) => {
    const run = () => edited(edit, { table: { size: 0, columns: [] } });
    expect(run).toThrow(TrainingError);
    expect(run).toThrow(expect.objectContaining({ code: 'cohort_empty' }));
  });
});

describe('a pinned persona', () => {
  const pin = first.model.personas.find(({ key }) => key === 'p3')!;
  const pins = { encoding: first.model.encoding, clusters: [pin] };

  it('keeps its key and its centroid to the last bit, whatever else is found', () => {
    for (const k of [2, 3, 6]) {
      const again = train({ table: corners(900, 9), seed: k, k, traits: TRAITS, previous: first.model, pins });
      expect(again.model.personas.filter(({ key }) => key === 'p3')).toEqual([pin]);
      expect(again.model.encoding).toEqual(first.model.encoding);
      expect(keysOf(again.model)).toHaveLength(k);
    }
  });

  it('stays where its people are gone, and is never fewer than chosen automatically', () => {
    const all = { encoding: first.model.encoding, clusters: first.model.personas };
    const gone = corners(400);
    for (const column of gone.columns) if (column.type !== 'category') column.values.fill(1, 0, 200);
    const again = train({ table: gone, seed: 1, previous: first.model, pins: all });
    expect(again.model.personas).toEqual(expect.arrayContaining(first.model.personas));
    expect(again.model.personas.length).toBeGreaterThanOrEqual(4);
  });
});

describe('a training without protected traits', () => {
  it('profiles them and tells them nowhere', () => {
    const result = train({ table, seed: 1, k: 4, excludeProtected: true });
    expect(result.selection.find(({ trait }) => trait === 'age')).toMatchObject({ used: false, reason: 'protected' });
    for (const { profile, name, summary, salientTraits } of result.personas) {
      expect(profile.find(({ trait }) => trait === 'age')).toMatchObject({ salient: true });
      expect(`${name} ${summary} ${salientTraits.map(({ statement }) => statement).join()}`).not.toMatch(
        /\bage\b|older|younger/i,
      );
    }
  });
});

describe('keys', () => {
  it('follow the people where the scale of a trait changes', () => {
    const other = corners(800);
    const [spend] = other.columns;
    if (spend!.type !== 'category') for (let i = 0; i < spend!.values.length; i++) spend!.values[i]! += 5;
    const again = train({ table: other, seed: 5, k: 4, traits: TRAITS, previous: first.model });
    const [was, is] = [evaluator(first.model), evaluator(again.model)];
    let same = 0;
    for (let row = 0; row < other.size; row++) {
      const traits = contact(other, row);
      if (was(traits)!.key === is(traits)!.key) same++;
    }
    expect(same / other.size).toBeGreaterThan(0.97);
    expect(encode(again.model.encoding, contact(other, 0))).toHaveLength(again.model.personas[0]!.centroid.length);
  });
});
