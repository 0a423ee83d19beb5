import { ApiProperty } from '@nestjs/swagger';
import type { Reason } from './funnel.ts';
import type { ColumnPreview, ImportPreview, PurposePreview } from './preview.ts';

class StateCountsDto {
  @ApiProperty({ type: 'integer' })
  granted!: number;

  @ApiProperty({ type: 'integer' })
  denied!: number;

  @ApiProperty({ type: 'integer', description: 'Without a statement.' })
  unset!: number;
}

class PurposePreviewDto implements PurposePreview {
  @ApiProperty({ type: [String], description: 'Purposes with the same statements.' })
  purposes!: string[];

  @ApiProperty({ description: 'Rows with a usable key, by their state.' })
  rows!: StateCountsDto;

  @ApiProperty({
    type: StateCountsDto,
    nullable: true,
    description:
      'People by the combined state of their rows: the later of a grant and a denial counts. Null when `contacts` is null.',
  })
  contacts!: StateCountsDto | null;
}

class UnknownWordDto {
  @ApiProperty({ description: 'In lower case; masked where it may identify a person.' })
  word!: string;

  @ApiProperty({ type: 'integer' })
  count!: number;
}

class ColumnPreviewDto implements ColumnPreview {
  @ApiProperty()
  column!: string;

  @ApiProperty({ description: 'Rows with a usable key, by the state in this column.' })
  rows!: StateCountsDto;

  @ApiProperty({ type: 'integer', description: 'Rows with an unknown word; they are counted as unset.' })
  unknown!: number;

  @ApiProperty({ type: [UnknownWordDto], description: 'The most frequent unknown words.' })
  unknownWords!: UnknownWordDto[];
}

class EventCountsDto {
  @ApiProperty({ type: 'integer' })
  rows!: number;

  @ApiProperty({ type: 'integer', description: 'Sums, averages and comparisons of values leave these out.' })
  withoutValue!: number;
}

class RejectCountDto implements Reason {
  @ApiProperty()
  code!: string;

  @ApiProperty()
  text!: string;

  @ApiProperty({ type: 'integer' })
  count!: number;
}

export class ImportPreviewDto implements ImportPreview {
  @ApiProperty({ type: 'integer', description: 'Rows of the file.' })
  rows!: number;

  @ApiProperty({ type: 'integer', description: 'Rows with a usable key; only these are imported.' })
  identified!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'People in the file, by the first usable key of each row. Null for a file of more than 5 million.',
  })
  contacts!: number | null;

  @ApiProperty({ type: [PurposePreviewDto], description: 'What the file says about consent, by purpose.' })
  consents!: PurposePreviewDto[];

  @ApiProperty({ type: [ColumnPreviewDto], description: 'What each consent column says.' })
  columns!: ColumnPreviewDto[];

  @ApiProperty({
    description: 'Events of rows with a usable key. Rows of orders are put together during the import and not counted.',
  })
  events!: EventCountsDto;

  @ApiProperty({ type: [RejectCountDto], description: 'Rows and values that would be rejected, by code.' })
  rejects!: RejectCountDto[];
}
