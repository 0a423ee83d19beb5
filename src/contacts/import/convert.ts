import type { RawRecord } from '../files/csv.ts';
import { MULTI_FIELDS, SINGLE_FIELDS } from '../mapping/mapping.ts';
import { EventReader } from './events.ts';
import { IDENTIFIERS, type Identifier } from './identifiers.ts';
import type { ImportPlan } from './plan.ts';
import { RejectLog } from './rejects.ts';
import { type ContactRow, RowReader } from './row.ts';
import { numbers, text, texts } from './tsv.ts';

/** How many rows reached which stage. */
export interface RowCounts {
  received: number;
  parsed: number;
  identified: number;
}

/** Staged rows as TabSeparated text, ready to insert, and what became of the records so far. */
export interface StagedChunk {
  contacts: string;
  events: string;
  rejects: string;
}

/** Turns records into staged rows. One per import, in the worker thread. */
export class Converter {
  readonly counts: RowCounts = { received: 0, parsed: 0, identified: 0 };
  readonly rejects: RejectLog;
  private readonly reader: RowReader;
  private readonly events: EventReader;
  private readonly prefix: string;
  private contacts = '';

  constructor(plan: ImportPlan, now: number) {
    this.rejects = new RejectLog(plan.account, plan.importId);
    this.reader = new RowReader(plan, this.rejects, now);
    this.events = new EventReader(plan, this.reader, this.rejects);
    this.prefix = `${text(plan.account)}\t${text(plan.importId)}\t`;
    this.stagesContacts = plan.kind === 'contacts';
  }
  private readonly stagesContacts: boolean;

  take(record: RawRecord): void {
    this.counts.received++;
    if (record.fault) {
      this.rejects.add(record.line, '', record.fault.code, '', record.fault.text);
      return;
    }
    this.counts.parsed++;
    if (!this.reader.read(record)) return;
    this.counts.identified++;
    if (this.stagesContacts) this.contacts += this.contact(this.reader.row);
    this.events.read(record);
  }

  /** What was staged since the last call. */
  drain(): StagedChunk {
    const chunk = { contacts: this.contacts, events: this.events.rows, rejects: this.rejects.rows };
    this.contacts = '';
    this.events.rows = '';
    this.rejects.rows = '';
    return chunk;
  }

  /** A row in the form of the table `import_contacts`; the order is `CONTACT_STAGING` of the staging repository. */
  private contact(row: ContactRow): string {
    const { email, phone, mobileAdId, externalId } = row.identifiers;
    let line = `${this.prefix}${row.contactId}\t${row.keyHash}\t${row.line}\t${row.denied ? 1 : 0}`;
    line += `\t${texts(plain(email))}\t${texts(plain(phone))}\t${texts(digests(email))}\t${texts(digests(phone))}`;
    line += `\t${texts(plain(mobileAdId))}\t${texts(plain(externalId))}`;
    for (const field of SINGLE_FIELDS) line += `\t${text(row.fields[field])}`;
    line += `\t${texts(row.consents)}`;
    line += `\t${numbers(row.numbers)}\t${texts(row.categories)}`;
    const kinds: string[] = [];
    const hashes: string[] = [];
    for (const field of MULTI_FIELDS) {
      for (const identifier of row.identifiers[field]) {
        kinds.push(IDENTIFIERS[field].kind);
        hashes.push(identifier.hash);
      }
    }
    return `${line}\t${texts(kinds)}\t${texts(hashes)}\n`;
  }
}

const plain = (all: Identifier[]): string[] => all.filter((i) => !i.digest).map((i) => i.value);
const digests = (all: Identifier[]): string[] => all.filter((i) => i.digest).map((i) => i.value);
