import { ApiProperty } from '@nestjs/swagger';
import {
  DATASET_STATUSES,
  type DatasetError,
  type DatasetRow,
  type DatasetStatus,
  FILE_DELETIONS,
  type FileDeletion,
} from './contacts.tables.ts';
import type { Notice } from './files/notice.ts';
import type { Funnel, ImportResult } from './import/funnel.ts';
import type { DetectedFile } from './inspection.ts';
import { consentNotices } from './mapping/consent-notices.ts';
import type { Mapping } from './mapping/mapping.ts';
import type { DetectedColumn } from './mapping/suggest.ts';

/** What a file looks like, with what a person should know about the consent in it. */
export interface FileView extends DetectedFile {
  /** About the file as a whole; those about a column stand beside it. */
  notices: Notice[];
}

const OBJECT = { type: 'object', additionalProperties: true } as const;
const OBJECTS = { type: 'array', items: OBJECT } as const;
const TIME = { type: 'string', format: 'date-time' } as const;
const BYTES = { type: 'integer', format: 'int64' } as const;

/** How much of a file an import has read. */
export class ImportProgressView {
  @ApiProperty(BYTES)
  rowsRead!: number;
  @ApiProperty(BYTES)
  bytesRead!: number;
  @ApiProperty(BYTES)
  bytesTotal!: number;
}

/** A dataset as the API shows it. */
export class DatasetView implements FileView {
  @ApiProperty({ example: 'dts_01jq' })
  id!: string;
  @ApiProperty({ example: 'Customers, May' })
  name!: string;
  @ApiProperty({ enum: DATASET_STATUSES })
  status!: DatasetStatus;
  @ApiProperty({ ...OBJECT, nullable: true, description: 'code and message of why the import failed.' })
  statusError!: DatasetError | null;
  @ApiProperty()
  fileName!: string;
  @ApiProperty(BYTES)
  bytes!: number;
  @ApiProperty()
  sha256!: string;
  @ApiProperty({ ...OBJECT, description: 'How the file is written, as detected or chosen.' })
  format!: FileView['format'];
  @ApiProperty({ ...OBJECTS, description: 'What was detected of each column.' })
  columns!: FileView['columns'];
  @ApiProperty({ ...OBJECTS, description: 'About the file as a whole; those about a column stand beside it.' })
  notices!: Notice[];
  @ApiProperty({ ...OBJECT, nullable: true })
  suggestedMapping!: Mapping | null;
  @ApiProperty({ ...OBJECT, nullable: true })
  mapping!: Mapping | null;
  @ApiProperty({ ...TIME, description: 'When the file was sent, or sent again.' })
  fileStoredAt!: Date;
  @ApiProperty({
    ...TIME,
    description: 'When a file with these bytes was first sent to this dataset: the time of denials that state none.',
  })
  fileFirstStoredAt!: Date;
  @ApiProperty({
    ...TIME,
    description: 'When a file with these bytes was first sent to any dataset: the time of grants that state none.',
  })
  bytesFirstStoredAt!: Date;
  @ApiProperty({
    ...TIME,
    nullable: true,
    description:
      'When the stored file was deleted; null while there is one. Without it, importing again needs POST …/file.',
  })
  fileDeletedAt!: Date | null;
  @ApiProperty({ enum: FILE_DELETIONS, nullable: true })
  fileDeletedBecause!: FileDeletion | null;
  @ApiProperty({ type: ImportProgressView })
  progress!: ImportProgressView;
  @ApiProperty({ ...TIME, nullable: true, description: 'When the newest import was requested.' })
  queuedAt!: Date | null;
  @ApiProperty({ ...TIME, nullable: true, description: 'When a user cancelled it.' })
  cancelRequestedAt!: Date | null;
  @ApiProperty({ ...OBJECT, nullable: true })
  funnel!: Funnel | null;
  @ApiProperty({ ...OBJECT, nullable: true, description: 'What the newest import changed.' })
  result!: ImportResult | null;
  @ApiProperty({ ...TIME, nullable: true, description: 'When the newest import that succeeded ended.' })
  importedAt!: Date | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Hours in which the next file is expected.' })
  expectEveryHours!: number | null;
  @ApiProperty(TIME)
  createdAt!: Date;
  @ApiProperty(TIME)
  lastUpdatedConfigAt!: Date;
  @ApiProperty({ ...TIME, nullable: true })
  lastUpdatedOutputAt!: Date | null;
  @ApiProperty({ ...TIME, nullable: true })
  lastReadInputAt!: Date | null;
}

export function viewOf(row: DatasetRow): DatasetView {
  const { accountId: _account, attempt: _attempt, claim: _claim, heardAt: _heard, startedAt: _started, ...rest } = row;
  const {
    untold: _untold,
    progressAt: _progress,
    mergingSince: _merging,
    deletion: _deletion,
    deletionRequestedAt: _requested,
    ...shown
  } = rest;
  const { rowsRead, bytesRead, ...view } = shown;
  return {
    ...view,
    ...withNotices(row.columns, row.mapping ?? row.suggestedMapping),
    progress: { rowsRead, bytesRead, bytesTotal: row.bytes },
  };
}

export const fileViewOf = (found: DetectedFile): FileView => ({
  ...found,
  ...withNotices(found.columns, found.suggestedMapping),
});

function withNotices(columns: DetectedColumn[], mapping: Mapping | null): Pick<FileView, 'columns' | 'notices'> {
  const notices = consentNotices(columns, mapping);
  return {
    columns: columns.map((column) => {
      const own = notices.filter((notice) => notice.column === column.name);
      return own.length === 0 ? column : { ...column, notices: [...(column.notices ?? []), ...own] };
    }),
    notices: notices.filter(({ column }) => column === undefined),
  };
}
