import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import { AccountId, type Caller, ROLES } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { type IdentityKind, lookupKeys } from '../identity/identity-keys.ts';
import { type ContactField, fieldsIn } from './contact-fields.ts';
import type { FindContactsQuery } from './contacts.dto.ts';
import { type ContactRecord, ContactsRepository } from './contacts.repository.ts';
import { DatasetsRepository } from './datasets.repository.ts';
import { contactIdOf } from './import/identifiers.ts';
import { StoredFiles } from './stored-files.ts';
import { type Trait, TraitsRepository } from './traits.repository.ts';
import { isoDay } from './values/date.ts';
import { mask } from './values/mask.ts';

/** A contact as the API shows it. */
export interface ContactView {
  id: string;
  emails: string[];
  phones: string[];
  emailHashes: string[];
  phoneHashes: string[];
  mobileAdIds: string[];
  externalIds: string[];
  firstName: string;
  lastName: string;
  gender: string;
  birthDate: string;
  street: string;
  city: string;
  region: string;
  postalCode: string;
  country: string;
  consent: Record<string, string>;
  traits: Record<string, number | string | boolean>;
  /** True when identifiers are masked because the key's role may not see them. */
  masked: boolean;
  createdAt: string;
  updatedAt: string;
}

/** What other features ask about contacts. */
@Injectable()
export class ContactsService {
  constructor(
    private readonly contacts: ContactsRepository,
    private readonly traits: TraitsRepository,
    private readonly datasets: DatasetsRepository,
    private readonly files: StoredFiles,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  /** All traits of an account's contacts, by name; contact fields come last. */
  catalogue(account: AccountId): Promise<Trait[]> {
    return this.traits.list(account);
  }

  /**
   * Guards what was trained before a trait was renamed or deleted: its values are not found any more.
   * @throws Problem 409 `trait_changed`
   */
  async assertTraits(account: AccountId, names: string[]): Promise<void> {
    const known = new Set((await this.catalogue(account)).map(({ name }) => name));
    const missing = names.filter((name) => !known.has(name)).map((name) => `"${name}"`);
    if (missing.length === 0) return;
    const message = `The version was trained with traits that were renamed or deleted since: ${missing.join(', ')}. Train another version.`;
    throw Problem.conflict('trait_changed', message);
  }

  /** The contact fields that no trait of the account hides. */
  async fields(account: AccountId): Promise<ContactField[]> {
    return fieldsIn(await this.catalogue(account));
  }

  /** When the newest finished import ended, or nothing when there was none. */
  newestImportAt(account: AccountId): Promise<Date | null> {
    return this.datasets.newestImportAt(account);
  }

  async exists(account: AccountId, id: string): Promise<boolean> {
    return (await this.contacts.find(account, id)) !== undefined;
  }

  /** What an erasure needs before it deletes: the digests by which the person would be known again. */
  identitiesOf(account: AccountId, id: string): Promise<{ kind: string; hash: string }[]> {
    return this.contacts.identitiesOf(account, id);
  }

  /**
   * Ids under which an import may bring a person back who is deleted: their own, and those that their identities would
   * found. Not those that other contacts have.
   */
  async idsToReturnAs(account: AccountId, id: string, identities: { kind: string; hash: string }[]): Promise<string[]> {
    const founded = identities.map(({ kind, hash }) => contactIdOf(account, kind as IdentityKind, hash));
    const others = new Set(await this.contacts.existing(account, founded));
    return [id, ...new Set(founded.filter((each) => each !== id && !others.has(each)))];
  }

  /** Whether files that were stored until a time are still being imported. */
  isImporting(account: AccountId, at: Date): Promise<boolean> {
    return this.datasets.isImporting(account, at);
  }

  /**
   * Deletes contacts and everything known of them, and the stored files that they may stand in and that were there at a
   * time: a file that is still needed is sent again. @returns ids of the datasets whose file was deleted
   */
  async erase(account: AccountId, ids: string[], at: Date): Promise<string[]> {
    await this.contacts.erase(account, ids);
    return this.files.deleteForErasure(account, at);
  }

  async count(account: AccountId): Promise<{ total: number; asOf: Date }> {
    return { total: await this.contacts.count(account), asOf: this.clock.now() };
  }

  async streams(account: AccountId) {
    return { items: await this.contacts.streams(account), asOf: this.clock.now() };
  }

  /** One contact. Roles below marketer see identifiers masked; who looks is in the audit log. */
  async get(caller: Caller, id: string): Promise<ContactView> {
    const record = await this.contacts.find(caller.accountId, id);
    if (!record) throw Problem.notFound('contact', id);
    const [view] = await this.view(caller, [record]);
    return view!;
  }

  /** Contacts that a given identifier belongs to. @throws Problem when no usable identifier is given */
  async find(caller: Caller, query: FindContactsQuery): Promise<{ items: ContactView[] }> {
    const list = (value: string | undefined) => (value ? [value] : undefined);
    const keys = lookupKeys(
      {
        id: '',
        emails: list(query.email),
        phones: list(query.phone),
        externalIds: list(query.externalId),
        mobileAdIds: list(query.mobileAdId),
      },
      { defaultCountry: query.country, namespace: query.externalIdNamespace },
    );
    if (keys.length === 0) {
      throw Problem.invalid('', 'no_identifier', 'Give a usable email, phone, externalId or mobileAdId to look for.');
    }
    return { items: await this.view(caller, await this.contacts.findByIdentity(caller.accountId, keys)) };
  }

  private async view(caller: Caller, records: ContactRecord[]): Promise<ContactView[]> {
    const open = ROLES.indexOf(caller.role) >= ROLES.indexOf('marketer');
    const catalogue = await this.catalogue(caller.accountId);
    for (const { contact_id } of records)
      await this.accounts.audit(caller, 'contact.view', contact_id, { identifiers: open ? 'shown' : 'masked' });
    return records.map((record) => viewOf(record, catalogue, open));
  }
}

function viewOf(record: ContactRecord, catalogue: Trait[], open: boolean): ContactView {
  const one = (value: string) => (open || value === '' ? value : mask(value));
  const all = (values: string[]) => values.map(one);
  return {
    id: record.contact_id,
    emails: all(record.emails),
    phones: all(record.phones),
    emailHashes: all(record.email_hashes),
    phoneHashes: all(record.phone_hashes),
    mobileAdIds: all(record.mobile_ad_ids),
    externalIds: all(record.external_ids),
    firstName: one(record.first_name),
    lastName: one(record.last_name),
    gender: record.gender,
    birthDate: one(record.birth_date),
    street: one(record.street),
    city: record.city,
    region: record.region,
    postalCode: one(record.postal_code),
    country: record.country,
    consent: record.consent,
    traits: traitValues(record, catalogue),
    masked: !open,
    createdAt: record.created_at,
    updatedAt: record.updated_at,
  };
}

/** Stored numbers back in the form of their types. */
function traitValues(record: ContactRecord, catalogue: Trait[]): ContactView['traits'] {
  const types = new Map(catalogue.map((trait) => [trait.name, trait.type]));
  const numbers = Object.entries(record.num).map(([name, value]): [string, number | string | boolean] => {
    const type = types.get(name);
    return [name, type === 'boolean' ? value === 1 : type === 'date' ? isoDay(value) : value];
  });
  return Object.fromEntries([...numbers, ...Object.entries(record.cat)]);
}
