/** A seeded source of randomness: the same seed gives the same numbers on every machine. */
export interface Random {
  /** The next number in [0, 1). */
  next(): number;
  /** The next whole number in [0, below). */
  int(below: number): number;
}

/** Mulberry32: 32 bits of state, ample for sampling. https://github.com/cprosche/mulberry32 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, int: (below) => Math.floor(next() * below) };
}

/** `size` different indexes below `count`, in random order; all of them when `size` is not smaller. */
export function sampleIndexes(count: number, size: number, random: Random): number[] {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const wanted = Math.min(size, count);
  for (let i = 0; i < wanted; i++) {
    const j = i + random.int(count - i);
    [indexes[i], indexes[j]] = [indexes[j]!, indexes[i]!];
  }
  return indexes.slice(0, wanted);
}
