import { adoptedId } from '../adoption.ts';
import type {
  Batch,
  Confirmation,
  Destination,
  EncodedMember,
  Json,
  Prerequisite,
  Receipt,
  RemoteAudience,
  Segment,
  Upload,
} from '../destination.ts';
import { DestinationError } from '../errors.ts';
import type { Driver, ListFields, UserList } from './driver.ts';
import { failure } from './failure.ts';
import { LONGEST_MEMBERSHIP } from './limits.ts';
import type { GoogleOptions } from './settings.ts';

/** Google publishes no lengths; these are what its own pages show in full. */
const NAME_LENGTH = 255;
const DESCRIPTION_LENGTH = 500;

/** A Google Ads account that takes audiences, over either of its two APIs. */
export class GoogleDestination implements Destination<GoogleOptions> {
  constructor(private readonly driver: Driver) {}

  check(): Promise<Prerequisite[]> {
    return plain(() => this.driver.check());
  }

  ensureAudience(segment: Segment, options: GoogleOptions, known?: RemoteAudience): Promise<RemoteAudience> {
    return plain(async () => {
      const wanted: ListFields = {
        name: cut(segment.name, NAME_LENGTH),
        description: cut(segment.description, DESCRIPTION_LENGTH),
        membershipDays: options.membershipDays ?? LONGEST_MEMBERSHIP,
      };
      const adopted = adoptedId(segment, options.listId);
      const list = known
        ? await this.known(known)
        : adopted
          ? await this.adopted(adopted)
          : await this.createdOrAdopted(wanted);
      await this.bringUpToDate(list, wanted);
      return { id: list.id, name: wanted.name, url: 'https://ads.google.com/aw/audiences/management' };
    });
  }

  add(batch: Batch<GoogleOptions>): Promise<Receipt> {
    return plain(() => this.driver.send(batch));
  }

  remove(batch: Batch<GoogleOptions>): Promise<Receipt> {
    return plain(() => this.driver.send(batch));
  }

  finish(upload: Upload<GoogleOptions>): Promise<Receipt> {
    return plain(() => this.driver.finish(upload));
  }

  confirm(upload: Upload<GoogleOptions>, tickets: Json[]): Promise<Confirmation> {
    return plain(async () =>
      tickets.length > 0
        ? this.driver.confirm(tickets, upload.audience.id)
        : { state: 'confirmed', detail: 'There was nothing to send.', received: 0, rejects: [], warnings: [] },
    );
  }

  replace(batch: Batch<GoogleOptions>): Promise<Receipt> {
    return plain(() => this.driver.replace(batch));
  }

  sweep(upload: Upload<GoogleOptions>, tickets: Json[]): Promise<Receipt> {
    return plain(() => this.driver.sweep(upload, tickets));
  }

  rehearse(batch: Batch<GoogleOptions>): Promise<Receipt> {
    return plain(() => this.driver.rehearse(batch));
  }

  erase(members: EncodedMember[]): Promise<Receipt> {
    return plain(async () => {
      if (members.length === 0) return { outcomes: [], unattributedRejects: 0, warnings: [] };
      const lists = (await this.driver.all()).filter(({ takesContacts }) => takesContacts);
      const [open, shut] = [lists.filter(takesChanges), lists.filter((list) => !takesChanges(list))];
      const receipt = await this.driver.eraseFrom(open, members);
      const warnings = shut.map(
        ({ id, readOnly }) =>
          `List ${id} is ${readOnly ? "someone else's" : 'closed'} and could not be looked through for these people.`,
      );
      return { ...receipt, warnings: [...receipt.warnings, ...warnings] };
    });
  }

  close(): Promise<void> {
    return plain(() => this.driver.close());
  }

  private async known({ id, name }: RemoteAudience): Promise<UserList> {
    const list = await this.driver.find(id);
    if (list) return list;
    throw new DestinationError(
      'audience-missing',
      `The list "${name}" (${id}) no longer exists in Google Ads. Let the delivery create it again, or restore it there.`,
      { vendorCode: 'INVALID_USER_LIST_ID' },
    );
  }

  /** A list that is there under the name already is ours from an interrupted run, or meant to be taken over. */
  private async createdOrAdopted(wanted: ListFields): Promise<UserList> {
    const list = (await this.driver.create(wanted)) ?? (await this.driver.findByName(wanted.name));
    if (!list) throw failure([{ code: 'DISPLAY_NAME_ALREADY_USED' }]);
    return usable(list);
  }

  private async adopted(id: string): Promise<UserList> {
    const list = await this.driver.find(id);
    if (list) return usable(list);
    throw new DestinationError('config', `There is no list ${id} in this Google Ads account.`, {
      vendorCode: 'INVALID_USER_LIST_ID',
    });
  }

  private async bringUpToDate(list: UserList, wanted: ListFields): Promise<void> {
    const changes = {
      ...(list.name === wanted.name ? {} : { name: wanted.name }),
      ...(list.description === wanted.description ? {} : { description: wanted.description }),
      ...(list.membershipDays === wanted.membershipDays ? {} : { membershipDays: wanted.membershipDays }),
      ...(list.open ? {} : { open: true as const }),
    };
    if (Object.keys(changes).length > 0) await this.driver.update(list.id, changes);
  }
}

/** @throws DestinationError `config` when the list cannot take contacts from us */
function usable(list: UserList): UserList {
  if (!list.takesContacts) throw failure([{ code: 'reach', subcode: 'other_list_type' }]);
  if (list.readOnly) throw failure([{ code: 'reach', subcode: 'read_only' }]);
  return list;
}

const takesChanges = ({ readOnly, open }: UserList): boolean => open && !readOnly;

/** Holds the contract's promise that nothing but a DestinationError comes out; others may hold members or tokens. */
async function plain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DestinationError) throw error;
    throw new DestinationError(
      'unknown',
      `The Google connector failed (${error instanceof Error ? error.name : typeof error}).`,
    );
  }
}

function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
