import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsDefined,
  IsIn,
  IsISO31661Alpha2,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { countryCode } from '../../identity/countries.ts';
import {
  COLUMN_ROLES,
  type ColumnMapping,
  type ColumnRole,
  type EventMapping,
  type Mapping,
  MULTI_FIELDS,
  type MultiField,
  SOURCES,
  TRAIT_TYPES,
  type TraitMapping,
  type TraitSource,
} from './mapping.ts';

const DATE_ORDERS = ['ymd', 'dmy', 'mdy', 'unix'] as const;
const DECIMALS = ['.', ','] as const;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} _.:/()%+-]*$/u;
const NAME_RULE = {
  message: '$property must start with a letter or digit and hold letters, digits, spaces and _.:/()%+-',
};

class KeyDto {
  @ApiPropertyOptional({
    description:
      'The column that holds the key. Mapped as e-mail, phone or ad id it is of that kind, else an external id.',
    example: 'customer_id',
  })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  column?: string;

  @ApiPropertyOptional({
    enum: MULTI_FIELDS,
    description: "Instead of a column: a row's first usable value of this field.",
  })
  @IsOptional()
  @IsIn(MULTI_FIELDS)
  field?: MultiField;
}

class TraitDto implements TraitMapping {
  @ApiPropertyOptional({ description: "Name in the catalogue. Default: the column's name." })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @Matches(NAME, NAME_RULE)
  name?: string;

  @ApiPropertyOptional({
    enum: TRAIT_TYPES,
    description: "Default: the catalogue's type, else what the values look like.",
  })
  @IsOptional()
  @IsIn(TRAIT_TYPES)
  type?: TraitMapping['type'];

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string;

  @ApiPropertyOptional({ enum: DECIMALS, description: 'Decimal mark. Default: seen from the values.' })
  @IsOptional()
  @IsIn(DECIMALS)
  decimal?: TraitMapping['decimal'];
}

class ConsentDto {
  @ApiPropertyOptional({
    description:
      'What the consent is for: advertising (also ads), ad_user_data or ad_personalization, which deliveries ask for, or any other, e.g. email, which only conditions ask for. Default: advertising, which is both ad_user_data and ad_personalization.',
    example: 'advertising',
  })
  @IsOptional()
  @IsString()
  @Matches(/^[A-Za-z][\w-]{0,49}$/, {
    message: 'purpose must start with a letter and hold at most 50 letters, digits, - and _',
  })
  purpose?: string;
}

class ColumnMappingDto implements ColumnMapping {
  @ApiProperty({ example: 'E-mail' })
  @IsString()
  @IsNotEmpty()
  column!: string;

  @ApiProperty({ enum: COLUMN_ROLES, description: 'Several columns may be email, phone, mobileAdId or externalId.' })
  @IsIn(COLUMN_ROLES)
  as!: ColumnRole;

  @ApiPropertyOptional({ type: () => TraitDto, description: 'With `as: trait`.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => TraitDto)
  trait?: TraitDto;

  @ApiPropertyOptional({ type: () => ConsentDto, description: 'With `as: consent`.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => ConsentDto)
  consent?: ConsentDto;

  @ApiPropertyOptional({
    enum: DATE_ORDERS,
    description: 'How dates of this column are written. Default: seen from the values.',
  })
  @IsOptional()
  @IsIn(DATE_ORDERS)
  dateOrder?: ColumnMapping['dateOrder'];
}

class EventMappingDto implements EventMapping {
  @ApiProperty({ description: 'Kind of event.', example: 'order' })
  @Matches(/^[a-z][a-z0-9_-]{0,49}$/, { message: 'stream must be lower-case letters, digits, - and _' })
  stream!: string;

  @ApiProperty({ description: 'Column with the time. Times without a zone are UTC.', example: 'ordered_at' })
  @IsString()
  @IsNotEmpty()
  time!: string;

  @ApiPropertyOptional({ description: 'Column with the value, a number.', example: 'total' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  value?: string;

  @ApiPropertyOptional({
    description: 'Column with an id. Without it, equal events of one contact are one.',
    example: 'order_no',
  })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  id?: string;

  @ApiPropertyOptional({
    description: 'Property name → column.',
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { category: 'product_category' },
  })
  @IsOptional()
  @IsObject()
  properties?: Record<string, string>;

  @ApiPropertyOptional({ enum: DATE_ORDERS })
  @IsOptional()
  @IsIn(DATE_ORDERS)
  dateOrder?: EventMapping['dateOrder'];

  @ApiPropertyOptional({ enum: DECIMALS })
  @IsOptional()
  @IsIn(DECIMALS)
  decimal?: EventMapping['decimal'];
}

/** What the columns of a file mean. Columns that are not named are left out. */
export class MappingDto implements Mapping {
  @ApiPropertyOptional({
    enum: ['contacts', 'events'],
    default: 'contacts',
    description: 'contacts: rows create and update contacts. events: rows are events of contacts that exist.',
  })
  @IsIn(['contacts', 'events'])
  kind: Mapping['kind'] = 'contacts';

  @ApiProperty({
    type: () => KeyDto,
    description: 'What makes two rows the same person: exactly one of column and field.',
  })
  @IsDefined()
  @ValidateNested()
  @Type(() => KeyDto)
  key!: KeyDto;

  @ApiPropertyOptional({
    description:
      'ISO 3166-1 alpha-2: country of rows that name none. Their phones and dates are read by it, and contacts keep it as theirs unless their country is known already.',
    example: 'US',
  })
  @Transform(({ value }) => (typeof value === 'string' ? (countryCode(value) ?? value) : value))
  @IsOptional()
  @IsISO31661Alpha2()
  defaultCountry?: string;

  @ApiPropertyOptional({ enum: SOURCES, default: 'first-party' })
  @IsOptional()
  @IsIn(SOURCES)
  source?: TraitSource;

  @ApiPropertyOptional({ description: 'Splits cells that hold several e-mails, phones or ids.', example: ';' })
  @IsOptional()
  @IsString()
  @Length(1, 3)
  separator?: string;

  @ApiProperty({ type: () => [ColumnMappingDto] })
  @IsArray()
  @ArrayMaxSize(2000)
  @ValidateNested({ each: true })
  @Type(() => ColumnMappingDto)
  columns!: ColumnMappingDto[];

  @ApiPropertyOptional({
    type: () => [EventMappingDto],
    description: 'Each row is also one event of each stream named here.',
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ValidateNested({ each: true })
  @Type(() => EventMappingDto)
  events?: EventMappingDto[];
}
