/** Identifiers that only describe a person, so that nobody is known by them alone. */
const DESCRIBING = new Set(['FN', 'LN', 'FI', 'GEN', 'DOBY', 'DOBM', 'DOBD', 'CT', 'ST', 'ZIP', 'COUNTRY']);

/**
 * What an audience holds: one entry a row, made of `KIND=value` identifiers in a fixed order. Platforms know people and
 * not rows, so a removal that does not name a row exactly falls back on the identifiers they share.
 */
export class MemberSet {
  private readonly rows = new Map<string, number>();
  private index: Map<string, Set<string>> | undefined;
  /** Rows by each identifier that names somebody. */
  private readonly named = new Map<string, string[]>();

  get size(): number {
    return this.rows.size;
  }

  /** Adds a row, or refreshes the time of one that is there. It takes the place of rows that name nobody else. */
  add(identifiers: string[], at: Date): void {
    const row = rowOf(identifiers);
    if (!this.rows.has(row)) {
      const naming = namingOf(row);
      for (const id of naming) {
        const others = (this.named.get(id) ?? []).filter((other) => this.rows.has(other));
        for (const other of others) if (namingOf(other).every((one) => naming.includes(one))) this.drop(other);
        this.named.set(id, [...others, row]);
      }
      this.indexRow(row);
    }
    this.rows.set(row, at.getTime());
  }

  /**
   * Removes the row of exactly these identifiers, or else every row that has all of them and, with `orContained`, every
   * row made of some of them only. Returns how many rows went.
   */
  remove(identifiers: string[], orContained = false): number {
    const exact = rowOf(identifiers);
    if (this.rows.has(exact)) return this.drop(exact);
    const wanted = new Set(exact.split('|'));
    const candidates = new Set([...wanted].flatMap((id) => [...(this.indexed().get(id) ?? [])]));
    return [...candidates].filter((row) => related(row, wanted, orContained)).reduce((n, row) => n + this.drop(row), 0);
  }

  /** Removes what was last added before this time. */
  removeBefore(time: Date): number {
    const old = [...this.rows].filter(([, at]) => at < time.getTime());
    return old.reduce((n, [row]) => n + this.drop(row), 0);
  }

  list(): Set<string> {
    return new Set(this.rows.keys());
  }

  /** Distinct values of one kind of identifier, e.g. every `EMAIL` hash. */
  values(kind: string): Set<string> {
    const prefix = `${kind}=`;
    const ids = [...this.rows.keys()].flatMap((row) => row.split('|'));
    return new Set(ids.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length)));
  }

  copy(): MemberSet {
    const other = new MemberSet();
    for (const [row, at] of this.rows) other.rows.set(row, at);
    for (const [id, rows] of this.named) other.named.set(id, rows);
    return other;
  }

  private drop(row: string): number {
    for (const id of this.index ? row.split('|') : []) this.index?.get(id)?.delete(row);
    return this.rows.delete(row) ? 1 : 0;
  }

  private indexed(): Map<string, Set<string>> {
    if (!this.index) {
      this.index = new Map();
      for (const row of this.rows.keys()) this.indexRow(row);
    }
    return this.index;
  }

  private indexRow(row: string): void {
    if (!this.index) return;
    for (const id of row.split('|')) {
      const rows = this.index.get(id);
      if (rows) rows.add(row);
      else this.index.set(id, new Set([row]));
    }
  }
}

function rowOf(identifiers: string[]): string {
  return [...new Set(identifiers.map((id) => id.replaceAll('|', '%7C')))].sort().join('|');
}

function namingOf(row: string): string[] {
  return row.split('|').filter((id) => !DESCRIBING.has(id.slice(0, id.indexOf('='))));
}

function related(row: string, wanted: Set<string>, orContained: boolean): boolean {
  const has = row.split('|');
  const shared = has.filter((id) => wanted.has(id)).length;
  return shared === wanted.size || (orContained && shared === has.length);
}
