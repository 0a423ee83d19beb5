import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsISO31661Alpha2,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';

const LIST = { each: true } as const;

export class ConsentGroupDto {
  @ApiProperty({ example: 'Europe' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  name!: string;

  @ApiProperty({
    type: [String],
    description:
      'ISO 3166-1 codes or English names of countries, kept as alpha-2 codes; or EEA for the European Economic Area.',
    example: ['EEA', 'GB', 'CH'],
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(300)
  @IsString(LIST)
  @MaxLength(100, LIST)
  countries!: string[];

  @ApiProperty({ enum: ['granted', 'denied'], description: 'What people who said nothing are taken to have said.' })
  @IsIn(['granted', 'denied'])
  unspecified!: 'granted' | 'denied';
}

export class ConsentPolicyDto {
  @ApiProperty({ type: [ConsentGroupDto], description: 'The first group that names a country decides.' })
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => ConsentGroupDto)
  groups!: ConsentGroupDto[];
}

/** Identifiers of people who may not be delivered, plain or as SHA-256 digests. */
export class SuppressionDto {
  @ApiPropertyOptional({ description: 'Name of the list, for the record.', default: 'default' })
  @IsString()
  @Matches(/^[\w.-]{1,100}$/, { message: 'list holds letters, digits, _ . and -' })
  list: string = 'default';

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsString(LIST)
  emails?: string[];

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsString(LIST)
  phones?: string[];

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsString(LIST)
  externalIds?: string[];

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsString(LIST)
  mobileAdIds?: string[];

  @ApiPropertyOptional({ description: 'Country of national phone numbers. ISO 3166-1 alpha-2.' })
  @IsOptional()
  @IsISO31661Alpha2()
  defaultCountry?: string;
}
