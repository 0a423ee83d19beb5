import { adoptedId, distinction, isMarked, markOf } from '../adoption.ts';
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

  ensureAudience(
    segment: Segment,
    options: GoogleOptions,
    known?: RemoteAudience,
    others: ReadonlySet<string> = new Set(),
  ): Promise<RemoteAudience> {
    return plain(async () => {
      const wanted = wantedOf(segment, options);
      const adopted = adoptedId(segment, options.listId);
      const list = known
        ? await this.known(known)
        : adopted
          ? await this.adopted(adopted)
          : await this.createdOrAdopted(wanted, others);
      const name = await this.bringUpToDate(list, wanted);
      return {
        id: list.id,
        name,
        url: 'https://ads.google.com/aw/audiences/management',
        membershipDays: wanted.fields.membershipDays,
      };
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

  /**
   * A list that is there under the name already is ours from an interrupted run, or meant to be taken over, unless it
   * belongs to another segment: names are unique at Google, so ours is then made under one that is told apart.
   */
  private async createdOrAdopted({ fields, otherName, mark }: Wanted, others: ReadonlySet<string>): Promise<UserList> {
    for (const name of [fields.name, otherName]) {
      const created = await this.driver.create({ ...fields, name });
      if (created) return usable(created);
      const list = await this.driver.findByName(name);
      if (!list) break;
      const isOurs = mark !== undefined && list.description.endsWith(mark);
      if (isOurs || !(isMarked(list.description) || others.has(list.id))) return usable(list);
    }
    throw nameTaken();
  }

  private async adopted(id: string): Promise<UserList> {
    const list = await this.driver.find(id);
    if (list) return usable(list);
    throw new DestinationError('config', `There is no list ${id} in this Google Ads account.`, {
      vendorCode: 'INVALID_USER_LIST_ID',
    });
  }

  /** @returns the name that the list has then: another list may have the one wanted, and keeps it while it does */
  private async bringUpToDate(list: UserList, { fields, otherName }: Wanted): Promise<string> {
    const stays = list.name === otherName && (await this.driver.findByName(fields.name)) !== undefined;
    const name = stays ? otherName : fields.name;
    const changes = {
      ...(list.name === name ? {} : { name }),
      ...(list.description === fields.description ? {} : { description: fields.description }),
      ...(list.membershipDays === fields.membershipDays ? {} : { membershipDays: fields.membershipDays }),
      ...(list.open ? {} : { open: true as const }),
    };
    if (Object.keys(changes).length === 0 || (await this.driver.update(list.id, changes))) return name;
    if (name === otherName || !(await this.driver.update(list.id, { ...changes, name: otherName }))) throw nameTaken();
    return otherName;
  }
}

/** What a segment's list is to be. */
interface Wanted {
  fields: ListFields;
  /** Its name while another list has the one wanted. */
  otherName: string;
  /** Ends the description and tells whose the list is. */
  mark: string | undefined;
}

function wantedOf({ id, key, name, description }: Segment, { membershipDays }: GoogleOptions): Wanted {
  const mark = id && markOf(id);
  const [nameEnd, descriptionEnd] = [` ${distinction(id ?? key)}`, mark ? ` ${mark}` : ''];
  return {
    fields: {
      name: cut(name, NAME_LENGTH),
      description: `${cut(description, DESCRIPTION_LENGTH - descriptionEnd.length)}${descriptionEnd}`.trim(),
      membershipDays: membershipDays ?? LONGEST_MEMBERSHIP,
    },
    otherName: cut(name, NAME_LENGTH - nameEnd.length) + nameEnd,
    mark,
  };
}

const nameTaken = () => failure([{ code: 'DISPLAY_NAME_ALREADY_USED' }]);

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
