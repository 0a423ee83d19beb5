import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { ScheduleDto, ToldOutcomeDto } from '../deliveries/deliveries.dto.ts';

/** A cohort to score again and again, and where to tell what changed. */
export class CreateMonitorDto {
  @ApiProperty({ example: 'Customers, daily' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  name!: string;

  @ApiProperty({ description: 'Whom to watch.' })
  @IsString()
  cohortId!: string;

  @ApiProperty({ description: 'Where to tell: a webhook, SFTP, object storage, or what else takes changes.' })
  @IsString()
  connectionId!: string;

  @ApiPropertyOptional({ description: 'Tells when a member moves to another persona of this set.' })
  @IsOptional()
  @IsString()
  personaSetId?: string;

  @ApiPropertyOptional({ type: [ToldOutcomeDto], description: 'Tells when a member moves to another band of these.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ToldOutcomeDto)
  outcomes?: ToldOutcomeDto[];

  @ApiPropertyOptional({
    enum: ['referenced', 'hashed', 'plain'],
    default: 'referenced',
    description: 'referenced sends nothing but the external id.',
  })
  @IsOptional()
  @IsIn(['referenced', 'hashed', 'plain'])
  representation?: 'referenced' | 'hashed' | 'plain';

  @ApiPropertyOptional({ type: [String], description: 'Traits that travel with each row.' })
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @IsString({ each: true })
  attributes?: string[];

  @ApiPropertyOptional({
    type: Object,
    description: 'Options that the destination declares; see GET /v1/destinations.',
  })
  @IsOptional()
  @IsObject()
  options?: Record<string, unknown>;

  @ApiPropertyOptional({ type: ScheduleDto, nullable: true, description: 'Absent: only when asked.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => ScheduleDto)
  schedule?: ScheduleDto | null;

  @ApiPropertyOptional({
    description:
      'Population stability index of the persona or band shares against the baseline above which an alert is raised; null: never.',
    default: 0.25,
    nullable: true,
  })
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(100)
  driftLimit?: number | null;
}

/** Fields that are left out stay as they are. Cohort and connection stay for good. */
export class UpdateMonitorDto extends PartialType(OmitType(CreateMonitorDto, ['cohortId', 'connectionId'] as const), {
  skipNullProperties: false,
}) {}
