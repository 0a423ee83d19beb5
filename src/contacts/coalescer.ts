/**
 * Gathers what many requests ask for at about the same time into one question. While a question is under way the next
 * ones wait and go together, so the store sees few statements however many callers there are.
 */
export class Coalescer<Value> {
  private waiting: {
    keys: string[];
    resolve: (found: Map<string, Value>) => void;
    reject: (error: unknown) => void;
  }[] = [];
  private busy = false;

  /**
   * @param fetch answers many keys at once; keys without a value are left out of its answer
   * @param most keys of one question
   * @param gatherMs how long the first of a group waits for others
   */
  constructor(
    private readonly fetch: (keys: string[]) => Promise<Map<string, Value>>,
    private readonly most = 5_000,
    private readonly gatherMs = 2,
  ) {}

  /** The values of some keys, among those of others. */
  load(keys: string[]): Promise<Map<string, Value>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ keys, resolve, reject });
      if (this.busy) return;
      this.busy = true;
      setTimeout(() => void this.drain(), this.gatherMs);
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.next();
      try {
        const found = await this.fetch([...new Set(group.flatMap(({ keys }) => keys))]);
        for (const { resolve } of group) resolve(found);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.busy = false;
  }

  /** At least one caller, and no more than fit. */
  private next() {
    let [count, keys] = [0, 0];
    for (const caller of this.waiting) {
      keys += caller.keys.length;
      if (count > 0 && keys > this.most) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }
}
