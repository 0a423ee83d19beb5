import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { API } from '../contacts/provenance.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';

/** An event as it is stored. */
export interface EventRow {
  stream: string;
  contact_id: string;
  event_id: string;
  /** ISO 8601 with milliseconds. */
  time: string;
  /** With six decimals; null of an event without a value. */
  value: number | null;
  properties: Record<string, string>;
}

/** A stored event with the microsecond since 1970 when it was stored or last corrected. */
export interface KnownEvent extends EventRow {
  version: number;
}

/** Events that come in one by one. */
@Injectable()
export class EventsRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** Those of some events that are stored already, by `eventKey`. */
  async stored(account: AccountId, events: EventName[]): Promise<Map<string, KnownEvent>> {
    if (events.length === 0) return new Map();
    const found = await this.warehouse.query<KnownEvent>(
      `SELECT toString(stream) AS stream, contact_id, event_id, time, value, properties, version FROM events FINAL
       WHERE account_id = {account:String} AND stream IN {streams:Array(String)}
         AND contact_id IN {contacts:Array(String)} AND event_id IN {ids:Array(String)}`,
      {
        account,
        streams: [...new Set(events.map(({ stream }) => stream))],
        contacts: [...new Set(events.map(({ contact_id }) => contact_id))],
        ids: [...new Set(events.map(({ event_id }) => event_id))],
      },
    );
    return new Map(found.map((row) => [eventKey(row), row]));
  }

  /** Stores events; each replaces the one that is stored under its key. */
  async insert(account: AccountId, rows: KnownEvent[]): Promise<void> {
    await this.warehouse.insert(
      'events',
      rows.map((row) => ({ account_id: account, ...row })),
    );
  }

  /** Notes that events were posted, also those that a dataset brought before. */
  async notePosted(account: AccountId, events: EventName[]): Promise<void> {
    await this.warehouse.insert(
      'dataset_events',
      events.map(({ stream, contact_id, event_id }) => ({
        account_id: account,
        dataset_id: API,
        stream,
        contact_id,
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

/** What makes two events the same one. */
export type EventName = Pick<EventRow, 'stream' | 'contact_id' | 'event_id'>;

export const eventKey = ({ stream, contact_id, event_id }: EventName): string =>
  `${stream}\n${contact_id}\n${event_id}`;
