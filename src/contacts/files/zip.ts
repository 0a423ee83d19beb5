import { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { FileFault } from './csv.ts';

/** More members than any export has. */
const MAX_MEMBERS = 10_000;
const LARGEST_PART = 1 << 26;
const ZIP_MAGIC = '504b';

export const isZip = (head: Buffer): boolean => head.subarray(0, 2).toString('hex') === ZIP_MAGIC && (head[2] ?? 9) < 8;

/** A ZIP archive whose list of members was read. Close it after use. */
export class Zip {
  private readonly file: ZipFile;
  readonly members: Entry[];

  private constructor(file: ZipFile, members: Entry[]) {
    this.file = file;
    this.members = members;
  }

  /** @throws FileFault for an archive that is damaged or has a password */
  static async open(path: string): Promise<Zip> {
    const members: Entry[] = [];
    let file: ZipFile;
    try {
      file = await openPromise(path, { lazyEntries: true, autoClose: false });
    } catch (error) {
      throw asFault(error);
    }
    try {
      for await (const entry of file.eachEntry()) {
        if (members.length >= MAX_MEMBERS) throw tooMany();
        if (entry.isEncrypted()) throw encrypted();
        if (!entry.fileName.endsWith('/')) members.push(entry);
      }
      return new Zip(file, members);
    } catch (error) {
      file.close();
      throw asFault(error);
    }
  }

  close(): void {
    this.file.close();
  }

  find(name: string): Entry | undefined {
    const wanted = name.toLowerCase();
    return this.members.find(({ fileName }) => fileName.toLowerCase() === wanted);
  }

  /** Bytes of all members together, as the archive claims; a member that holds more ends in an error. */
  get unpackedBytes(): number {
    return this.members.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  }

  async stream(member: Entry): Promise<Readable> {
    return this.file.openReadStreamPromise(member);
  }

  /** The text of a small member; nothing when there is none. */
  async text(name: string): Promise<string | undefined> {
    const member = this.find(name);
    if (!member) return undefined;
    if (member.uncompressedSize > LARGEST_PART) throw broken();
    const chunks: Buffer[] = [];
    for await (const chunk of await this.stream(member)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  }
}

const broken = () =>
  new FileFault('zip_broken', 'The ZIP or Excel file is damaged or incomplete. Save and upload it again.');
const tooMany = () =>
  new FileFault(
    'zip_of_several',
    `The ZIP holds more than ${MAX_MEMBERS} files. Pack the one that you want to import.`,
  );
const encrypted = () =>
  new FileFault('file_encrypted', 'The ZIP has a password. Pack the file without one, then upload it again.');

/** A damaged archive is a fault of the file; a missing file is not. */
export function asFault(error: unknown): unknown {
  if (error instanceof FileFault || (error as NodeJS.ErrnoException).code === 'ENOENT') return error;
  return broken();
}

/** What programs pack as ZIP, by a member that it has. */
const DOCUMENTS: { member: RegExp; code: string; text: string }[] = [
  {
    member: /^xl\/workbook\.bin$/i,
    code: 'file_is_xlsb',
    text: 'This is a binary Excel file (.xlsb). Save it as Excel workbook (.xlsx) or as CSV.',
  },
  {
    member: /^content\.xml$/i,
    code: 'file_is_ods',
    text: 'This is an OpenDocument file. Save it as Excel workbook (.xlsx) or as CSV.',
  },
  {
    member: /^Index\/.*\.iwa$|^Index\.zip$/i,
    code: 'file_is_numbers',
    text: 'This is a Numbers file. Export it as Excel workbook (.xlsx) or as CSV.',
  },
  {
    member: /^(?:word|ppt)\//i,
    code: 'file_is_document',
    text: 'This is a Word or PowerPoint document. Save the list as Excel workbook (.xlsx) or as CSV.',
  },
];

export const isWorkbook = (zip: Zip): boolean => zip.find('xl/workbook.xml') !== undefined;

/** The member to import. @throws FileFault when there are several and none is chosen */
export function chosenMember(zip: Zip, wanted?: string): Entry {
  const files = zip.members.filter(
    ({ fileName }) => !/(?:^|\/)(?:__MACOSX\/|\._|\.DS_Store|Thumbs\.db)/i.test(fileName),
  );
  const document = DOCUMENTS.find(({ member }) => files.some(({ fileName }) => member.test(fileName)));
  if (document) throw new FileFault(document.code, document.text);
  const names = files.map(({ fileName }) => fileName);
  const shown = names.slice(0, 10).join(', ') + (names.length > 10 ? ', …' : '');
  if (wanted !== undefined) {
    const found = files.find(({ fileName }) => fileName === wanted);
    if (found) return found;
    throw new FileFault('member_unknown', `The ZIP holds no file "${wanted}"; it holds ${shown}.`);
  }
  if (files.length === 1) return files[0]!;
  if (files.length === 0) throw new FileFault('file_empty', 'The ZIP holds no file.');
  throw new FileFault(
    'zip_of_several',
    `The ZIP holds ${files.length} files (${shown}). Name the one to import in the field "member", or pack it alone.`,
  );
}
