import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { API } from '../contacts/provenance.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';

export interface EventRow {
  stream: string;
  contact_id: string;
  event_id: string;
  /** ISO 8601 with milliseconds. */
  time: string;
  value: number;
  properties: Record<string, string>;
}

/** Events that come in one by one. */
@Injectable()
export class EventsRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** When those of some events that are stored already were, by `eventKey`. */
  async stored(account: AccountId, rows: EventRow[]): Promise<Map<string, Date>> {
    if (rows.length === 0) return new Map();
    const found = await this.warehouse.query<Pick<EventRow, 'stream' | 'contact_id' | 'event_id'> & { ms: number }>(
      `SELECT toString(stream) AS stream, contact_id, event_id, toFloat64(intDiv(min(version), 1000)) AS ms FROM events FINAL
       WHERE account_id = {account:String} AND stream IN {streams:Array(String)}
         AND contact_id IN {contacts:Array(String)} AND event_id IN {ids:Array(String)}
       GROUP BY stream, contact_id, event_id`,
      {
        account,
        streams: [...new Set(rows.map(({ stream }) => stream))],
        contacts: [...new Set(rows.map(({ contact_id }) => contact_id))],
        ids: [...new Set(rows.map(({ event_id }) => event_id))],
      },
    );
    return new Map(found.map((row) => [eventKey(row), new Date(row.ms)]));
  }

  async insert(account: AccountId, rows: EventRow[], at: Date): Promise<void> {
    const version = at.getTime() * 1000;
    await this.warehouse.insert(
      'events',
      rows.map((row) => ({ account_id: account, ...row, version })),
    );
  }

  /** Notes that events were posted, also those that a dataset brought before. */
  async notePosted(account: AccountId, rows: EventRow[]): Promise<void> {
    await this.warehouse.insert(
      'dataset_events',
      rows.map(({ stream, contact_id, time, event_id }) => ({
        account_id: account,
        dataset_id: API,
        stream,
        contact_id,
        time,
        event_id,
      })),
    );
  }

  /** Which of some contacts exist. */
  async existing(account: AccountId, contactIds: string[]): Promise<Set<string>> {
    const rows = await this.warehouse.query<{ contact_id: string }>(
      `SELECT contact_id FROM contacts FINAL
       WHERE account_id = {account:String} AND contact_id IN {ids:Array(String)} AND deleted = 0`,
      { account, ids: contactIds },
    );
    return new Set(rows.map(({ contact_id }) => contact_id));
  }
}

export const eventKey = ({ stream, contact_id, event_id }: Pick<EventRow, 'stream' | 'contact_id' | 'event_id'>) =>
  `${stream}\n${contact_id}\n${event_id}`;
