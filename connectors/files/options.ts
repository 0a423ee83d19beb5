import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Label } from '../declared.ts';
import { HASHES, type Hash } from '../match-keys.ts';
import {
  COMPRESSIONS,
  type Compression,
  DATE_FORMATS,
  type DateFormat,
  DECIMAL_MARKS,
  type DecimalMark,
  type FileProfile,
  type FileRepresentation,
  FORMATS,
  type Format,
  HEADER_CASES,
  type HeaderCase,
  LINE_ENDS,
  type LineEnd,
  PRESET_NAMES,
  type PresetName,
  QUOTINGS,
  type Quoting,
  REPRESENTATIONS,
} from './profile.ts';
import { IsColumnSource, IsFileName, IsPublicKey, IsTemplate } from './validators.ts';

/** One column of the file. */
export class FileColumn {
  /**
   * A match key (`EMAIL`), a persona or segment field (`persona.key`, `persona.offer`, `segment.name`, `creative.headline`), an attribute by
   * name (`attribute:tenure`), all attributes (`attributes`), or `constant`.
   */
  @Label('Source: a match key, persona.key, segment.name, creative.headline, attribute:tenure, attributes or constant')
  @IsString()
  @MaxLength(200)
  @IsColumnSource()
  source!: string;

  /** Absent: a name made from the source. */
  @Label('Header, another name than the usual')
  @IsOptional()
  @IsString()
  @MaxLength(128)
  header?: string;

  /** Which of several values of a contact, from 1. */
  @Label('Which value, of a contact that has several (1 to 10)')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10)
  nth?: number;

  /** Overrides the file's digest for this column. */
  @Label('Digest, where it is not the one of the file')
  @IsOptional()
  @IsIn([...HASHES, 'none'])
  hash?: Hash | 'none';

  /** The text of a `constant` column. */
  @Label('Text, of a constant')
  @IsOptional()
  @IsString()
  @MaxLength(500)
  value?: string;

  /** Overrides the file's form of dates for this column. */
  @Label('Dates, where they are not written as in the file')
  @IsOptional()
  @IsIn(DATE_FORMATS)
  dateFormat?: DateFormat;
}

/** How a delivery's files look. What is left out comes from the preset, then from the generic profile. */
export class FileOptions implements Partial<FileProfile> {
  @Label('Preset')
  @IsOptional()
  @IsIn(PRESET_NAMES)
  preset?: PresetName;

  /**
   * Mustache: `account`, `audience`, `name` (the segment's remote name), `persona.key`, `persona.name`, `date`, `time`,
   * `timestamp`, `year`, `month`, `day`, `hour`, `minute`, `second` (UTC), `run`, `part`, `extension`. Values become ASCII without spaces.
   */
  @Label('File name')
  @IsOptional()
  @IsString()
  @Matches(/^[^/\\\0]{1,300}$/, { message: 'fileName must be 1 to 300 characters without slashes' })
  @IsTemplate()
  @IsFileName()
  fileName?: string;

  /** Below the connection's folder, with the same variables; made when it is not there. */
  @Label('Subfolder')
  @IsOptional()
  @IsString()
  @Matches(/^(?!.*\.\.)[^\\\0]{0,300}$/, { message: 'folder must be a relative path without ..' })
  @IsTemplate()
  folder?: string;

  @Label('Format')
  @IsOptional()
  @IsIn(FORMATS)
  format?: Format;

  /** `needed`: as RFC 4180 asks; `all`: every cell. */
  @Label('Quoting')
  @IsOptional()
  @IsIn(QUOTINGS)
  quoting?: Quoting;

  @Label('Header row')
  @IsOptional()
  @IsBoolean()
  header?: boolean;

  @Label('Case of headers')
  @IsOptional()
  @IsIn(HEADER_CASES)
  headerCase?: HeaderCase;

  @Label('Line ends')
  @IsOptional()
  @IsIn(LINE_ENDS)
  lineEnd?: LineEnd;

  @Label('Identifiers')
  @IsOptional()
  @IsIn(REPRESENTATIONS)
  representation?: FileRepresentation;

  @Label('Digest')
  @IsOptional()
  @IsIn(HASHES)
  hash?: Hash;

  @Label('Digests in capitals')
  @IsOptional()
  @IsBoolean()
  upperCaseDigests?: boolean;

  /** Columns in order. Absent: the match keys, the persona's key and name, then every attribute. */
  @Label('Columns')
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty({ message: 'columns must name at least one column' })
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => FileColumn)
  columns?: FileColumn[];

  /** Match keys without which a contact is left out, e.g. the address lines of a mail house. */
  @Label('Required identifiers')
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  required?: string[];

  /** Of birth dates in the clear and of attributes that are dates. Digests are always made of `YYYY-MM-DD`. */
  @Label('Dates')
  @IsOptional()
  @IsIn(DATE_FORMATS)
  dateFormat?: DateFormat;

  @Label('Compression')
  @IsOptional()
  @IsIn(COMPRESSIONS)
  compression?: Compression;

  /**
   * The receiver's public key, armored. Every file is encrypted for it, and compressed inside of the encryption unless
   * `compression` packs it before.
   */
  @Label('OpenPGP public key to encrypt for')
  @IsOptional()
  @IsString()
  @MaxLength(100_000)
  @IsPublicKey()
  encryptTo?: string;

  /** Most rows in one file; more go to further files, numbered by part. */
  @Label('Rows per file')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  splitRows?: number;

  /** Most bytes of text in one file, before packing; never cuts a row. */
  @Label('Bytes per file')
  @IsOptional()
  @IsInt()
  @Min(1000)
  @Max(1_000_000_000_000)
  splitBytes?: number;

  /** Keeps a delivery that is split by persona in one file, with the personas in columns; otherwise each has its own. */
  @Label('One file for all personas')
  @IsOptional()
  @IsBoolean()
  oneFile?: boolean;

  @Label('Write a manifest')
  @IsOptional()
  @IsBoolean()
  manifest?: boolean;

  /** An empty `<file>.done`, written last. */
  @Label('Write a .done file')
  @IsOptional()
  @IsBoolean()
  done?: boolean;

  /** Puts an apostrophe before cells that a spreadsheet would run as a formula. Off: cells are never altered. */
  @Label('Receiver opens the file in a spreadsheet')
  @IsOptional()
  @IsBoolean()
  spreadsheetSafe?: boolean;

  /** Tells spreadsheets that the text is UTF-8. Absent: as `spreadsheetSafe`. */
  @Label('Byte-order mark, so that spreadsheets show accents')
  @IsOptional()
  @IsBoolean()
  byteOrderMark?: boolean;

  /** Of attributes that are numbers. */
  @Label('Decimal mark')
  @IsOptional()
  @IsIn(DECIMAL_MARKS)
  decimalMark?: DecimalMark;
}
