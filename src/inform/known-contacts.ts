import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Coalescer } from '../contacts/coalescer.ts';
import { Clock } from '../engines/clock.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { Traits } from '../models/table.ts';
import { featureMaps, type ReadFeatures } from '../outcomes/features.ts';

/** Combinations of account, streams and fields that are kept; beyond it all are forgotten and built again. */
const MOST_KEPT = 1_000;

/** Stored traits of contacts, events included, for many callers by one statement every few milliseconds. */
@Injectable()
export class KnownContacts {
  private readonly readers = new Map<string, Coalescer<Traits>>();

  constructor(
    private readonly warehouse: Warehouse,
    private readonly clock: Clock,
  ) {}

  /** Traits by contact id, of those that there are. */
  async traits(account: AccountId, ids: string[], read: ReadFeatures): Promise<Map<string, Traits>> {
    return ids.length === 0 ? new Map() : this.reader(account, read).load(ids);
  }

  private reader(account: AccountId, read: ReadFeatures): Coalescer<Traits> {
    const name = JSON.stringify([account, read.streams, read.fields.map((field) => field.name)]);
    const known = this.readers.get(name);
    if (known) return known;
    if (this.readers.size >= MOST_KEPT) this.readers.clear();
    const reader = new Coalescer((ids) => this.read(account, ids, read));
    this.readers.set(name, reader);
    return reader;
  }

  private async read(account: AccountId, ids: string[], read: ReadFeatures): Promise<Map<string, Traits>> {
    const { sql, params } = featureMaps(account, read, this.clock.now(), ids);
    const rows = await this.warehouse.query<Traits & { contact_id: string }>(
      `SELECT contact_id, num, cat FROM (${sql})`,
      params,
    );
    return new Map(rows.map(({ contact_id, num, cat }) => [contact_id, { num, cat }]));
  }
}
