import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import {
  FILE_KINDS,
  type FileKind,
  type FormatOptions,
  QUOTES,
  type Quote,
  RAGGED,
  type Ragged,
} from './files/format.ts';
import { MappingDto } from './mapping/mapping.dto.ts';

/** A year. */
const MAX_EXPECTED_HOURS = 8_784;

const DELIMITER_NAMES: Record<string, string> = { tab: '\t', '\\t': '\t', comma: ',', semicolon: ';', pipe: '|' };

/** Settings that replace the detected format of a file; absent ones are detected. */
export class FormatOptionsDto implements FormatOptions {
  @ApiPropertyOptional({ enum: FILE_KINDS })
  @IsOptional()
  @IsIn(FILE_KINDS)
  format?: FileKind;

  @ApiPropertyOptional({ description: 'utf-8, utf-16le, utf-16be, windows-1252, … A byte-order mark wins.' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  encoding?: string;

  @ApiPropertyOptional({ description: 'One character, or tab, comma, semicolon, pipe.' })
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' ? (DELIMITER_NAMES[value.toLowerCase()] ?? value) : value))
  @IsString()
  @Length(1, 1)
  delimiter?: string;

  @ApiPropertyOptional({ enum: QUOTES, description: 'The mark that encloses cells which hold the delimiter.' })
  @IsOptional()
  @IsIn(QUOTES)
  quote?: Quote;

  @ApiPropertyOptional({
    description: 'true: a record names the columns. false: they become column_1, column_2, …',
  })
  @IsOptional()
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  header?: boolean;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    description: 'Line of the header from 1, or of the first row when header is false. Lines above it are skipped.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  headerLine?: number;

  @ApiPropertyOptional({ description: 'Name of the sheet of an Excel file. Default: the first one with rows.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  sheet?: string;

  @ApiPropertyOptional({
    enum: RAGGED,
    description:
      'What happens to rows with too few cells. Default: decided by most rows. Rows with too many values are rejected.',
  })
  @IsOptional()
  @IsIn(RAGGED)
  ragged?: Ragged;
}

/** Form fields that may come with a file. */
export class UploadOptionsDto extends FormatOptionsDto {
  @ApiPropertyOptional({ description: "Default: the file's name." })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional({ description: 'The file to read when a ZIP archive holds several.' })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  member?: string;
}

/** The multipart body of POST /v1/datasets, for the documentation: the request is read as a stream. */
export class UploadDto extends UploadOptionsDto {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    description: 'CSV, TSV, JSON lines, Excel (.xlsx) or Parquet; also packed as .gz or .zip.',
  })
  file!: unknown;

  @ApiPropertyOptional({
    type: () => MappingDto,
    description: 'As JSON. Without it the file is stored but not imported.',
  })
  mapping?: MappingDto;
}

export class SendFileQuery {
  @ApiPropertyOptional({ default: false, description: 'Whether the file may differ from the previous one.' })
  @IsOptional()
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  replace: boolean = false;
}

export class StartImportDto {
  @ApiProperty({ type: () => MappingDto, description: "For example the dataset's suggestedMapping, edited." })
  @IsDefined()
  @ValidateNested()
  @Type(() => MappingDto)
  mapping!: MappingDto;
}

/** The settings of a dataset that can change after its upload. */
export class UpdateDatasetDto {
  @ApiPropertyOptional({ minLength: 1, maxLength: 200 })
  @ValidateIf(({ name }: UpdateDatasetDto) => name !== undefined)
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : value))
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: MAX_EXPECTED_HOURS,
    description:
      'Raises an alert when no new file arrives within this many hours of the last one. null: no file is expected.',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_EXPECTED_HOURS)
  expectEveryHours?: number | null;
}
