import { ApiProperty } from '@nestjs/swagger';

/** What a receipt says of the block against the person's return. */
export class LiftedBlockView {
  @ApiProperty({ example: 'era_01jq' })
  id!: string;
  @ApiProperty({ enum: ['done', 'needs-person'] })
  status!: string;
  @ApiProperty({ type: 'string', format: 'date-time' })
  blockLiftedAt!: Date;
  @ApiProperty({ description: 'Name of the key.' })
  blockLiftedBy!: string;
}
