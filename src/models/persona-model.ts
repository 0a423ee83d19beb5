import type { Encoding } from './encoding.ts';

/**
 * A trained persona set version: an encoding and its clusters. Stored as JSON; pure data. A persona is one cluster, or
 * several with the same key once personas were merged: a contact is as far from it as from the nearest of them.
 */
export interface PersonaModel {
  schema: 1;
  encoding: Encoding;
  /** A contact that has fewer of the model's traits than this gets no persona. */
  minKnown: number;
  /** The clusters, those of the largest persona first. At least two different keys. */
  personas: Cluster[];
  /** Keys that were merged away, and the persona each went into. */
  merged?: Record<string, string>;
}

/** One cluster: the persona it belongs to, and its middle in the encoded space. */
export interface Cluster {
  key: string;
  centroid: number[];
}

/** Which persona a contact belongs to. Distances are Euclidean in the encoded space. */
export interface Assignment {
  key: string;
  secondKey: string;
  distance: number;
  secondDistance: number;
  /** How clear it is, 0 (could be either) to 1: the gap between the two distances as a share of the larger. */
  margin: number;
}

/** The personas of a model, each once, in the order of their first cluster. */
export function keysOf({ personas }: Pick<PersonaModel, 'personas'>): string[] {
  return [...new Set(personas.map(({ key }) => key))];
}

/** Places of each persona's clusters, in the order of `keysOf`. */
export function clustersOf(model: Pick<PersonaModel, 'personas'>): number[][] {
  return keysOf(model).map((key) => model.personas.flatMap((cluster, c) => (cluster.key === key ? [c] : [])));
}
