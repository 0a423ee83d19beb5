import type { Batch, Confirmation, Json, Prerequisite, Receipt, Upload } from '../destination.ts';
import type { GoogleOptions } from './settings.ts';

/** A Customer Match list as far as Reach cares. */
export interface UserList {
  id: string;
  name: string;
  description: string;
  membershipDays: number;
  /** False when Google closed it for lack of use; it then takes no members. */
  open: boolean;
  readOnly: boolean;
  /** Takes e-mail, phone and address; true unless Google says that it does not. */
  takesContacts: boolean;
}

/** The part of a list that Reach sets. */
export type ListFields = Pick<UserList, 'name' | 'description' | 'membershipDays'>;

/** One of Google's two ways in. `destination.ts` is the same over both. */
export interface Driver {
  check(): Promise<Prerequisite[]>;
  /** @returns undefined when Google does not know the id */
  find(id: string): Promise<UserList | undefined>;
  findByName(name: string): Promise<UserList | undefined>;
  /** @returns undefined when the name is taken */
  create(fields: ListFields): Promise<UserList | undefined>;
  update(id: string, changes: Partial<ListFields> & { open?: true }): Promise<void>;
  send(batch: Batch<GoogleOptions>): Promise<Receipt>;
  finish(upload: Upload<GoogleOptions>): Promise<Receipt>;
  confirm(tickets: Json[]): Promise<Confirmation>;
  close(): Promise<void>;
}

/** Consent of an upload: what the contacts say, else what the delivery says; undefined when neither says anything. */
export function consentOf({ consent, options }: Upload<GoogleOptions>) {
  const pick = (stated: string, fallback: string | undefined) => {
    const state = stated === 'unspecified' ? fallback : stated;
    return state === 'granted' || state === 'denied' ? state : undefined;
  };
  return {
    adUserData: pick(consent.adUserData, options.adUserData),
    adPersonalization: pick(consent.adPersonalization, options.adPersonalization),
  };
}
