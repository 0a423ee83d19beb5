import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBooleanString, IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { TRAIT_TYPES } from './mapping/mapping.ts';
import type { TraitType } from './values/infer.ts';

/** The changes of a trait; name and type cannot change in one request. */
export class UpdateTraitDto {
  @ApiPropertyOptional({
    description: 'A new name. Stored values and every definition that uses the trait are renamed too.',
  })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  name?: string;

  @ApiPropertyOptional({
    enum: TRAIT_TYPES,
    description: 'Values that fit are converted; the others are deleted and counted.',
  })
  @IsOptional()
  @IsIn(TRAIT_TYPES)
  type?: TraitType;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  description?: string;
}

export class ListTraitsQuery {
  @ApiPropertyOptional({ description: '`true` adds how many contacts have each trait, and what uses it.' })
  @IsOptional()
  @IsBooleanString()
  details?: string;
}
