import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO31661Alpha2,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { ConsentState, DeliveryMode, Representation } from '../../connectors/destination.ts';
import { AttachCreativesDto } from '../creatives/creatives.dto.ts';

const MODES = ['mirror', 'add-only', 'remove-only', 'changes'];
const CONSENT = ['granted', 'denied', 'unspecified'] as const;

export class ConsentDto {
  @ApiPropertyOptional({ enum: CONSENT, default: 'granted' })
  @IsOptional()
  @IsIn(CONSENT)
  adUserData?: ConsentState;

  @ApiPropertyOptional({ enum: CONSENT, default: 'granted' })
  @IsOptional()
  @IsIn(CONSENT)
  adPersonalization?: ConsentState;
}

export class GuardsDto {
  @ApiPropertyOptional({
    description: 'Largest share of a segment that one run may remove; null: no limit.',
    default: 0.3,
    nullable: true,
  })
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  maxRemovalShare?: number | null;

  @ApiPropertyOptional({
    description: 'Largest growth of a segment in one run, as a share of what it held; null: no limit.',
    default: null,
    nullable: true,
  })
  @IsOptional()
  @IsNumber()
  @Min(0)
  maxGrowthShare?: number | null;

  @ApiPropertyOptional({
    description: 'Oldest age of the newest import, in hours; null: no limit.',
    default: null,
    nullable: true,
  })
  @IsOptional()
  @IsNumber()
  @Min(0)
  maxInputAgeHours?: number | null;

  @ApiPropertyOptional({
    description: 'Hold a run that leaves a persona with fewer members than the platform can use.',
    default: true,
  })
  @IsOptional()
  @IsBoolean()
  platformFloor?: boolean;

  @ApiPropertyOptional({ description: 'Hold a run whose remote names hint at health or finance.', default: true })
  @IsOptional()
  @IsBoolean()
  sensitiveWords?: boolean;
}

export class ScheduleDto {
  @ApiPropertyOptional({
    description:
      'Cron expression, in the time of timeZone, with at least five minutes between two runs. Where clocks change, a skipped time is moved on and a repeated one counts once; a schedule of every hour runs in each real hour.',
    example: '0 6 * * 1-5',
  })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  cron?: string;

  @ApiPropertyOptional({
    description: 'IANA time zone that the expression is read in.',
    default: 'UTC',
    example: 'Europe/Berlin',
  })
  @IsString()
  timeZone: string = 'UTC';

  @ApiPropertyOptional({
    description:
      'Also run after every finished import: where personas split the delivery, or personas or scores decide who is in its audience, once they have taken the import in.',
    default: false,
  })
  @IsBoolean()
  afterImport: boolean = false;

  @ApiPropertyOptional({
    description: 'Also run after personas that split it, or decide who is in its audience, were published anew.',
    default: false,
  })
  @IsBoolean()
  afterRebuild: boolean = false;
}

/** How a run starts. */
export class StartRunDto {
  @ApiPropertyOptional({ description: 'Send every member again, and remove who does not belong.', default: false })
  @IsBoolean()
  resync: boolean = false;

  @ApiPropertyOptional({
    description:
      'Try those again that were refused or are not known to have arrived, and leave everyone else as they are, except people who may not be delivered any more. With `resync`: everyone, those included that were refused.',
    default: false,
  })
  @IsBoolean()
  retryRefused: boolean = false;
}

export class PreviewDto {
  @ApiPropertyOptional({
    description: 'Have the platform judge up to 500 members of each segment, where it can without taking them.',
    default: false,
  })
  @IsBoolean()
  rehearse: boolean = false;
}

export class CompareQuery {
  @ApiProperty({ description: 'Id of the earlier run.' })
  @IsString()
  @IsNotEmpty()
  with!: string;
}

export class PayloadQuery {
  @ApiProperty({ description: 'Id of a contact.' })
  @IsString()
  @IsNotEmpty()
  contactId!: string;
}

export class DecideHoldDto {
  @ApiPropertyOptional({ description: 'Why, for the record.' })
  @IsString()
  @MaxLength(1000)
  note: string = '';
}

export class BandDto {
  @ApiProperty({ example: 'high' })
  @IsString()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9 _-]{0,39}$/, { message: 'name must be 1 to 40 letters, digits, spaces, _ or -' })
  name!: string;

  @ApiProperty({ description: 'Percentile from which it holds, up to the next band.', minimum: 0, maximum: 100 })
  @IsNumber()
  @Min(0)
  @Max(100)
  from!: number;
}

/** An outcome whose bands are told. */
export class ToldOutcomeDto {
  @ApiProperty({ description: 'An outcome with a published version.' })
  @IsString()
  outcomeId!: string;

  @ApiPropertyOptional({
    description: "Name of its attributes: `<as>_band` and `previous_<as>_band`. Default: of the outcome's name.",
    example: 'will_buy',
  })
  @IsOptional()
  @Matches(/^[a-z][a-z0-9_]{0,39}$/, { message: 'as must be 1 to 40 small letters, digits or _' })
  as?: string;

  @ApiPropertyOptional({ type: [BandDto], description: 'Default: high from 80, medium from 50, low from 0.' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => BandDto)
  bands?: BandDto[];
}

/** Defaults are filled in by the service, never here: an update would take them for wishes. */
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
  @IsOptional()
  @IsBoolean()
  splitByPersona?: boolean;

  @ApiPropertyOptional({
    description: 'The persona set to split by. Needed with splitByPersona unless the audience names one.',
  })
  @IsOptional()
  @IsString()
  personaSetId?: string;

  @ApiPropertyOptional({
    enum: MODES,
    default: 'mirror',
    description:
      'mirror keeps the remote audience equal to ours; add-only removes no one but those who withdrew consent; remove-only adds no one; changes tells who entered, moved and left since the last run.',
  })
  @IsOptional()
  @IsIn(MODES)
  mode?: DeliveryMode;

  @ApiPropertyOptional({
    description: 'With the mode changes: outcomes whose bands are told, beside the persona of personaSetId.',
    type: [ToldOutcomeDto],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ToldOutcomeDto)
  outcomes?: ToldOutcomeDto[];

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
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @IsString({ each: true })
  attributes?: string[];

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
  @IsOptional()
  @ValidateNested()
  @Type(() => ConsentDto)
  consent?: ConsentDto;

  @ApiPropertyOptional({
    description: 'Options that the destination declares; see GET /v1/destinations.',
    type: Object,
  })
  @IsOptional()
  @IsObject()
  options?: Record<string, unknown>;

  @ApiPropertyOptional({ description: 'Limits that hold a run for a person to look at.', type: GuardsDto })
  @IsOptional()
  @ValidateNested()
  @Type(() => GuardsDto)
  guards?: GuardsDto;

  @ApiPropertyOptional({
    description: 'Creatives that travel with each segment, matched when a run is planned. Absent: none.',
    type: AttachCreativesDto,
    nullable: true,
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => AttachCreativesDto)
  creatives?: AttachCreativesDto | null;

  @ApiPropertyOptional({
    description: 'When it runs by itself. Absent: only when asked.',
    type: ScheduleDto,
    nullable: true,
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => ScheduleDto)
  schedule?: ScheduleDto | null;
}

/** Fields that are left out stay as they are. */
export class UpdateDeliveryDto extends PartialType(CreateDeliveryDto, { skipNullProperties: false }) {}
