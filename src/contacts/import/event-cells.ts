import type { RawRecord } from '../files/csv.ts';
import { readableCell } from '../files/json.ts';
import { isTooLarge } from '../values/amount.ts';
import { isAmbiguous, isNever, parseTime } from '../values/date.ts';
import { isTwoWays, parseNumber } from '../values/number.ts';
import type { PlannedCell, PlannedEvent } from './plan.ts';
import type { RejectLog } from './rejects.ts';
import type { RowReader } from './row.ts';

const LATEST = Date.UTC(2100, 0, 1);

/** A cell that holds nothing. */
export const EMPTY = Symbol('empty');

/** Reads the cells of events and orders. What cannot be used is logged. */
export class EventCells {
  private readonly reader: RowReader;
  private readonly rejects: RejectLog;

  constructor(reader: RowReader, rejects: RejectLog) {
    this.reader = reader;
    this.rejects = rejects;
  }

  /** Empty where the event has no such column. */
  text(record: RawRecord, cell: PlannedCell | undefined): string {
    return cell ? readableCell(this.reader.cell(record, cell.index, cell.name)) : '';
  }

  /** Milliseconds since 1970; undefined where the cell is no time between 1970 and 2100. */
  time(record: RawRecord, { time }: PlannedEvent): number | typeof EMPTY | undefined {
    const cell = this.text(record, time);
    if (cell === '' || isNever(cell)) return EMPTY;
    const at = parseTime(cell, time.dateOrder);
    if (at !== undefined && at >= 0 && at < LATEST) return at;
    const code = at === undefined && isAmbiguous(cell) ? 'date_ambiguous' : 'event_time';
    this.rejects.add(record.line, time.name, code, cell);
    return undefined;
  }

  /** Undefined where the cell is no number, or a larger one than a double holds. */
  amount(record: RawRecord, at: PlannedEvent['value']): number | typeof EMPTY | undefined {
    const cell = this.text(record, at);
    if (!at || cell === '') return EMPTY;
    const amount = parseNumber(cell, at.decimal);
    if (amount !== undefined && !isTooLarge(amount)) return amount;
    const code = amount !== undefined ? 'number_too_large' : isTwoWays(cell) ? 'number_ambiguous' : 'event_value';
    this.rejects.add(record.line, at.name, code, cell);
    return undefined;
  }
}
