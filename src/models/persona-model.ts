import type { Encoding } from './encoding.ts';

/** A trained persona set version: an encoding and one centroid a persona. Stored as JSON; pure data. */
export interface PersonaModel {
  schema: 1;
  encoding: Encoding;
  /** A contact that has fewer of the model's traits than this gets no persona. */
  minKnown: number;
  personas: { key: string; centroid: number[] }[];
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
