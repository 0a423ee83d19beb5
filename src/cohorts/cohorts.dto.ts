import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDefined, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';

/** Letters, digits, signs: what a name may hold, on one line. */
export const NAME = /^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u;
/** Text with line breaks. */
export const TEXT = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u;

export class CreateCohortDto {
  @ApiProperty({ example: 'Loyal customers', maxLength: 200 })
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

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Who belongs to it; see docs/conditions.md.',
    example: {
      all: [
        { trait: 'tenure', op: 'gte', value: 12 },
        { event: 'order', count: { gte: 2 }, within: { days: 90 } },
      ],
    },
  })
  @IsDefined({ message: 'condition is missing; for every contact write {"everyone": true}' })
  condition!: unknown;
}

export class UpdateCohortDto extends PartialType(CreateCohortDto, { skipNullProperties: false }) {}

export class MembersQuery {
  @ApiPropertyOptional({ description: 'Most contacts to show.', minimum: 1, maximum: 100, default: 10 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 10;
}
