import type { ConsentMapping, ConsentState } from './mapping.ts';

/** How a column that may hold consent is read, and what it would do to the rows of the sample. */
export interface ConsentReading {
  /** The reading that is suggested; a person has to confirm it. */
  mapping: ConsentMapping;
  /** Rows of the sample by what they would say. */
  counts: Record<ConsentState, number>;
  /** Words of the column with the reading of each; `known` is false where nothing tells what a word means. */
  words: { word: string; count: number; state: ConsentState; known: boolean }[];
}
