import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsISO31661Alpha2, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';

const MOST = 20;

/** Who is meant: any identifiers of one contact, plain or as SHA-256 digests. The first that is known decides. */
export class ContactReferenceDto {
  @ApiPropertyOptional({ description: "Reach's own id of a contact." })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  contactId?: string;

  @ApiPropertyOptional({ description: 'Your key of the contact, as your files have it: the same as one external id.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  key?: string;

  @ApiPropertyOptional({ type: [String], maxItems: MOST })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST)
  @IsString({ each: true })
  @MaxLength(1000, { each: true })
  externalIds?: string[];

  @ApiPropertyOptional({
    description: 'Where `key` and `externalIds` come from. Without it they are found in every namespace.',
    example: 'shopify',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  externalIdNamespace?: string;

  @ApiPropertyOptional({ type: [String], maxItems: MOST, description: 'Addresses, or SHA-256 digests of them.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST)
  @IsString({ each: true })
  @MaxLength(320, { each: true })
  emails?: string[];

  @ApiPropertyOptional({
    type: [String],
    maxItems: MOST,
    description: 'Numbers, international or national with `country`, or SHA-256 digests of the E.164 form.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  phones?: string[];

  @ApiPropertyOptional({
    type: [String],
    maxItems: MOST,
    description: 'SHA-256 digests of addresses in small letters.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  emailHashes?: string[];

  @ApiPropertyOptional({ type: [String], maxItems: MOST, description: 'SHA-256 digests of E.164 numbers.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  phoneHashes?: string[];

  @ApiPropertyOptional({ type: [String], maxItems: MOST })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  mobileAdIds?: string[];

  @ApiPropertyOptional({ description: 'Country of national phone numbers. ISO 3166-1 alpha-2.', example: 'US' })
  @IsOptional()
  @IsISO31661Alpha2()
  country?: string;
}
