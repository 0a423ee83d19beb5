import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';

/** An event that is stored, and whose it is. */
export interface StoredEvent {
  id: string;
  stream: string;
  contactId: string;
  /** What the sender calls the event's contact. */
  reference?: string;
  /** When it was stored, of one that comes again. */
  storedBefore?: Date;
}

export type EventListener = (account: AccountId, events: StoredEvent[]) => Promise<void>;

/**
 * Where features ask to be told of events that came in one by one. A sender that got no answer repeats its events, and
 * for a day they are told of again: listeners only enqueue jobs, which know an event by its id.
 */
@Injectable()
export class EventListeners {
  private readonly listeners: EventListener[] = [];

  onStored(listener: EventListener): void {
    this.listeners.push(listener);
  }

  async tell(account: AccountId, events: StoredEvent[]): Promise<void> {
    for (const listener of this.listeners) await listener(account, events);
  }
}
