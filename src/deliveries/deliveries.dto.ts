import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO31661Alpha2,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { ConsentState, DeliveryMode, Representation } from '../../connectors/destination.ts';

const CONSENT = ['granted', 'denied', 'unspecified'] as const;

export class ConsentDto {
  @ApiPropertyOptional({ enum: CONSENT, default: 'granted' })
  @IsIn(CONSENT)
  adUserData: ConsentState = 'granted';

  @ApiPropertyOptional({ enum: CONSENT, default: 'granted' })
  @IsIn(CONSENT)
  adPersonalization: ConsentState = 'granted';
}

export class CreateDeliveryDto {
  @ApiProperty({ example: 'Spring campaign on Facebook' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  name!: string;

  @ApiProperty({ description: 'The audience to deliver.' })
  @IsString()
  audienceId!: string;

  @ApiProperty({ description: 'The connection to deliver to.' })
  @IsString()
  connectionId!: string;

  @ApiPropertyOptional({
    description: 'Split delivery by persona for personalized outreach: one remote audience or file a persona.',
    default: false,
  })
  @IsBoolean()
  splitByPersona: boolean = false;

  @ApiPropertyOptional({
    description: 'The persona set to split by. Needed with splitByPersona unless the audience names one.',
  })
  @IsOptional()
  @IsString()
  personaSetId?: string;

  @ApiPropertyOptional({
    enum: ['mirror', 'add-only'],
    default: 'mirror',
    description:
      'mirror keeps the remote audience equal to ours; add-only never removes anyone but those who withdrew consent.',
  })
  @IsIn(['mirror', 'add-only'])
  mode: DeliveryMode = 'mirror';

  @ApiPropertyOptional({
    description: "How members are represented. Default: the destination's first.",
    enum: ['hashed', 'plain', 'referenced'],
  })
  @IsOptional()
  @IsIn(['hashed', 'plain', 'referenced'])
  representation?: Representation;

  @ApiPropertyOptional({
    description: "Match keys to send, by the destination's names. Default: what the destination recommends.",
    type: [String],
  })
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @IsString({ each: true })
  matchKeys?: string[];

  @ApiPropertyOptional({
    description: 'Traits that travel with each member, where the destination carries columns.',
    type: [String],
  })
  @IsArray()
  @ArrayUnique()
  @IsString({ each: true })
  attributes: string[] = [];

  @ApiPropertyOptional({
    description: 'Name of the remote audience: {{audience}}, {{persona}}, {{key}}, {{delivery}}.',
    example: '{{audience}} – {{persona}}',
  })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  nameTemplate?: string;

  @ApiPropertyOptional({
    description:
      'Description of the remote audience: as nameTemplate, and {{summary}}, {{share}}, {{traits}}, {{tone}}, {{offer}}.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  descriptionTemplate?: string;

  @ApiPropertyOptional({
    description: 'Country of contacts that name none, for phone numbers. ISO 3166-1 alpha-2.',
    example: 'US',
  })
  @IsOptional()
  @IsISO31661Alpha2()
  defaultCountry?: string;

  @ApiPropertyOptional({
    description: 'What members consented to, where a contact says nothing itself.',
    type: ConsentDto,
  })
  @ValidateNested()
  @Type(() => ConsentDto)
  consent: ConsentDto = new ConsentDto();

  @ApiPropertyOptional({
    description: 'Options that the destination declares; see GET /v1/destinations.',
    type: Object,
  })
  @IsObject()
  options: Record<string, unknown> = {};
}

export class UpdateDeliveryDto extends PartialType(CreateDeliveryDto) {}
