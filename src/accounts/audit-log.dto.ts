import { ApiProperty } from '@nestjs/swagger';

const NULLABLE = { type: String, nullable: true } as const;

/** An entry of the audit log. */
export class AuditEntryView {
  @ApiProperty({ example: 'aud_01jq' })
  id!: string;
  @ApiProperty({ description: 'From 1, without gaps.', type: 'integer' })
  position!: number;
  @ApiProperty({ description: 'What the key was called at the time, or the work of Reach itself.' })
  actor!: string;
  @ApiProperty({ ...NULLABLE, description: 'Id of the key; null for work of Reach itself.' })
  actorId!: string | null;
  @ApiProperty({ ...NULLABLE, description: 'Address of the client.' })
  address!: string | null;
  @ApiProperty({ ...NULLABLE, description: '`X-Request-Id` of the request.' })
  requestId!: string | null;
  @ApiProperty({ example: 'connection.update' })
  action!: string;
  @ApiProperty({ description: 'Id of what it was done to.' })
  subject!: string;
  @ApiProperty({ type: 'object', additionalProperties: true })
  detail!: object;
  @ApiProperty({ type: String, format: 'date-time' })
  at!: Date;
  @ApiProperty({ description: 'SHA-256 over the entry and the hash of the one before it.' })
  hash!: string;
}

export class AuditPageView {
  @ApiProperty({ type: [AuditEntryView], description: 'The newest first.' })
  items!: AuditEntryView[];
  @ApiProperty(NULLABLE)
  nextCursor!: string | null;
}

export class AuditCheckView {
  @ApiProperty({ type: 'integer', description: 'Entries in order, from the first.' })
  entries!: number;
  @ApiProperty()
  intact!: boolean;
  @ApiProperty({ ...NULLABLE, description: 'The first entry that was changed, or that follows one that was removed.' })
  brokenAt!: string | null;
}
