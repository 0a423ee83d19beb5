import type { Encoded } from '../../connectors/destination.ts';

/** Contacts that we would refuse ourselves, counted by segment, field and code. */
export class Refusals {
  private readonly counts = new Map<string, { segment: string; field: string; code: string; contacts: number }>();
  private readonly whole = new Map<string, number>();

  /** Counts what of an encoded contact could not be used; a field at most once a contact and code. */
  count(segment: string, { wire, keys }: Encoded): void {
    if (wire === null) this.whole.set(segment, (this.whole.get(segment) ?? 0) + 1);
    const found = new Set(
      keys.filter(({ verdict }) => verdict === 'invalid').map(({ key, reason }) => `${key}/${reason ?? 'invalid'}`),
    );
    for (const each of found) {
      const [field, code] = each.split('/') as [string, string];
      const id = `${segment}/${each}`;
      const entry = this.counts.get(id) ?? { segment, field, code, contacts: 0 };
      this.counts.set(id, { ...entry, contacts: entry.contacts + 1 });
    }
  }

  /** Contacts of a segment with nothing usable at all. */
  contactsIn(segment: string): number {
    return this.whole.get(segment) ?? 0;
  }

  /** The most frequent first. */
  list() {
    return [...this.counts.values()].sort((a, b) => b.contacts - a.contacts);
  }
}
