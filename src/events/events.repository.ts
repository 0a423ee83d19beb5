import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
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

  /** Those of some events that are stored already, as `stream\nid` of their contact. */
  async stored(account: AccountId, rows: EventRow[]): Promise<Set<string>> {
    const found = await this.warehouse.query<{ stream: string; contact_id: string; event_id: string }>(
      `SELECT DISTINCT toString(stream) AS stream, contact_id, event_id FROM events
       WHERE account_id = {account:String} AND stream IN {streams:Array(String)}
         AND contact_id IN {contacts:Array(String)} AND event_id IN {ids:Array(String)}`,
      {
        account,
        streams: [...new Set(rows.map(({ stream }) => stream))],
        contacts: [...new Set(rows.map(({ contact_id }) => contact_id))],
        ids: [...new Set(rows.map(({ event_id }) => event_id))],
      },
    );
    return new Set(found.map(eventKey));
  }

  async insert(account: AccountId, rows: EventRow[], at: Date): Promise<void> {
    const version = at.getTime() * 1000;
    await this.warehouse.insert(
      'events',
      rows.map((row) => ({ account_id: account, ...row, version })),
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
