import { Injectable } from '@nestjs/common';
import type { AccountId } from '../../accounts/auth.ts';
import { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { ContactWriter } from '../contact-writer.ts';
import { hexRanges } from '../import/ranges.ts';
import {
  COUNT_CONTACTS,
  COUNT_EVENTS,
  COUNT_NOTES,
  DELETE_CONTACTS,
  DELETE_EVENTS,
  NOTES,
  OF_LEAVERS,
  REJECTS,
} from './deletion.sql.ts';

/** How much a dataset brought. */
export interface BroughtCounts {
  /** Contacts of the dataset. */
  all: number;
  /** Contacts that only it brought and that may be deleted. */
  only: number;
  /** Contacts that only it brought and that denied a consent. */
  unsubscribed: number;
  /** Events that only it brought. */
  events: number;
}

/** What a dataset brought, and how it is deleted. Each step may run again with the same result. */
@Injectable()
export class ProvenanceRepository {
  constructor(
    private readonly warehouse: Warehouse,
    private readonly writer: ContactWriter,
  ) {}

  async counts(account: AccountId, dataset: string): Promise<BroughtCounts> {
    const params = { account, dataset };
    const sum: BroughtCounts = { all: 0, only: 0, unsubscribed: 0, events: 0 };
    for (const range of await this.ranges(account, dataset)) {
      const counts = await this.warehouse.one<Omit<BroughtCounts, 'events'>>(COUNT_CONTACTS, { ...params, ...range });
      const { events } = await this.warehouse.one<{ events: number }>(COUNT_EVENTS, { ...params, ...range });
      sum.all += counts.all;
      sum.only += counts.only;
      sum.unsubscribed += counts.unsubscribed;
      sum.events += events;
    }
    return sum;
  }

  /** Deletes the contacts and events that only this dataset brought; its notes go last, because they say which. */
  async delete(account: AccountId, dataset: string, at: Date): Promise<void> {
    const params = { account, dataset, at: at.getTime(), version: at.getTime() * 1000 };
    for (const range of await this.ranges(account, dataset)) {
      // an upsert in between would be lost
      for (const statement of [DELETE_EVENTS, DELETE_CONTACTS])
        await this.writer.inTurn(() => this.warehouse.command(statement, { ...params, ...range }));
    }
    for (const table of ['identities', 'consent_statements', 'imported_rows'])
      await this.warehouse.erase(table, OF_LEAVERS, { account, dataset });
    for (const table of ['dataset_events', 'dataset_contacts'])
      await this.warehouse.erase(table, NOTES, { account, dataset });
  }

  async deleteRejects(account: AccountId, imports: string[]): Promise<void> {
    await this.warehouse.erase('import_rejects', REJECTS, { account, imports });
  }

  private async ranges(account: AccountId, dataset: string) {
    const { notes } = await this.warehouse.one<{ notes: number }>(COUNT_NOTES, { account, dataset });
    return hexRanges(notes);
  }
}
