import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO31661Alpha2, IsOptional, IsString, MaxLength } from 'class-validator';

/** One or more identifiers; a contact that has any of them is found. */
export class FindContactsQuery {
  @ApiPropertyOptional({ description: 'E-mail address or its SHA-256 digest.' })
  @IsOptional()
  @IsString()
  @MaxLength(320)
  email?: string;

  @ApiPropertyOptional({ description: 'Phone number or the SHA-256 digest of its E.164 form.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  phone?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  externalId?: string;

  @ApiPropertyOptional({
    description: 'Where the external id comes from. Without it the id is found in every namespace.',
    example: 'shopify',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  externalIdNamespace?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(100)
  mobileAdId?: string;

  @ApiPropertyOptional({ description: 'Country of a national phone number. ISO 3166-1 alpha-2.' })
  @IsOptional()
  @IsISO31661Alpha2()
  country?: string;
}
