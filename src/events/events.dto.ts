import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsDefined,
  IsISO8601,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { ContactReferenceDto } from '../contacts/contact-reference.dto.ts';
import { AsPosted } from '../http/as-posted.ts';

/** Most events of one request. */
export const MOST_EVENTS = 500;

/** Something a known contact did. */
export class EventDto {
  @ApiProperty({
    description:
      'Yours. The same id again in the stream of the same contact is the same event: what comes later corrects it.',
    example: 'order-1001',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  id!: string;

  @ApiProperty({ example: 'order' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  @Matches(/^[^\s:][^:]*$/, { message: 'stream must not begin with a space or contain a colon' })
  stream!: string;

  @ApiProperty({ type: ContactReferenceDto })
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => ContactReferenceDto)
  contact!: ContactReferenceDto;

  @ApiPropertyOptional({ description: 'When it happened, ISO 8601; without a zone it is UTC. Default: now.' })
  @IsOptional()
  @IsISO8601({ strict: true })
  time?: string;

  @ApiPropertyOptional({
    description:
      'Rounded to six decimals, and exact from then on. Without it the event has no value: sums, averages and comparisons leave it out.',
    minimum: -Number.MAX_SAFE_INTEGER,
    maximum: Number.MAX_SAFE_INTEGER,
    example: 49.9,
  })
  @IsOptional()
  @IsNumber()
  value?: number;

  @ApiPropertyOptional({
    description: 'Texts, numbers or booleans by name, at most 100.',
    example: { category: 'shoes' },
  })
  @IsOptional()
  @IsObject()
  @AsPosted()
  properties?: Record<string, unknown>;
}

/** One event, or several. */
export class IngestDto {
  @ApiPropertyOptional({ type: EventDto })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => EventDto)
  event?: EventDto;

  @ApiPropertyOptional({ type: [EventDto], maxItems: MOST_EVENTS })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_EVENTS)
  @ValidateNested({ each: true })
  @Type(() => EventDto)
  events?: EventDto[];
}
