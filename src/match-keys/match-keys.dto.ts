import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { COUNTRY_CODES, countryCode } from '../identity/countries.ts';
import { PHONE_VALIDATIONS, type PhoneValidation } from '../identity/normaliser.ts';
import { PHONE_REGIONS } from '../identity/phone.ts';
import type { IdentityInput } from '../identity/types.ts';

export const MOST_CONTACTS = 1_000;
const MOST_VALUES = 100;
const LONGEST_VALUE = 2_000;

/** JSON numbers are read as their digits: spreadsheets and scripts send postal codes and phones that way. */
const asText = (value: unknown) => (typeof value === 'number' ? String(value) : value);
const asTexts = (value: unknown) => (Array.isArray(value) ? value.filter((item) => item !== null).map(asText) : value);

const REGIONS = [...new Set([...COUNTRY_CODES, ...PHONE_REGIONS])];
const asRegion = (value: unknown) =>
  typeof value === 'string' ? (countryCode(value) ?? (value.trim().toUpperCase() || undefined)) : value;

/** A value that may be missing, null, a string or a number. */
function Text(description: string, example?: string): PropertyDecorator {
  return all(
    ApiPropertyOptional({ type: String, description, example, nullable: true, maxLength: LONGEST_VALUE }),
    IsOptional(),
    Transform(({ value }) => asText(value)),
    IsString(),
    MaxLength(LONGEST_VALUE),
  );
}

/** Values that may be missing or null; nulls among them count as missing. */
function Texts(description: string, example?: string[]): PropertyDecorator {
  return all(
    ApiPropertyOptional({ type: [String], description, example, nullable: true, maxItems: MOST_VALUES }),
    IsOptional(),
    Transform(({ value }) => asTexts(value)),
    IsArray(),
    ArrayMaxSize(MOST_VALUES),
    IsString({ each: true }),
    MaxLength(LONGEST_VALUE, { each: true }),
  );
}

function all(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

/** One person as your file has it; nothing needs to be normalised. */
export class PreviewContactDto implements IdentityInput {
  @ApiProperty({ description: 'Your id of the person; comes back with the keys.', example: '1' })
  @Transform(({ value }) => asText(value))
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_VALUE)
  id!: string;

  @Texts('Plain addresses, SHA-256 digests, or both.', ['Ana.Silva@Example.com'])
  emails?: string[];

  @Texts('Any way of writing a number, SHA-256 digests, or both.', ['+351 21 123 4567'])
  phones?: string[];

  @Text('Given name, or its SHA-256 digest.', 'Ana')
  firstName?: string;

  @Text('Family name, or its SHA-256 digest.', 'Silva')
  lastName?: string;

  @Text('`m`, `f`, a plain word for either, or the SHA-256 digest of `m` or `f`.', 'f')
  gender?: string;

  @Text('YYYY-MM-DD; also YYYY, YYYY-MM, --MM-DD and YYYYMMDD.', '1990-05-01')
  birthDate?: string;

  @Text('Street and number. No ad platform takes it.')
  street?: string;

  @Text('City, or its SHA-256 digest.', 'Lisboa')
  city?: string;

  @Text('State, province or region: name or code, or the SHA-256 digest of it.')
  region?: string;

  @Text('Postal code, or its SHA-256 digest (Facebook).', '1100-148')
  postalCode?: string;

  @Text('ISO 3166-1 alpha-2; Facebook also takes alpha-3, English names and digests.', 'PT')
  country?: string;

  @Texts('IDFA or GAID, plain.')
  mobileAdIds?: string[];

  @Texts('Your own ids, plain.', ['customer-17'])
  externalIds?: string[];

  @Texts('SHA-256 digests of e-mail addresses, hex.')
  emailHashes?: string[];

  @Texts('SHA-256 digests of phone numbers, hex.')
  phoneHashes?: string[];
}

export const PREVIEW_DESTINATIONS = ['facebook', 'google'] as const;
export type PreviewDestination = (typeof PREVIEW_DESTINATIONS)[number];

export class PreviewMatchKeysDto {
  @ApiProperty({ enum: PREVIEW_DESTINATIONS })
  @IsIn(PREVIEW_DESTINATIONS)
  destination!: PreviewDestination;

  @ApiPropertyOptional({
    type: String,
    description: 'ISO 3166-1 alpha-2: the country whose national phone numbers are meant where a contact names none.',
    example: 'US',
    nullable: true,
  })
  @IsOptional()
  @Transform(({ value }) => asRegion(value))
  @IsIn(REGIONS, { message: 'defaultCountry must be an ISO 3166-1 alpha-2 code' })
  defaultCountry?: string;

  @ApiPropertyOptional({
    enum: PHONE_VALIDATIONS,
    description:
      '`valid` (default): the number must be of an assigned range. `possible`: of a right length. `digits`: any digits.',
  })
  @IsOptional()
  @IsIn(PHONE_VALIDATIONS)
  phoneValidation?: PhoneValidation;

  @ApiProperty({ type: [PreviewContactDto], maxItems: MOST_CONTACTS })
  @IsArray()
  @ArrayMaxSize(MOST_CONTACTS)
  @ValidateNested({ each: true })
  @Type(() => PreviewContactDto)
  contacts!: PreviewContactDto[];
}

export class KeyResultDto {
  @ApiProperty({ description: "The platform's name of the key.", example: 'EMAIL' })
  key!: string;

  @ApiProperty({ description: 'As given.' })
  input!: string;

  @ApiProperty({ type: String, nullable: true, description: 'What is hashed; null for digests and invalid values.' })
  normalized!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'What is sent; null when invalid.' })
  value!: string | null;

  @ApiProperty({ description: 'True when `value` is a SHA-256 digest.' })
  hashed!: boolean;

  @ApiProperty({ enum: ['ok', 'fixed', 'invalid'] })
  verdict!: 'ok' | 'fixed' | 'invalid';

  @ApiPropertyOptional({ description: 'Stable code, see docs/normalisation.md.', example: 'phone_no_region' })
  reason?: string;
}

export class ContactKeysDto {
  @ApiProperty({ description: 'Your id of the person.' })
  id!: string;

  @ApiProperty({ type: [KeyResultDto] })
  keys!: KeyResultDto[];
}

export class MatchKeysPreviewDto {
  @ApiProperty({ type: [ContactKeysDto], description: 'One a contact, in the order given.' })
  results!: ContactKeysDto[];
}
