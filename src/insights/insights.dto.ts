import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { INTERVALS, type Interval } from './period.ts';

const DAY = /^(19[7-9]\d|20\d\d|21\d\d)-\d\d-\d\d$/;

/** A day that exists, `YYYY-MM-DD`, 1970 to 2199. */
function IsDay(): PropertyDecorator {
  return (target, key) => {
    const message = `${String(key)} must be a day from 1970 on, written YYYY-MM-DD`;
    Matches(DAY, { message })(target, key);
    IsISO8601({ strict: true }, { message: `${String(key)} is no day of the calendar` })(target, key);
  };
}

/** One thing's id or name. */
function IsName(): PropertyDecorator {
  return (target, key) => {
    IsString()(target, key);
    IsNotEmpty()(target, key);
    MaxLength(200)(target, key);
  };
}

class ZoneQuery {
  @ApiPropertyOptional({
    default: 'UTC',
    example: 'Europe/Berlin',
    description: 'Whose days: a name of the IANA database.',
  })
  @IsOptional()
  @IsName()
  timeZone: string = 'UTC';
}

class PersonaQuery extends ZoneQuery {
  @ApiProperty({ description: 'A persona set with a published version.', example: 'pst_…' })
  @IsName()
  personaSetId!: string;
}

/** Days from and to, both included, in buckets. At most 750 buckets. */
export class MakeupQuery extends PersonaQuery {
  @ApiPropertyOptional({ description: 'First day, YYYY-MM-DD.', example: '2026-01-01' })
  @IsOptional()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ description: 'Last day, YYYY-MM-DD; today when absent.', example: '2026-06-30' })
  @IsOptional()
  @IsDay()
  to?: string;

  @ApiPropertyOptional({ enum: INTERVALS, default: 'month', description: 'Weeks begin on Monday.' })
  @IsOptional()
  @IsIn(INTERVALS)
  interval: Interval = 'month';
}

export class RevenueQuery extends MakeupQuery {
  @ApiPropertyOptional({ default: 'order', description: 'Stream whose events are orders; their value is revenue.' })
  @IsOptional()
  @IsName()
  stream: string = 'order';

  @ApiPropertyOptional({
    enum: ['then', 'now'],
    default: 'then',
    description:
      'then: the persona at the time of the order (before the first publication, the first one known); now: the persona today.',
  })
  @IsOptional()
  @IsIn(['then', 'now'])
  persona: 'then' | 'now' = 'then';
}

export class SnapshotQuery extends PersonaQuery {
  @ApiPropertyOptional({ description: 'As of the end of this day, YYYY-MM-DD; today when absent.' })
  @IsOptional()
  @IsDay()
  date?: string;

  @ApiPropertyOptional({ default: 'order', description: 'Stream whose events are orders; their value is spend.' })
  @IsOptional()
  @IsName()
  stream: string = 'order';

  @ApiPropertyOptional({
    default: 30,
    minimum: 1,
    maximum: 3660,
    description: 'Spend in this many days, the last one included.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(3660)
  days: number = 30;
}

export class FlowQuery extends PersonaQuery {
  @ApiProperty({ description: 'Personas at the end of this day, YYYY-MM-DD …' })
  @IsDay()
  from!: string;

  @ApiPropertyOptional({ description: '… and at the end of this one; today when absent.' })
  @IsOptional()
  @IsDay()
  to?: string;
}

const GROUP = 'everyone, persona:<set id>/<key>, cohort:<id>, audience:<id>, or a condition as JSON';

export class ComparisonQuery {
  @ApiProperty({ description: `A group: ${GROUP}.`, example: 'persona:pst_…/p1' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(4000)
  a!: string;

  @ApiPropertyOptional({ default: 'rest', description: `Compared with: rest (everyone not in a), ${GROUP}.` })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(4000)
  b: string = 'rest';
}

export class DistributionQuery extends ComparisonQuery {
  @ApiProperty({ example: 'tenure', description: 'Name of a trait.' })
  @IsName()
  trait!: string;
}

export class CohortQuery extends MakeupQuery {
  @ApiProperty({ example: 'coh_…' })
  @IsName()
  cohortId!: string;

  @ApiPropertyOptional({ default: 'order', description: 'Stream of which one event converts.' })
  @IsOptional()
  @IsName()
  stream: string = 'order';

  @ApiPropertyOptional({
    default: 30,
    minimum: 1,
    maximum: 366,
    description: 'Days from the first of a bucket on in which the event counts.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(366)
  days: number = 30;
}

export class BacktestQuery {
  @ApiProperty({ example: 'out_…' })
  @IsName()
  outcomeId!: string;

  @ApiProperty({ example: 'del_…' })
  @IsName()
  deliveryId!: string;

  @ApiPropertyOptional({
    description: 'Stream of which one event converts; by default the one that attains the outcome.',
  })
  @IsOptional()
  @IsName()
  stream?: string;

  @ApiPropertyOptional({
    default: 30,
    minimum: 1,
    maximum: 366,
    description: 'Days after the delivery in which the event counts.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(366)
  days: number = 30;
}
