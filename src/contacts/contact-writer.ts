import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { IdentityKind } from '../identity/identity-keys.ts';
import { categoryOf, type Traits } from '../models/table.ts';
import type { FieldSource } from './contact-fields.ts';
import { ErasedPeople } from './erased-people.ts';
import { contactIdOf, type Identifier, unscoped } from './import/identifiers.ts';
import { type MergeInput, MergeRepository } from './import/merge.repository.ts';
import { StagingRepository } from './import/staging.repository.ts';
import { INFORM } from './provenance.ts';
import { TraitsRepository } from './traits.repository.ts';

/** A contact as a request brings it: what it is known by, and what is new of it. */
export interface ContactChange {
  /** The contact that it is, where that is known already. */
  contactId?: string;
  /** The surest first: it founds the contact when nobody has it yet. At least one. */
  identifiers: Identifier[];
  /** Address, gender and birth date. */
  fields: Partial<FieldSource>;
  traits: Traits;
}

/** Writes single contacts by the very statements that imports use, so that both mean the same. */
@Injectable()
export class ContactWriter {
  /**
   * One write after the other in this process; another process, or an import under way, may still write the same
   * contact: the last one wins whole.
   */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly warehouse: Warehouse,
    private readonly staging: StagingRepository,
    private readonly merges: MergeRepository,
    private readonly traits: TraitsRepository,
    private readonly erased: ErasedPeople,
    private readonly clock: Clock,
  ) {}

  /**
   * Creates or updates contacts: lists grow, given traits replace, nothing is taken away. The trait names must be those
   * of the catalogue. @returns the ids, in the order given; null for people who were erased: nothing of them is stored
   */
  upsert(account: AccountId, changes: ContactChange[]): Promise<(string | null)[]> {
    return this.inTurn(() => this.write(account, changes));
  }

  /** Does other work on contacts after the writes before it, and before those after it. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work);
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  private async write(account: AccountId, changes: ContactChange[]): Promise<(string | null)[]> {
    const identifiers = changes.flatMap((change) => change.identifiers);
    const isErased = await this.erased.among(account, identifiers);
    const ids = changes.map((change) => {
      const [first] = change.identifiers;
      if (change.identifiers.some(isErased)) return null;
      return change.contactId ?? contactIdOf(account, first!.kind, first!.hash);
    });
    const stored = changes.flatMap((change, i) => (ids[i] === null ? [] : [{ ...change, contactId: ids[i]! }]));
    if (stored.length > 0) await this.merge(account, stored);
    return ids;
  }

  private async merge(account: AccountId, changes: (ContactChange & { contactId: string })[]) {
    const importId = `upsert-${randomUUID()}`;
    const names = (of: 'num' | 'cat') => [...new Set(changes.flatMap(({ traits }) => Object.keys(traits[of])))];
    const input: MergeInput = {
      importId,
      datasetId: INFORM,
      moved: false,
      statements: [],
      clears: false,
      uploadedAt: this.clock.now(),
      bytesFirstUploadedAt: this.clock.now(),
      numberNames: names('num'),
      categoryNames: names('cat'),
      startedAt: this.clock.now(),
    };
    try {
      const rows = changes.map((change, line) => stagedRow(account, input, change, line));
      await this.warehouse.insert('import_contacts', rows);
      await this.traits.noteSource(account, INFORM, [...input.numberNames, ...input.categoryNames]);
      await this.merges.noteContacts(account, input);
      await this.merges.mergeContacts(account, input, rows.length);
      await this.merges.indexIdentities(account, input);
      await this.merges.shareStatements(account, input, rows.length);
    } finally {
      await this.staging.drop(importId);
    }
  }
}

/** A row of `import_contacts`; what it does not name is empty. */
function stagedRow(account: AccountId, input: MergeInput, change: ContactChange & { contactId: string }, line: number) {
  const { identifiers, fields, traits } = change;
  const inNamespace = identifiers.filter(({ namespace }) => namespace !== '');
  const values = (kind: IdentityKind, digest: boolean) =>
    identifiers.filter((each) => each.kind === kind && each.digest === digest).map(({ value }) => value);
  return {
    account_id: account,
    import_id: input.importId,
    contact_id: change.contactId,
    line,
    denied: 0,
    emails: values('email', false),
    phones: values('phone', false),
    email_hashes: values('email', true),
    phone_hashes: values('phone', true),
    mobile_ad_ids: values('madid', false),
    external_ids: values('external', false),
    gender: fields.gender ?? '',
    birth_date: fields.birthDate ?? '',
    city: fields.city ?? '',
    region: fields.region ?? '',
    postal_code: fields.postalCode ?? '',
    country: fields.country ?? '',
    statements: [],
    nums: input.numberNames.map((name) => (Object.hasOwn(traits.num, name) ? traits.num[name] : 'nan')),
    cats: input.categoryNames.map((name) => categoryOf(traits, name)),
    id_kinds: [...identifiers.map((each) => each.kind), ...inNamespace.map(() => 'external-any')],
    id_namespaces: [...identifiers, ...inNamespace].map(({ namespace }) => namespace),
    id_hashes: [...identifiers.map(({ hash }) => hash), ...inNamespace.map(unscoped)],
    id_ranks: [...identifiers, ...inNamespace].map(() => 0),
  };
}
