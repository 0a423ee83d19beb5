/** Contacts that went from a persona to another in a bucket; an empty key is none. */
export interface Move {
  /** First day of the bucket. */
  bucket: string;
  from: string;
  to: string;
  contacts: number;
}

/**
 * Sizes by persona, one map a bucket.
 * @param isIn whether what happened in a bucket counts in the one that begins on `start`, and so in all later ones.
 * @param first sizes before the first move.
 */
export function sizesOver(
  starts: string[],
  moves: Move[],
  isIn: (bucket: string, start: string) => boolean,
  first: [string, number][] = [],
): Map<string, number>[] {
  const inOrder = moves.toSorted((x, y) => (x.bucket < y.bucket ? -1 : x.bucket > y.bucket ? 1 : 0));
  const sizes = new Map(first);
  const add = (persona: string, contacts: number) => sizes.set(persona, (sizes.get(persona) ?? 0) + contacts);
  let next = 0;
  return starts.map((start) => {
    for (; next < inOrder.length && isIn(inOrder[next]!.bucket, start); next++) {
      const { from, to, contacts } = inOrder[next]!;
      add(from, -Number(contacts));
      add(to, Number(contacts));
    }
    return new Map(sizes);
  });
}

/** Every persona that moves mention, none included. */
export const mentioned = (moves: Move[]): { persona: string }[] =>
  moves.flatMap(({ from, to }) => [{ persona: from }, { persona: to }]);
