import type { Batch, Confirmation, EncodedMember, Json, Prerequisite, Receipt, Upload } from '../destination.ts';
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
  /** People in it on the networks where it is smallest and largest; undefined where Google does not say. */
  size?: { from: number; to: number };
  /** Percent of the uploaded people that Google matched. */
  matchRatePercent?: number;
}

/** Sizes that Google tells for several networks, as one range. */
export function sizeOf(...counts: (string | number | undefined | null)[]): UserList['size'] {
  const known = counts.flatMap((count) => (count === undefined || count === null ? [] : Number(count)));
  return known.length > 0 ? { from: Math.min(...known), to: Math.max(...known) } : undefined;
}

/** A confirmation with what Google counts in the list by now. A list that cannot be read does not undo it. */
export async function withSize(
  confirmation: Confirmation,
  read: () => Promise<UserList | undefined>,
): Promise<Confirmation> {
  if (confirmation.state === 'pending' || confirmation.state === 'failed') return confirmation;
  const list = await read().catch(() => undefined);
  const rate = list?.matchRatePercent ? `${list.matchRatePercent} %` : undefined;
  return {
    ...confirmation,
    ...(list?.size ? { audienceSize: list.size } : {}),
    ...(confirmation.matchRate || !rate ? {} : { matchRate: rate }),
  };
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
  /** @returns false, having changed nothing, when the name is taken */
  update(id: string, changes: Partial<ListFields> & { open?: true }): Promise<boolean>;
  send(batch: Batch<GoogleOptions>): Promise<Receipt>;
  finish(upload: Upload<GoogleOptions>): Promise<Receipt>;
  /** @param listId whose size to tell beside, once nothing is pending any more */
  confirm(tickets: Json[], listId: string): Promise<Confirmation>;
  /** `send`, of an upload that brings everybody. */
  replace(batch: Batch<GoogleOptions>): Promise<Receipt>;
  sweep(upload: Upload<GoogleOptions>, tickets: Json[]): Promise<Receipt>;
  rehearse(batch: Batch<GoogleOptions>): Promise<Receipt>;
  /** Every list of the account, whoever made it. */
  all(): Promise<UserList[]>;
  /** Takes people out of lists that take changes. */
  eraseFrom(lists: UserList[], members: EncodedMember[]): Promise<Receipt>;
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
