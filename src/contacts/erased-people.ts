import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import {
  COUNT_BLOCKED,
  COUNT_DROPPED,
  COUNT_LINES,
  MATCHES,
  NOTE_ERASED,
  NOTE_LINES,
  OF_ERASURE,
  OF_LINES,
  REJECT_ERASED,
  SHARED,
} from './erased-people.sql.ts';
import { REJECTS } from './import/rejects.ts';

/** Where rows of an import stand before they are merged. */
const STAGED = ['import_contacts', 'import_events', 'import_orders', 'import_rejects'];

/** An identity as it is stored: its kind, and the digest of its canonical form. */
export interface IdentityDigest {
  kind: string;
  hash: string;
}

/**
 * People who were erased do not come back: their identities are remembered as digests, and rows that name one are
 * dropped until the block is lifted. An identity that another contact had as well, such as the phone of a household, says
 * nothing about a row.
 */
@Injectable()
export class ErasedPeople {
  constructor(
    private readonly warehouse: Warehouse,
    private readonly clock: Clock,
  ) {}

  /** Remembers the identities of a contact. */
  async block(account: AccountId, erasure: string, contact: string, identities: IdentityDigest[]): Promise<void> {
    if (identities.length === 0) return;
    const hashes = identities.map(({ hash }) => hash);
    const others = await this.warehouse.query<IdentityDigest>(SHARED, { account, contact, hashes });
    const shared = new Set(others.map(nameOf));
    const rows = identities.map((each) => ({ ...each, shared: shared.has(nameOf(each)) ? 1 : 0 }));
    await this.write(account, erasure, rows, 1);
  }

  /** Forgets the identities of an erasure. @returns those that no other erasure remembers */
  async lift(account: AccountId, erasure: string): Promise<IdentityDigest[]> {
    const rows = await this.warehouse.query<IdentityDigest & { shared: number; elsewhere: number }>(OF_ERASURE, {
      account,
      erasure,
    });
    await this.write(account, erasure, rows, 0);
    return rows.filter(({ elsewhere }) => elsewhere === 0).map(({ kind, hash }) => ({ kind, hash }));
  }

  /** Which of some identities are those of people who were erased. */
  async among(account: AccountId, identities: IdentityDigest[]): Promise<(identity: IdentityDigest) => boolean> {
    const hashes = identities.map(({ hash }) => hash);
    const found = hashes.length > 0 ? await this.warehouse.query<IdentityDigest>(MATCHES, { account, hashes }) : [];
    const names = new Set(found.map(nameOf));
    return (identity) => names.has(nameOf(identity));
  }

  /** Takes the staged rows of people who were erased out of an import, and rejects their lines. */
  async drop(account: AccountId, importId: string): Promise<void> {
    const params = { account, importId };
    const { blocked } = await this.warehouse.one<{ blocked: number }>(COUNT_BLOCKED, params);
    if (blocked === 0) return;
    await this.warehouse.command(NOTE_ERASED, params);
    await this.warehouse.command(NOTE_LINES, params);
    const { lines } = await this.warehouse.one<{ lines: number }>(COUNT_LINES, params);
    if (lines === 0) return;
    for (const table of STAGED) await this.warehouse.erase(table, OF_LINES, params);
    await this.warehouse.command(REJECT_ERASED, { ...params, text: REJECTS.erased_person });
  }

  /** How many rows of an import were dropped. */
  async dropped(account: AccountId, importId: string): Promise<number> {
    return (await this.warehouse.one<{ rows: number }>(COUNT_DROPPED, { account, importId })).rows;
  }

  private async write(
    account: AccountId,
    erasure: string,
    rows: (IdentityDigest & { shared: number })[],
    active: 0 | 1,
  ): Promise<void> {
    const version = this.clock.now().getTime();
    await this.warehouse.insert(
      'erased_identities',
      rows.map(({ kind, hash, shared }) => ({
        account_id: account,
        kind,
        hash,
        erasure_id: erasure,
        shared,
        active,
        version,
      })),
    );
  }
}

const nameOf = ({ kind, hash }: IdentityDigest): string => `${kind}:${hash}`;
