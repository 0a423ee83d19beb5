import type { RawRecord } from '../files/csv.ts';
import { MULTI_FIELDS, SINGLE_FIELDS } from '../mapping/mapping.ts';
import { DigestSet, RowDigest, recognisesRows } from './digests.ts';
import { EventReader } from './events.ts';
import { type Identifier, unscoped } from './identifiers.ts';
import type { ImportPlan } from './plan.ts';
import { RejectLog } from './rejects.ts';
import { type ContactRow, type RowIdentifier, RowReader } from './row.ts';
import { RowBinaryWriter } from './row-binary.ts';

/** How many rows reached which stage. */
export interface RowCounts {
  received: number;
  parsed: number;
  identified: number;
}

/** Staged rows in RowBinary, ready to insert. */
export interface StagedChunk {
  contacts: Uint8Array<ArrayBuffer>;
  events: Uint8Array<ArrayBuffer>;
  orders: Uint8Array<ArrayBuffer>;
  unchanged: Uint8Array<ArrayBuffer>;
  rejects: Uint8Array<ArrayBuffer>;
}

/** Rows that are recognised by their digests: left out, or the only ones that are read. */
export interface KnownRows {
  digests: Uint8Array;
  are: 'left-out' | 'read';
}

export interface ConverterOptions {
  known?: KnownRows;
  rejects?: RejectLog;
}

const NO_DIGEST = new Uint8Array(8);

/** Turns records into staged rows. One per import, in the worker thread. */
export class Converter {
  readonly counts: RowCounts = { received: 0, parsed: 0, identified: 0 };
  readonly rejects: RejectLog;
  private readonly reader: RowReader;
  private readonly eventReader: EventReader;
  private readonly prefix: Uint8Array;
  private readonly keepsAll: boolean;
  /** Identities that were staged since the last chunk: events of one person bring them again and again. */
  private readonly staged = new Set<string>();
  private readonly contacts = new RowBinaryWriter();
  private readonly unchanged = new RowBinaryWriter();
  private readonly digest?: RowDigest;
  private readonly known: DigestSet;
  private readonly readsKnown: boolean;

  constructor(plan: ImportPlan, now: number, { known, rejects }: ConverterOptions = {}) {
    this.rejects = rejects ?? new RejectLog(plan.account, plan.importId);
    this.reader = new RowReader(plan, this.rejects, now);
    this.eventReader = new EventReader(plan, this.reader, this.rejects);
    this.prefix = RowBinaryWriter.prefix(plan.account, plan.importId);
    this.keepsAll = plan.kind === 'contacts' || plan.createContacts;
    this.digest = recognisesRows(plan) ? new RowDigest(plan) : undefined;
    this.known = new DigestSet(known?.digests ?? new Uint8Array());
    this.readsKnown = known?.are === 'read';
  }

  /** Stages a record. @returns the row that was read, until the next one is; nothing where it has no usable key */
  take(record: RawRecord): ContactRow | undefined {
    this.counts.received++;
    if (record.fault) {
      if (this.readsKnown) return undefined;
      this.rejects.add(record.line, '', record.fault.code, '', record.fault.text);
      return undefined;
    }
    this.counts.parsed++;
    const digest = this.digest?.of(record);
    const isKnown = digest !== undefined && this.known.has(digest);
    if (isKnown !== this.readsKnown) {
      this.counts.identified++;
      if (isKnown) this.leaveOut(digest);
      return undefined;
    }
    const problems = this.rejects.total;
    if (!this.reader.read(record)) {
      if (this.eventReader.readKeyless(record)) this.counts.identified++;
      else this.reader.refuseKey(record);
      return undefined;
    }
    this.counts.identified++;
    this.eventReader.read(record);
    const hasProblem = this.rejects.total > problems;
    if (this.keepsAll || this.isNew(this.reader.row)) this.contact(this.reader.row, hasProblem ? undefined : digest);
    return this.reader.row;
  }

  private leaveOut(digest: Uint8Array): void {
    this.unchanged.raw(this.prefix);
    this.unchanged.raw(digest);
  }

  /** Events so far, and those without a value; parts of orders are not among them. */
  get events(): EventReader['counts'] {
    return this.eventReader.counts;
  }

  /** What was staged since the last call. */
  drain(): StagedChunk {
    this.staged.clear();
    return {
      contacts: this.contacts.drain(),
      events: this.eventReader.rows.drain(),
      orders: this.eventReader.orders.rows.drain(),
      unchanged: this.unchanged.drain(),
      rejects: this.rejects.rows.drain(),
    };
  }

  private isNew(row: ContactRow): boolean {
    const name = row.keys().join();
    if (this.staged.has(name)) return false;
    this.staged.add(name);
    return true;
  }

  /** A row in the form of `STAGED.contacts`. */
  private contact(row: ContactRow, digest: Uint8Array = NO_DIGEST): void {
    const out = this.contacts;
    const { email, phone, mobileAdId, externalId } = row.identifiers;
    out.raw(this.prefix);
    out.text(row.contactId);
    out.int64(row.line);
    out.uint8(row.denied ? 1 : 0);
    this.values(email, false);
    this.values(phone, false);
    this.values(email, true);
    this.values(phone, true);
    this.values(mobileAdId, false);
    this.values(externalId, false);
    for (const field of SINGLE_FIELDS) out.text(row.fields[field]);
    out.int64s(row.statements);
    out.floats(row.numbers);
    out.texts(row.categories);
    this.keys(row);
    out.raw(digest);
  }

  private values(identifiers: Identifier[], digest: boolean): void {
    let count = 0;
    for (const identifier of identifiers) if (identifier.digest === digest) count++;
    this.contacts.count(count);
    for (const identifier of identifiers) if (identifier.digest === digest) this.contacts.text(identifier.value);
  }

  /** What the row can be found by, its lead first; then what it is found by without being recognised by it. */
  private keys(row: ContactRow): void {
    const lead = row.lead()!;
    const all: RowIdentifier[] = [lead];
    for (const field of MULTI_FIELDS) for (const each of row.identifiers[field]) if (each !== lead) all.push(each);
    const more = row.identifiers.externalId.filter(({ namespace }) => namespace !== '');
    const out = this.contacts;
    const count = all.length + more.length;
    out.count(count);
    for (const { kind } of all) out.text(kind);
    for (const _ of more) out.text('external-any');
    out.count(count);
    for (const { namespace } of all) out.text(namespace);
    for (const { namespace } of more) out.text(namespace);
    out.count(count);
    for (const { hash } of all) out.fixed(hash);
    for (const each of more) out.fixed(unscoped(each));
    out.count(count);
    for (const { rank } of all) out.uint8(rank);
    for (const _ of more) out.uint8(0);
  }
}
