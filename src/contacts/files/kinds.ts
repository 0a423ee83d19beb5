import { FileFault } from './csv.ts';

interface WrongKind {
  code: string;
  text: string;
}

/** First bytes of files that people upload by mistake, and what to do about them. */
const BY_BYTES: (WrongKind & { magic: string })[] = [
  { magic: '25504446', code: 'file_is_pdf', text: 'This is a PDF. Export the list as CSV or Excel (.xlsx) instead.' },
  { magic: '7b5c727466', code: 'file_is_rtf', text: 'This is a text document (RTF). Export the list as CSV instead.' },
  { magic: '377abcaf271c', code: 'file_is_7z', text: 'This is a 7-Zip archive. Unpack it, or pack it as .zip.' },
  { magic: '526172211a07', code: 'file_is_rar', text: 'This is a RAR archive. Unpack it, or pack it as .zip.' },
  {
    magic: '28b52ffd',
    code: 'file_is_zstd',
    text: 'This file is packed with Zstandard. Unpack it, or pack it as .gz.',
  },
  { magic: '425a68', code: 'file_is_bzip2', text: 'This file is packed with bzip2. Unpack it, or pack it as .gz.' },
  { magic: '4f626a01', code: 'file_is_avro', text: 'This is an Avro file. Export it as Parquet or JSON lines.' },
  { magic: '4f5243', code: 'file_is_orc', text: 'This is an ORC file. Export it as Parquet.' },
  { magic: '53514c69746520666f726d6174', code: 'file_is_sqlite', text: 'This is a database. Export its table as CSV.' },
  { magic: '89504e47', code: 'file_is_image', text: 'This is a picture. Send the list as CSV or Excel (.xlsx).' },
  { magic: 'ffd8ff', code: 'file_is_image', text: 'This is a picture. Send the list as CSV or Excel (.xlsx).' },
];

/** What the text of a file begins with. */
const BY_TEXT: (WrongKind & { form: RegExp })[] = [
  {
    form: /^\s*<(?:!doctype html|html|head|body|table|meta|style|div)\b/i,
    code: 'file_is_html',
    text: 'Line 1: this is a web page (HTML), not a table. Open it in a spreadsheet and save it as CSV or Excel (.xlsx).',
  },
  {
    form: /^\s*(?:<\?xml|<!--|<[a-z][\w:.-]*(?:\s+[\w:.-]+="[^"]*")*\s*\/?>)/i,
    code: 'file_is_xml',
    text: 'Line 1: this is XML. Export the list as CSV, Excel (.xlsx) or JSON lines instead.',
  },
  {
    form: /^\s*BEGIN:(?:VCARD|VCALENDAR)/i,
    code: 'file_is_vcard',
    text: 'Line 1: this is an address book (vCard). Export the contacts as CSV instead.',
  },
  { form: /^\s*dn:\s*\S+=/i, code: 'file_is_ldif', text: 'Line 1: this is an LDIF file. Export the list as CSV.' },
];

const OLD_OFFICE = 'd0cf11e0';

/** @throws FileFault for bytes that begin no file of people */
export function refuseWrongBytes(head: Buffer): void {
  const starts = (magic: string) => head.subarray(0, magic.length / 2).toString('hex') === magic;
  if (starts(OLD_OFFICE)) throw oldOffice(head);
  const wrong = BY_BYTES.find(({ magic }) => starts(magic));
  if (wrong) throw new FileFault(wrong.code, wrong.text);
  if (head.subarray(257, 262).toString('latin1') === 'ustar')
    throw new FileFault('file_is_tar', 'This is a TAR archive. Unpack it, or pack one file as .gz or .zip.');
}

/** @throws FileFault for text that is no table of people */
export function refuseWrongText(text: string): void {
  const wrong = BY_TEXT.find(({ form }) => form.test(text.slice(0, 1_000)));
  if (wrong) throw new FileFault(wrong.code, wrong.text);
}

/** An Excel file with a password is packed like the files of old. */
function oldOffice(head: Buffer): FileFault {
  return head.includes(Buffer.from('EncryptedPackage', 'utf16le'))
    ? new FileFault('file_encrypted', 'This Excel file has a password. Save it without one, then upload it again.')
    : new FileFault('file_is_excel', 'This is an old Excel file (.xls). Save it as Excel workbook (.xlsx) or as CSV.');
}
