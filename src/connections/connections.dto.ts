import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsNotEmpty, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery } from '../http/page.ts';

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
  @ApiPropertyOptional({
    description: 'Fields to change; those left out stay as they are, null takes one back.',
    type: Object,
  })
  @IsObject()
  settings: Record<string, unknown> = {};
}

export class ChecksQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'true: only checks that found something otherwise than the one before.' })
  @IsOptional()
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  changed?: boolean;
}

export class KeyPairDto {
  @ApiPropertyOptional({
    description: 'Kind of key, of those the destination takes; its usual one when absent.',
    example: 'ed25519',
  })
  @IsOptional()
  @IsString()
  @MaxLength(50)
  kind?: string;
}

export class ConfirmDto {
  @ApiProperty({ description: 'Name of the prerequisite that waits to be confirmed.', example: 'host-key' })
  @IsString()
  @MaxLength(100)
  prerequisite!: string;

  @ApiProperty({ description: 'What the newest check found, repeated.', example: 'SHA256:…' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  value!: string;
}
