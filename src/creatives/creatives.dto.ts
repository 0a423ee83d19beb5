import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { NAME, TEXT } from '../cohorts/cohorts.dto.ts';

const CHANNEL = /^[a-z][a-z0-9-]{0,49}$/;
const CHANNEL_FAULT = 'a channel is the type of a destination, or mail, email, sms or display';
/** A day or a moment with its offset, of a year that the database can hold. */
const MOMENT = /^(?!0000)\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;
const HTTPS = { protocols: ['https'], require_protocol: true, disallow_auth: true };

/** What is said to a persona. */
export class CreateCreativeDto {
  @ApiProperty({
    example: 'Second line, warm',
    maxLength: 200,
    description: 'For people who choose; not shown in ads.',
  })
  @IsString()
  @MaxLength(200)
  @Matches(NAME, { message: 'name must have a visible character and no control characters' })
  name!: string;

  @ApiProperty({ example: 'Room for one more?', maxLength: 255 })
  @IsString()
  @MaxLength(255)
  @Matches(NAME, { message: 'headline must have a visible character and no control characters' })
  headline!: string;

  @ApiPropertyOptional({ maxLength: 5000, nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(5000)
  @Matches(TEXT, { message: 'body must not have control characters' })
  body?: string | null;

  @ApiPropertyOptional({
    description: 'https. Handed on as it is; Reach never fetches it.',
    example: 'https://cdn.example.com/second-line.jpg',
    nullable: true,
  })
  @IsOptional()
  @MaxLength(2000)
  @IsUrl(HTTPS, { message: 'imageUrl must be an https address without credentials' })
  imageUrl?: string | null;

  @ApiPropertyOptional({ example: 'Add a line', maxLength: 80, nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(80)
  @Matches(NAME, { message: 'callToAction must have a visible character and no control characters' })
  callToAction?: string | null;

  @ApiPropertyOptional({ description: 'https.', example: 'https://www.example.com/second-line', nullable: true })
  @IsOptional()
  @MaxLength(2000)
  @IsUrl(HTTPS, { message: 'linkUrl must be an https address without credentials' })
  linkUrl?: string | null;

  @ApiPropertyOptional({
    type: [String],
    description: 'Destination types (GET /v1/destinations), mail, email, sms, display. Empty: every channel.',
    example: ['facebook', 'mail'],
    default: [],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(CHANNEL, { each: true, message: CHANNEL_FAULT })
  channels?: string[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Which personas it is for; null: every persona. See docs/creatives.md.',
    example: { all: [{ trait: 'tenure', salient: true }, { tone: 'warm' }] },
  })
  @IsOptional()
  rules?: unknown;

  @ApiPropertyOptional({ description: 'Used from this moment on. A day means its start in UTC.', nullable: true })
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(MOMENT, { message: 'activeFrom must be a day (2026-12-01) or a moment with its offset' })
  activeFrom?: string | null;

  @ApiPropertyOptional({ description: 'No longer used from this moment on.', nullable: true })
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(MOMENT, { message: 'activeUntil must be a day (2026-12-31) or a moment with its offset' })
  activeUntil?: string | null;
}

/** Fields that are left out keep their value; null clears an optional one. */
export class UpdateCreativeDto extends PartialType(CreateCreativeDto, { skipNullProperties: false }) {}

export class MatchesQuery {
  @ApiPropertyOptional({ description: 'Only creatives for this channel. Absent: whatever the channel.' })
  @IsOptional()
  @Matches(CHANNEL, { message: CHANNEL_FAULT })
  channel?: string;
}

/** Which creatives travel with a delivery. Defaults are filled in by the service. */
export class AttachCreativesDto {
  @ApiPropertyOptional({ default: true })
  @IsOptional()
  @IsBoolean()
  attach?: boolean;

  @ApiPropertyOptional({ description: 'Most creatives of one segment, the best first.', default: 3 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(20)
  perSegment?: number;

  @ApiPropertyOptional({ description: "Default: the type of the delivery's destination.", nullable: true })
  @IsOptional()
  @Matches(CHANNEL, { message: CHANNEL_FAULT })
  channel?: string | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' } },
    description:
      'By persona key (`all` without a split): exactly these creatives, in this order, whatever their rules and channels.',
    example: { p1: ['cre_…'] },
  })
  @IsOptional()
  @IsObject()
  pins?: Record<string, unknown>;
}
