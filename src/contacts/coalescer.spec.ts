import { Coalescer } from './coalescer.ts';

const upper = async (keys: string[]) => new Map(keys.map((key) => [key, key.toUpperCase()]));

describe('a coalescer', () => {
  it('asks once for what is asked together, each key once', async () => {
    const asked: string[][] = [];
    const coalescer = new Coalescer(async (keys: string[]) => {
      asked.push(keys);
      return upper(keys);
    });
    const answers = await Promise.all([coalescer.load(['a', 'b']), coalescer.load(['b']), coalescer.load([])]);
    expect(asked).toEqual([['a', 'b']]);
    expect(answers.map((found) => found.get('b'))).toEqual(['B', 'B', 'B']);
  });

  it('gathers what comes while a question is under way', async () => {
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

  it('splits what is too much for one question, but not one caller', async () => {
    const asked: string[][] = [];
    const coalescer = new Coalescer(async (keys: string[]) => {
      asked.push(keys);
      return upper(keys);
    }, 2);
    await Promise.all([coalescer.load(['a', 'b', 'c']), coalescer.load(['d']), coalescer.load(['e', 'f'])]);
    expect(asked).toEqual([['a', 'b', 'c'], ['d'], ['e', 'f']]);
  });

  it('fails only those whose question failed', async () => {
    const coalescer = new Coalescer(async (keys: string[]) => {
      if (keys.includes('bad')) throw new Error('away');
      return upper(keys);
    }, 1);
    const [bad, good] = await Promise.allSettled([coalescer.load(['bad']), coalescer.load(['good'])]);
    expect([bad.status, good.status]).toEqual(['rejected', 'fulfilled']);
  });
});
