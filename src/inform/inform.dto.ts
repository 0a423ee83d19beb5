import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { ContactReferenceDto } from '../contacts/contact-reference.dto.ts';
import { AsPosted } from '../http/as-posted.ts';

/** Most contacts of one request. */
export const MOST_CONTACTS = 500;

/** A contact to score: known or never seen, by identifiers, traits or both. Posted traits win over stored ones. */
export class ScoreContactDto extends ContactReferenceDto {
  @ApiPropertyOptional({ description: 'Comes back with the result, so that you know whose it is. Yours to choose.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  reference?: string;

  @ApiPropertyOptional({ description: 'As the files have it: `f`, `female`, `Mrs`.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  gender?: string;

  @ApiPropertyOptional({ description: 'YYYY-MM-DD. The age is counted from it.', example: '1990-05-31' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  birthDate?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  city?: string;

  @ApiPropertyOptional({ description: 'State, province or region.' })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  region?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(100)
  postalCode?: string;

  @ApiPropertyOptional({
    description:
      'Values by trait name; dates as YYYY-MM-DD, null for "not known". Unknown traits and values of another type are warned of and left out.',
    example: { tenure: 12, plan: 'gold', vip: true, signup: '2024-05-01' },
    type: Object,
  })
  @IsOptional()
  @IsObject()
  @AsPosted()
  traits?: Record<string, unknown>;
}

export class PushDto {
  @ApiProperty({ description: 'A connection of the type webhook.' })
  @IsString()
  @IsNotEmpty()
  connectionId!: string;
}

/** What to score by: everything live, unless chosen. An empty list chooses none. */
export class ModelChoiceDto {
  @ApiPropertyOptional({ type: [String], description: 'Ids of persona sets with a published version. Default: all.' })
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  personaSets?: string[];

  @ApiPropertyOptional({ type: [String], description: 'Ids of outcomes with a published version. Default: all.' })
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  outcomes?: string[];
}

export class ScoreDto extends ModelChoiceDto {
  @ApiPropertyOptional({ type: ScoreContactDto, description: 'One contact; or give `contacts`.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ScoreContactDto)
  contact?: ScoreContactDto;

  @ApiPropertyOptional({ type: [ScoreContactDto], maxItems: MOST_CONTACTS, description: 'Several contacts.' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_CONTACTS)
  @ValidateNested({ each: true })
  @Type(() => ScoreContactDto)
  contacts?: ScoreContactDto[];

  @ApiPropertyOptional({
    type: PushDto,
    description: 'Sends the answer to a webhook as well. Needs the role marketer.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => PushDto)
  push?: PushDto;

  @ApiPropertyOptional({
    description:
      'Stores identifiers, traits, address, gender and birth date: creates the contact or updates it. Needs the role marketer.',
    default: false,
  })
  @IsOptional()
  @IsBoolean()
  upsert?: boolean;
}
