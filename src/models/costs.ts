import { type CategoryEncoding, encodeCategory, encodeNumber, type NumberEncoding, widthOf } from './encoding.ts';
import type { PersonaModel } from './persona-model.ts';

/**
 * A model as what each trait adds to the squared distance to each cluster. The SQL and the JS form are both made from
 * it, operation by operation, so that they agree to the last bit.
 */
export interface NumberCosts {
  kind: 'number';
  encoding: NumberEncoding;
  /** The clusters' coordinates; a contact adds `(z − center)²`. */
  centers: number[];
  /** What the missing-coordinate adds when the trait is there, and when it is not; empty without that coordinate. */
  present: number[];
  absent: number[];
}

export interface CategoryCosts {
  kind: 'category';
  encoding: CategoryEncoding;
  /** Costs by place: each level in the order of the encoding, then any other value, then a missing one. */
  costs: number[][];
}

export type TraitCosts = NumberCosts | CategoryCosts;

export function costsOf(model: PersonaModel): TraitCosts[] {
  let from = 0;
  return model.encoding.traits.map((encoding) => {
    const width = widthOf(encoding);
    const centroids = model.personas.map(({ centroid }) => centroid.slice(from, from + width));
    from += width;
    return encoding.kind === 'number' ? numberCosts(encoding, centroids) : categoryCosts(encoding, centroids);
  });
}

function numberCosts(encoding: NumberEncoding, centroids: number[][]): NumberCosts {
  const flagged = encoding.missing > 0;
  const absent = encodeNumber(encoding, Number.NaN)[1]!;
  return {
    kind: 'number',
    encoding,
    centers: centroids.map((center) => center[0]!),
    present: flagged ? centroids.map((center) => center[1]! ** 2) : [],
    absent: flagged ? centroids.map((center) => (absent - center[1]!) ** 2) : [],
  };
}

function categoryCosts(encoding: CategoryEncoding, centroids: number[][]): CategoryCosts {
  const known = new Set(encoding.levels);
  let unseen = 'other';
  while (known.has(unseen)) unseen += '+';
  const costs = [...encoding.levels, unseen, ''].map((value) => {
    const point = encodeCategory(encoding, value);
    return centroids.map((center) => point.reduce((sum, x, d) => sum + (x - center[d]!) ** 2, 0));
  });
  return { kind: 'category', encoding, costs };
}
