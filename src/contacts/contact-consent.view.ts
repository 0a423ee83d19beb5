import { ApiProperty } from '@nestjs/swagger';

const STATE = { enum: ['granted', 'denied'] };
const TIME = { type: 'string', format: 'date-time' } as const;

/** The file that made a statement. */
class StatementDatasetView {
  @ApiProperty({ example: 'dts_01jq' })
  id!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Null when the dataset was deleted.' })
  name!: string | null;
}

/** What one file said about one purpose of a contact. */
export class ConsentStatementView {
  @ApiProperty(STATE)
  state!: 'granted' | 'denied';
  @ApiProperty({
    ...TIME,
    nullable: true,
    description: 'When the person said it; null for a grant of which the file states no time.',
  })
  statedAt!: Date | null;
  @ApiProperty({ ...TIME, description: 'When the file was first uploaded.' })
  uploadedAt!: Date;
  @ApiProperty({ ...TIME, description: 'When the file was imported.' })
  recordedAt!: Date;
  @ApiProperty()
  dataset!: StatementDatasetView;
  @ApiProperty({ type: String, nullable: true, description: 'Null when the file as a whole says it.' })
  column!: string | null;
  @ApiProperty({
    description: 'True when the file names another contact, by an e-mail or phone that this one has too.',
  })
  sharedAddress!: boolean;
}

/** The consent of a contact for one purpose. */
export class PurposeConsentView {
  @ApiProperty({ example: 'ad_user_data' })
  purpose!: string;
  @ApiProperty({
    ...STATE,
    description:
      'A denial with its own time holds until a grant with a later time. One without holds until a later time, or until a file that is uploaded later grants it.',
  })
  state!: 'granted' | 'denied';
  @ApiProperty({ ...TIME, description: 'When the person said it, else when the file was uploaded that says it.' })
  at!: Date;
  @ApiProperty({ type: [ConsentStatementView], description: 'Every statement, the newest first.' })
  history!: ConsentStatementView[];
}

export class ContactConsentView {
  @ApiProperty({
    type: [PurposeConsentView],
    description: 'By purpose; purposes about which no file says anything are absent.',
  })
  items!: PurposeConsentView[];
}
