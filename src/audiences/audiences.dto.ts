import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { NAME, TEXT } from '../cohorts/cohorts.dto.ts';

const CONDITION = { type: 'object', additionalProperties: true, description: 'See docs/conditions.md.' } as const;
/** Ids and keys: what both stores can hold. */
const WORD = /^[\w.:-]{1,200}$/;

export class SideDto {
  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    description:
      'Ids of cohorts, at least one; a contact in any of them counts. Null or absent: no cohort is asked for.',
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty({ message: 'cohorts must name a cohort; leave it out, or send null, to ask for none' })
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(WORD, { each: true, message: 'each cohort is the id of a cohort' })
  cohorts?: string[] | null;

  @ApiPropertyOptional({ ...CONDITION, nullable: true })
  @IsOptional()
  condition?: unknown;
}

export class OrderByDto {
  @ApiPropertyOptional({ description: 'A number, date or boolean trait; contacts without it come last.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  trait?: string;

  @ApiPropertyOptional({ description: 'Seed of a random order: the same seed always picks the same contacts.' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  random?: number;
}

export class LimitDto {
  @ApiProperty({ minimum: 1, description: 'Most members.' })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  count!: number;

  @ApiPropertyOptional({ type: OrderByDto, description: 'Who comes first; by default a random order with seed 0.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OrderByDto)
  orderBy?: OrderByDto;

  @ApiPropertyOptional({ enum: ['asc', 'desc'], default: 'desc' })
  @IsOptional()
  @IsIn(['asc', 'desc'])
  direction?: 'asc' | 'desc';
}

export class AudienceDefinitionDto {
  @ApiPropertyOptional({
    type: SideDto,
    description: 'In any of the cohorts, and the condition holds. Absent: everyone.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => SideDto)
  include?: SideDto;

  @ApiPropertyOptional({ type: SideDto, description: 'In none of the cohorts, and the condition does not hold.' })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => SideDto)
  exclude?: SideDto;

  @ApiPropertyOptional({ description: 'Persona set that splits and describes the audience.' })
  @IsOptional()
  @Matches(WORD, { message: 'personaSetId is the id of a persona set' })
  personaSetId?: string;

  @ApiPropertyOptional({ type: [String], description: 'Keys: only contacts of these personas.' })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(WORD, { each: true, message: 'each persona is the key of a persona' })
  personas?: string[];

  @ApiPropertyOptional({ type: LimitDto })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LimitDto)
  limit?: LimitDto;
}

export class CreateAudienceDto extends AudienceDefinitionDto {
  @ApiProperty({ example: 'Win back autumn', maxLength: 200 })
  @IsString()
  @MaxLength(200)
  @Matches(NAME, { message: 'name must have at least one visible character and no control characters' })
  name!: string;

  @ApiPropertyOptional({ default: '', maxLength: 2000 })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  @Matches(TEXT, { message: 'description must not have control characters' })
  description?: string;
}

/**
 * Fields that are left out keep their value, also the cohorts and the condition within include and exclude; null clears an
 * optional one.
 */
export class UpdateAudienceDto extends PartialType(CreateAudienceDto, { skipNullProperties: false }) {}

export class PreviewAudienceDto extends AudienceDefinitionDto {
  @ApiPropertyOptional({ description: 'A stored audience, instead of a definition.' })
  @IsOptional()
  @Matches(WORD, { message: 'audienceId is the id of an audience' })
  audienceId?: string;
}

export class ExplainQuery {
  @ApiProperty({ description: 'Id of a contact.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  contactId!: string;
}
