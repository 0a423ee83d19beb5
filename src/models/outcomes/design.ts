import type { Column, Table } from '../table.ts';
import { type NumberBins, placesOf, type TraitBins } from './bins.ts';
import { binOf, type Day, measure } from './outcome-model.ts';

/**
 * How much more a bin beside a slope is penalised than the slope: what is straight shall be learnt as straight, and bins
 * only bend it, a little or hardly at all. Levels of categories, which have nothing beside them, are penalised like slopes.
 */
const BENDING = 16;
const STIFF = 256;

/**
 * A sample as a sparse design: each row sets one coordinate of each trait to 1 (its place), and has a real coordinate
 * for each sloped trait. Coordinates: the places of all traits, then the slopes, then the intercept.
 */
export interface Design {
  rows: number;
  traits: TraitBins[];
  /** First coordinate of each trait. */
  offsets: number[];
  /** Row by row, the coordinate that each trait sets. */
  set: Int32Array;
  /** Row by row, the standardised value of each sloped trait; 0 where missing. */
  slopes: Float32Array;
  /** Their squares. */
  squares: Float32Array;
  sloped: number;
  /** Number of coordinates. */
  width: number;
  /** Each coordinate's share of the penalty. */
  penalties: Float64Array;
}

export function designOf(table: Table, traits: TraitBins[], today: Day): Design {
  const columns = new Map(table.columns.map((column) => [column.trait, column]));
  const offsets: number[] = [];
  let places = 0;
  for (const trait of traits) {
    offsets.push(places);
    places += placesOf(trait);
  }
  const sloped = traits.filter(isSloped);
  const [set, slopes] = [new Int32Array(table.size * traits.length), new Float32Array(table.size * sloped.length)];
  for (const [t, trait] of traits.entries()) {
    const column = columns.get(trait.trait)!;
    const place = placer(trait, column, today);
    for (let row = 0; row < table.size; row++) set[row * traits.length + t] = offsets[t]! + place(row);
  }
  for (const [s, trait] of sloped.entries()) {
    const values = valuesOf(columns.get(trait.trait)!);
    for (let row = 0; row < table.size; row++) {
      const value = measure(trait.type, values[row]!, today);
      const z = (Math.min(trait.high, Math.max(trait.low, value)) - trait.center) / trait.scale;
      slopes[row * sloped.length + s] = Number.isNaN(z) ? 0 : z;
    }
  }
  const width = places + sloped.length + 1;
  const squares = slopes.map((z) => z * z);
  return {
    rows: table.size,
    traits,
    offsets,
    set,
    slopes,
    squares,
    sloped: sloped.length,
    width,
    penalties: penaltiesOf(traits, width, BENDING),
  };
}

/** The same design, in which bins hardly bend what is straight. */
export const stiffened = (design: Design): Design => ({
  ...design,
  penalties: penaltiesOf(design.traits, design.width, STIFF),
});

function penaltiesOf(traits: TraitBins[], width: number, bin: number): Float64Array {
  const places = traits.flatMap((trait) => new Array<number>(placesOf(trait)).fill(isSloped(trait) ? bin : 1));
  const penalties = new Float64Array(width).fill(1);
  penalties.set(places);
  penalties[width - 1] = 0;
  return penalties;
}

export const isSloped = (trait: TraitBins): trait is NumberBins => trait.kind === 'number' && trait.sloped;

const valuesOf = (column: Column): Float64Array => (column.type === 'category' ? new Float64Array() : column.values);

/** The place of each row: bins or levels in order, other, missing. */
export function placer(trait: TraitBins, column: Column, today: Day): (row: number) => number {
  if (trait.kind === 'number') {
    const values = valuesOf(column);
    return (row) => {
      const value = measure(trait.type, values[row]!, today);
      return Number.isNaN(value) ? trait.edges.length + 1 : binOf(trait.edges, value);
    };
  }
  const places = new Map(trait.levels.map((level, place) => [level, place]));
  const values = column.type === 'category' ? column.values : [];
  return (row) => {
    const value = values[row]!;
    return value === '' ? trait.levels.length + 1 : (places.get(value) ?? trait.levels.length);
  };
}
