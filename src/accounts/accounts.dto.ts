import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { ROLES, type Role } from './auth.ts';

export class CreateApiKeyDto {
  @ApiProperty({ description: 'What the key is for, as the audit log shows it.', example: 'nightly job' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  name!: string;

  @ApiProperty({ enum: ROLES })
  @IsIn(ROLES)
  role!: Role;

  @ApiPropertyOptional({ description: 'When the key stops working, ISO 8601, in the future. Without it: never.' })
  @IsOptional()
  @IsISO8601({ strict: true })
  expiresAt?: string;
}

const TIME = { type: String, format: 'date-time' } as const;

/** An API key as it is shown: never the key itself. */
export class ApiKeyView {
  @ApiProperty({ example: 'key_01jq' })
  id!: string;
  @ApiProperty({ example: 'nightly job' })
  name!: string;
  @ApiProperty({ enum: ROLES })
  role!: Role;
  @ApiProperty({ description: 'First characters, to recognise the key.', example: 'reach_Ab3dE9' })
  prefix!: string;
  @ApiProperty(TIME)
  createdAt!: Date;
  @ApiProperty({ ...TIME, nullable: true, description: 'When it stops working; null: never.' })
  expiresAt!: Date | null;
  @ApiProperty({ ...TIME, nullable: true, description: 'To the minute; null: never.' })
  lastUsedAt!: Date | null;
  @ApiProperty({ ...TIME, nullable: true })
  revokedAt!: Date | null;
}

/** A new key, which is shown this once. */
export class NewApiKeyView extends ApiKeyView {
  @ApiProperty({ example: 'reach_Ab3dE9…' })
  key!: string;
}

export class ApiKeysView {
  @ApiProperty({ type: [ApiKeyView] })
  items!: ApiKeyView[];
}

/** Who makes the request. */
export class CallerView {
  @ApiProperty({ example: 'acc_default' })
  accountId!: string;
  @ApiProperty({ enum: ROLES })
  role!: Role;
  @ApiProperty({ description: 'Name of the key.' })
  name!: string;
  @ApiProperty({ description: 'Id of the key.' })
  keyId?: string;
}
