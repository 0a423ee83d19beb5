import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { IsNotEmpty, IsObject, IsString, MaxLength } from 'class-validator';

export class CreateConnectionDto {
  @ApiProperty({ example: 'Facebook, EU account' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  name!: string;

  @ApiProperty({ description: 'A destination type from GET /v1/destinations.', example: 'facebook' })
  @IsString()
  @IsNotEmpty()
  type!: string;

  @ApiProperty({
    description: 'The fields that the destination declares. Credentials are sealed and never returned.',
    type: Object,
  })
  @IsObject()
  settings!: Record<string, unknown>;
}

export class UpdateConnectionDto extends PartialType(PickType(CreateConnectionDto, ['name'])) {
  @ApiPropertyOptional({ description: 'Fields to change; those left out stay as they are.', type: Object })
  @IsObject()
  settings: Record<string, unknown> = {};
}
