import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsHexColor,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';

/** At least one visible character and no control characters, on one line. */
const LINE = /^[^\p{Cc}\p{Cs}]*\S[^\p{Cc}\p{Cs}]*$/u;
/** The same with line breaks. */
const TEXT = /^(?:[^\p{Cc}\p{Cs}]|[\n\t])*$/u;

export const MAX_K = 20;
/** Parts that one persona can be split into at once. */
export const MAX_PARTS = 10;

/** Icons a persona can wear, of the Tabler set. */
export const ICONS = [
  'user',
  'star',
  'heart',
  'bolt',
  'leaf',
  'diamond',
  'home',
  'rocket',
  'crown',
  'coin',
  'flame',
  'sun',
] as const;

export class CreatePersonaSetDto {
  @ApiProperty({ example: 'Customers', maxLength: 200 })
  @IsString()
  @MaxLength(200)
  @Matches(LINE, { message: 'name must have a visible character and no control characters' })
  name!: string;

  @ApiPropertyOptional({ description: 'Cohort to learn from. Absent: every contact.' })
  @IsOptional()
  @IsString()
  cohortId?: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'Traits to cluster on, at least 2. Absent: those that tell contacts apart are chosen, with reasons.',
    example: ['tenure', 'contract', 'monthly_charges'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ArrayUnique()
  @IsString({ each: true })
  traits?: string[];

  @ApiPropertyOptional({
    description:
      'Exact number of personas, or "auto" (the default): the most that are separated, stable and large enough.',
    oneOf: [
      { type: 'integer', minimum: 2, maximum: MAX_K },
      { type: 'string', enum: ['auto'] },
    ],
    default: 'auto',
  })
  @IsOptional()
  @ValidateIf((_, value) => value !== 'auto')
  @IsInt({ message: `k must be a whole number from 2 to ${MAX_K}, or "auto"` })
  @Min(2, { message: `k must be from 2 to ${MAX_K}` })
  @Max(MAX_K, { message: `k must be from 2 to ${MAX_K}` })
  k?: number | 'auto';

  @ApiPropertyOptional({ description: 'The same contacts and seed give the same personas.', default: 1 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2 ** 31 - 1)
  seed?: number;

  @ApiPropertyOptional({
    description:
      'Leave out traits such as age, gender or postal code: needed for housing, employment and credit advertising.',
    default: false,
  })
  @IsOptional()
  @IsBoolean()
  excludeProtected?: boolean;
}

/** Another training; what is absent stays as it was. */
export class CreateVersionDto {
  @ApiPropertyOptional({
    description: 'Absent: as many as the version that it goes on from (the published one, else the newest).',
    oneOf: [
      { type: 'integer', minimum: 2, maximum: MAX_K },
      { type: 'string', enum: ['auto'] },
    ],
  })
  @IsOptional()
  @ValidateIf((_, value) => value !== 'auto')
  @IsInt({ message: `k must be a whole number from 2 to ${MAX_K}, or "auto"` })
  @Min(2, { message: `k must be from 2 to ${MAX_K}` })
  @Max(MAX_K, { message: `k must be from 2 to ${MAX_K}` })
  k?: number | 'auto';

  @ApiPropertyOptional({ type: [String], nullable: true, description: '`null`: chosen automatically.' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ArrayUnique()
  @IsString({ each: true })
  traits?: string[] | null;

  @ApiPropertyOptional()
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2 ** 31 - 1)
  seed?: number;

  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  excludeProtected?: boolean;
}

export class UpdatePersonaDto {
  @ApiPropertyOptional({ maxLength: 120 })
  @ValidateIf((_, value) => value !== undefined)
  @IsString()
  @MaxLength(120)
  @Matches(LINE, { message: 'name must have a visible character and no control characters' })
  name?: string;

  @ApiPropertyOptional({ nullable: true, description: '`null`: the summary written by rule is shown again.' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  @Matches(TEXT, { message: 'summary must not have control characters' })
  summary?: string | null;

  @ApiPropertyOptional({ example: '#2f9e44' })
  @ValidateIf((_, value) => value !== undefined)
  @IsHexColor()
  color?: string;

  @ApiPropertyOptional({ enum: ICONS })
  @ValidateIf((_, value) => value !== undefined)
  @IsIn(ICONS)
  icon?: string;

  @ApiPropertyOptional({ nullable: true, example: 'warm, plain' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  @Matches(TEXT, { message: 'tone must not have control characters' })
  tone?: string | null;

  @ApiPropertyOptional({ nullable: true, example: 'A second line at half price' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  @Matches(TEXT, { message: 'offer must not have control characters' })
  offer?: string | null;

  @ApiPropertyOptional({ type: [String], nullable: true, description: 'Messages for creatives, at most 10.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @MaxLength(500, { each: true })
  messages?: string[] | null;
}

/** Personas that become one. */
export class MergePersonasDto {
  @ApiProperty({ type: [String], description: 'Keys of the personas that become one.', example: ['p2', 'p4'] })
  @IsArray()
  @ArrayMinSize(2)
  @ArrayMaxSize(MAX_K)
  @ArrayUnique()
  @IsString({ each: true })
  keys!: string[];

  @ApiProperty({ description: 'The one of them whose key, name, brief and remote audience stay.', example: 'p2' })
  @IsString()
  into!: string;
}

/** A persona that becomes several. */
export class SplitPersonaDto {
  @ApiProperty({ example: 'p1' })
  @IsString()
  key!: string;

  @ApiPropertyOptional({
    description: 'How many it becomes. The largest part keeps the key, the others get new ones.',
    minimum: 2,
    maximum: MAX_PARTS,
    default: 2,
  })
  @IsOptional()
  @IsInt()
  @Min(2)
  @Max(MAX_PARTS)
  parts?: number;

  @ApiPropertyOptional({ description: 'The same contacts and seed give the same parts. Absent: that of the set.' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2 ** 31 - 1)
  seed?: number;
}

export class PersonaOfContactQuery {
  @ApiPropertyOptional({ description: 'Only of this persona set.' })
  @IsOptional()
  @IsString()
  set?: string;
}
