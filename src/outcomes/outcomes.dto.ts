import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

/** At least one visible character and no control characters, on one line. */
const LINE = /^[^\p{Cc}\p{Cs}]*\S[^\p{Cc}\p{Cs}]*$/u;

/** Another training; what is absent stays as it was. */
export class CreateOutcomeVersionDto {
  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    description: 'Traits to learn from. Absent or `null`: all that are of use, with reasons for the others.',
    example: ['tenure', 'contract', 'monthly_charges'],
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ArrayUnique()
  @IsString({ each: true })
  traits?: string[] | null;

  @ApiPropertyOptional({ description: 'The same contacts and seed give the same model.', default: 1 })
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

export class CreateOutcomeDto extends CreateOutcomeVersionDto {
  @ApiProperty({ example: 'Will churn', maxLength: 200 })
  @IsString()
  @MaxLength(200)
  @Matches(LINE, { message: 'name must have a visible character and no control characters' })
  name!: string;

  @ApiPropertyOptional({ description: 'Cohort of those who could attain it. Absent: every contact.' })
  @IsOptional()
  @IsString()
  eligible?: string;

  @ApiPropertyOptional({
    description:
      'Cohort of those who attained it. Eligible contacts outside of it are the counter-examples. At least 100 of each are needed.',
  })
  @IsOptional()
  @IsString()
  attained?: string;

  @ApiPropertyOptional({
    description:
      'Instead of a cohort: an event, as in conditions, with `within.from`. Traits made of events and ages of dates are then as of that day, so that nothing is learnt from what came after.',
    example: { event: 'order', within: { from: '2026-05-01', to: '2026-06-30' } },
  })
  @IsOptional()
  @IsObject()
  attainedEvent?: Record<string, unknown>;

  @ApiPropertyOptional({
    description:
      'Cohort of those who are known to be lost. With it they alone are the counter-examples, and who is undecided is not learnt from.',
  })
  @IsOptional()
  @IsString()
  attrition?: string;
}

export class ScoresOfContactQuery {
  @ApiPropertyOptional({ description: 'Only of this outcome.' })
  @IsOptional()
  @IsString()
  outcome?: string;
}
