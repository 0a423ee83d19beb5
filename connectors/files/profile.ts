import type { Representation } from '../destination.ts';
import type { Hash } from '../match-keys.ts';

/** How files look, as data: the choices, the defaults and one preset a kind of receiver. */

export const FORMATS = ['csv', 'tsv', 'pipe', 'semicolon', 'colon'] as const;
export type Format = (typeof FORMATS)[number];
export const QUOTINGS = ['needed', 'all'] as const;
export type Quoting = (typeof QUOTINGS)[number];
export const HEADER_CASES = ['as-is', 'upper', 'lower'] as const;
export type HeaderCase = (typeof HEADER_CASES)[number];
export const LINE_ENDS = ['lf', 'crlf'] as const;
export type LineEnd = (typeof LINE_ENDS)[number];
export const REPRESENTATIONS = ['hashed', 'plain'] as const;
export type FileRepresentation = (typeof REPRESENTATIONS)[number];
export const COMPRESSIONS = ['none', 'gzip', 'zip'] as const;
export type Compression = (typeof COMPRESSIONS)[number];
export const DATE_FORMATS = [
  'YYYY-MM-DD',
  'YYYYMMDD',
  'YYYY/MM/DD',
  'DD.MM.YYYY',
  'DD/MM/YYYY',
  'DD-MM-YYYY',
  'MM/DD/YYYY',
  'MM-DD-YYYY',
] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];
export const DECIMAL_MARKS = ['.', ','] as const;
export type DecimalMark = (typeof DECIMAL_MARKS)[number];
export const PRESET_NAMES = ['generic', 'liveramp', 'mail-house', 'meta-csv', 'google-csv'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** A column as asked for; see `FileColumn`. */
export interface ColumnSpec {
  source: string;
  header?: string;
  nth?: number;
  hash?: Hash | 'none';
  value?: string;
  dateFormat?: DateFormat;
}

export interface FileProfile {
  fileName: string;
  folder: string;
  format: Format;
  quoting: Quoting;
  header: boolean;
  headerCase: HeaderCase;
  lineEnd: LineEnd;
  representation: FileRepresentation;
  hash: Hash;
  upperCaseDigests: boolean;
  columns?: ColumnSpec[];
  required: string[];
  dateFormat: DateFormat;
  compression: Compression;
  /** An armored OpenPGP public key. */
  encryptTo?: string;
  splitRows?: number;
  splitBytes?: number;
  oneFile: boolean;
  manifest: boolean;
  done: boolean;
  spreadsheetSafe: boolean;
  /** Absent: written where `spreadsheetSafe` says that a spreadsheet opens the file. */
  byteOrderMark?: boolean;
  decimalMark: DecimalMark;
}

export const DELIMITERS: Record<Format, string> = { csv: ',', tsv: '\t', pipe: '|', semicolon: ';', colon: ':' };
export const EXTENSIONS: Record<Format, string> = {
  csv: 'csv',
  tsv: 'tsv',
  pipe: 'txt',
  semicolon: 'csv',
  colon: 'txt',
};

const GENERIC: FileProfile = {
  fileName: '{{audience}}_{{persona.key}}_{{date}}_{{run}}.{{extension}}',
  folder: '',
  format: 'csv',
  quoting: 'needed',
  header: true,
  headerCase: 'as-is',
  lineEnd: 'lf',
  representation: 'hashed',
  hash: 'sha256',
  upperCaseDigests: false,
  required: [],
  dateFormat: 'YYYY-MM-DD',
  compression: 'none',
  oneFile: false,
  manifest: true,
  done: false,
  spreadsheetSafe: false,
  decimalMark: '.',
};

const PERSONA: ColumnSpec[] = [{ source: 'persona.key' }, { source: 'persona.name' }, { source: 'attributes' }];

const column = (source: string, header: string, nth?: number): ColumnSpec => ({ source, header, nth });
/** The first `count` values of an identifier under one header, as the platforms' own templates repeat it. */
const repeated = (source: string, header: string, count: number): ColumnSpec[] =>
  Array.from({ length: count }, (_, i) => column(source, header, i + 1));

export const PRESETS: Record<PresetName, Partial<FileProfile>> = {
  generic: {},
  // Header names in capitals without spaces; postal names and numbers as LiveRamp lists them; known identifiers are never
  // mixed with pseudonymous ones. https://docs.liveramp.com/connect/en/formatting-identifiers.html
  liveramp: {
    fileName: '{{audience}}_{{persona.key}}_PII_{{date}}_file-part-{{part}}.{{extension}}',
    headerCase: 'upper',
    representation: 'plain',
    columns: [
      column('FN', 'FIRSTNAME'),
      column('LN', 'LASTNAME'),
      column('STREET', 'ADDRESS1'),
      column('CT', 'CITY'),
      column('ST', 'STATE'),
      column('ZIP', 'ZIP'),
      column('EMAIL', 'EMAIL1'),
      column('EMAIL', 'EMAIL2', 2),
      column('EMAIL', 'EMAIL3', 3),
      column('PHONE', 'PHONE1'),
      column('PHONE', 'PHONE2', 2),
      column('PHONE', 'PHONE3', 3),
      column('persona.key', 'PERSONA'),
      { source: 'attributes' },
    ],
  },
  // Letters need a readable name and a whole address; people proof them in a spreadsheet.
  'mail-house': {
    representation: 'plain',
    quoting: 'all',
    lineEnd: 'crlf',
    spreadsheetSafe: true,
    columns: [
      ...['FN', 'LN', 'STREET', 'CT', 'ST', 'ZIP', 'COUNTRY'].map((source) => ({ source })),
      ...PERSONA,
      { source: 'persona.offer' },
      { source: 'persona.creatives' },
    ],
    required: ['LN', 'STREET', 'CT', 'ZIP'],
  },
  // Ads Manager hashes in the browser, by its own rules. https://www.facebook.com/business/help/2082575038703844
  'meta-csv': {
    representation: 'plain',
    manifest: false,
    columns: [
      ...repeated('EMAIL', 'email', 3),
      ...repeated('PHONE', 'phone', 3),
      column('FN', 'fn'),
      column('LN', 'ln'),
      column('CT', 'ct'),
      column('ST', 'st'),
      column('ZIP', 'zip'),
      column('COUNTRY', 'country'),
      column('DOB', 'dob'),
      column('GEN', 'gen'),
      column('MADID', 'madid'),
      column('EXTERN_ID', 'uid'),
    ],
  },
  // https://support.google.com/google-ads/answer/7659867
  'google-csv': {
    manifest: false,
    columns: [
      ...repeated('EMAIL', 'Email', 2),
      ...repeated('PHONE', 'Phone', 2),
      column('FN', 'First Name'),
      column('LN', 'Last Name'),
      column('COUNTRY', 'Country'),
      column('ZIP', 'Zip'),
    ],
  },
};

/** The whole profile of a delivery: what its options say, else their preset, else the delivery, else the generic one. */
export function profileOf(
  options: Partial<FileProfile> & { preset?: PresetName },
  representation?: Representation,
): FileProfile {
  const { preset = 'generic', ...own } = options;
  const said = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const chosen = representation === 'plain' ? { representation } : {};
  // an external id goes as it is: it means something to the receiver alone
  const referred = representation === 'referenced' ? { representation: 'plain' as const } : {};
  return { ...GENERIC, ...chosen, ...PRESETS[preset], ...said, ...referred };
}
