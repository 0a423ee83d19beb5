import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { IsBoolean, IsNotEmpty, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { ModelChoiceDto } from './inform.dto.ts';

/** Scores the contact of every event of a stream, and pushes the result. */
export class CreateTriggerDto extends ModelChoiceDto {
  @ApiProperty({ example: 'Orders to the shop' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  name!: string;

  @ApiProperty({ description: 'Stream of POST /v1/events.', example: 'order' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  stream!: string;

  @ApiProperty({ description: 'A connection of the type webhook.' })
  @IsString()
  @IsNotEmpty()
  connectionId!: string;

  @ApiPropertyOptional({
    description: 'Only contacts for whom it holds once the event is stored; see docs/conditions.md. Default: all.',
    type: Object,
    nullable: true,
  })
  @IsOptional()
  @IsObject()
  condition?: object | null;
}

/** Fields that are left out stay as they are. */
export class UpdateTriggerDto extends PartialType(CreateTriggerDto, { skipNullProperties: false }) {
  @ApiPropertyOptional({ description: 'Events that come in while it is paused fire nothing, also later.' })
  @IsOptional()
  @IsBoolean()
  paused?: boolean;
}
