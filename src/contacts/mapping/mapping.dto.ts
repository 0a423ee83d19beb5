import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
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
import { DATE_ORDERS } from '../values/date.ts';
import { DECIMALS, EventMappingDto, NAME, NAME_RULE } from './event-mapping.dto.ts';
import {
  COLUMN_ROLES,
  CONSENT_SENSES,
  CONSENT_STATES,
  type ColumnMapping,
  type ColumnRole,
  type ConsentMapping,
  type KeyMapping,
  type Mapping,
  MULTI_FIELDS,
  type MultiField,
  SOURCES,
  TRAIT_TYPES,
  type TraitMapping,
  type TraitSource,
  WHEN_EMPTY,
  type WhenEmpty,
  type WholeFileConsent,
} from './mapping.ts';

class KeyDto implements KeyMapping {
  @ApiPropertyOptional({
    description:
      'The column that holds the key. Its role decides the kind: e-mail, phone or ad id, else an external id.',
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
    description: 'Default: the type in the catalogue, else the type that the values suggest.',
  })
  @IsOptional()
  @IsIn(TRAIT_TYPES)
  type?: TraitMapping['type'];

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string;

  @ApiPropertyOptional({ enum: DECIMALS, description: 'Decimal mark. Default: detected from the values.' })
  @IsOptional()
  @IsIn(DECIMALS)
  decimal?: TraitMapping['decimal'];
}

const PURPOSE = /^[A-Za-z][\w-]{0,49}$/;
const PURPOSE_RULE = {
  each: true,
  message: 'each purpose must start with a letter and hold at most 50 letters, digits, - and _',
};

class ConsentDto implements ConsentMapping {
  @ApiPropertyOptional({
    type: [String],
    description:
      'What the consent is for: advertising (also ads), ad_user_data or ad_personalization, which deliveries ask for, or any other, e.g. email, which only conditions ask for. Default: advertising, which is both ad_user_data and ad_personalization.',
    example: ['advertising'],
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @Matches(PURPOSE, PURPOSE_RULE)
  purposes?: string[];

  @ApiPropertyOptional({ description: 'Short for `purposes` with one entry.', example: 'advertising' })
  @IsOptional()
  @IsString()
  @Matches(PURPOSE, { message: 'purpose must start with a letter and hold at most 50 letters, digits, - and _' })
  purpose?: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'The purposes of a denial, if they are more than those of a grant. Default: the purposes.',
    example: ['advertising', 'email'],
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @Matches(PURPOSE, PURPOSE_RULE)
  denialPurposes?: string[];

  @ApiPropertyOptional({
    enum: CONSENT_SENSES,
    description:
      "Whether a true value (yes, 1, a time) grants or denies. Default: the sense of the column's name, else grants.",
  })
  @IsOptional()
  @IsIn(CONSENT_SENSES)
  sense?: ConsentMapping['sense'];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', enum: [...CONSENT_STATES] },
    description: 'The meaning of each word, in lower case. Unlisted words are read by the sense, else count as unset.',
    example: { never_subscribed: 'unset' },
  })
  @IsOptional()
  @IsObject()
  words?: ConsentMapping['words'];

  @ApiPropertyOptional({ description: 'Column with the time of the statement. Default: when the file was uploaded.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  time?: string;

  @ApiPropertyOptional({
    description: 'A person has confirmed this reading. An import with an unconfirmed consent column is refused.',
  })
  @IsOptional()
  @IsBoolean()
  confirmed?: boolean;
}

class WholeFileConsentDto implements WholeFileConsent {
  @ApiProperty({ enum: ['denied'] })
  @IsIn(['denied'])
  consent!: 'denied';

  @ApiProperty({ type: [String], example: ['advertising'] })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @Matches(PURPOSE, PURPOSE_RULE)
  purposes!: string[];

  @ApiPropertyOptional({ description: 'A person has confirmed this reading. Without it the import is refused.' })
  @IsOptional()
  @IsBoolean()
  confirmed?: boolean;
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
    description: 'How dates of this column are written. Default: detected from the values.',
  })
  @IsOptional()
  @IsIn(DATE_ORDERS)
  dateOrder?: ColumnMapping['dateOrder'];

  @ApiPropertyOptional({
    enum: WHEN_EMPTY,
    description: 'Whether an empty cell keeps or clears the stored value. For traits and fields with one value.',
    default: 'keep',
  })
  @IsOptional()
  @IsIn(WHEN_EMPTY)
  whenEmpty?: WhenEmpty;

  @ApiPropertyOptional({
    description:
      'With `as: externalId`: where the id comes from, e.g. shopify. The same id in two namespaces belongs to two people.',
    example: 'shopify',
  })
  @IsOptional()
  @Matches(/^[a-z][a-z0-9_-]{0,39}$/, { message: 'namespace must be lower-case letters, digits, - and _' })
  namespace?: string;
}

/** What the columns of a file mean. Columns that are not listed are not imported. */
export class MappingDto implements Mapping {
  @ApiPropertyOptional({
    enum: ['contacts', 'events'],
    default: 'contacts',
    description: 'contacts: rows create and update contacts. events: rows are events of existing contacts.',
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
    type: () => [KeyDto],
    description:
      'Fallback keys in order of preference: for rows whose earlier keys are missing or unusable, and to recognise existing contacts.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => KeyDto)
  fallbackKeys?: KeyDto[];

  @ApiPropertyOptional({
    description:
      'ISO 3166-1 alpha-2: country of rows without one. It decides how their phones and dates are read, and is stored for contacts without a country.',
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
  @Length(1, 5)
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

  @ApiPropertyOptional({
    default: false,
    description: 'With `kind: events`: whether rows of unknown people create the contact. Otherwise they are rejected.',
  })
  @IsOptional()
  @IsBoolean()
  createContacts?: boolean;

  @ApiPropertyOptional({
    type: () => WholeFileConsentDto,
    description: 'The whole file is a list of people who denied consent.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => WholeFileConsentDto)
  everyone?: WholeFileConsentDto;
}
