import { Coalescer } from './coalescer.ts';

const upper = async (keys: string[]) => new Map(keys.map((key) => [key, key.toUpperCase()]));

describe('a coalescer', () => {
  it('fetches keys that are requested together in one query, each key once', async () => {
    const asked: string[][] = [];
    const coalescer = new Coalescer(async (keys: string[]) => {
      asked.push(keys);
      return upper(keys);
    });
    const answers = await Promise.all([coalescer.load(['a', 'b']), coalescer.load(['b']), coalescer.load([])]);
    expect(asked).toEqual([['a', 'b']]);
    expect(answers.map((found) => found.get('b'))).toEqual(['B', 'B', 'B']);
  });

  it('gathers the keys that are requested while a query runs', async () => {
    const asked: string[][] = [];
    const held: (() => void)[] = [];
    const coalescer = new Coalescer(async (keys: string[]) => {
      asked.push(keys);
      if (asked.length === 1) await new Promise<void>((resolve) => held.push(resolve));
      return upper(keys);
    });
    const first = coalescer.load(['a']);
    while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const later = [coalescer.load(['b']), coalescer.load(['c'])];
    held[0]!();
    await Promise.all([first, ...later]);
    expect(asked).toEqual([['a'], ['b', 'c']]);
  });

  it('splits too many keys into several queries, but never the keys of one caller', async () => {
    const asked: string[][] = [];
    const coalescer = new Coalescer(async (keys: string[]) => {
      asked.push(keys);
      return upper(keys);
    }, 2);
    await Promise.all([coalescer.load(['a', 'b', 'c']), coalescer.load(['d']), coalescer.load(['e', 'f'])]);
    expect(asked).toEqual([['a', 'b', 'c'], ['d'], ['e', 'f']]);
  });

  it('fails only the callers whose query failed', async () => {
    const coalescer = new Coalescer(async (keys: string[]) => {
      if (keys.includes('bad')) throw new Error('away');
      return upper(keys);
    }, 1);
    const [bad, good] = await Promise.allSettled([coalescer.load(['bad']), coalescer.load(['good'])]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
  });
});
