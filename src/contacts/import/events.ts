import type { RawRecord } from '../files/csv.ts';
import { isAmbiguous, isNever, parseTime } from '../values/date.ts';
import { isTwoWays, parseNumber } from '../values/number.ts';
import { OrderReader } from './orders.ts';
import type { ImportPlan, PlannedEvent } from './plan.ts';
import type { RejectLog } from './rejects.ts';
import type { RowReader } from './row.ts';
import { RowBinaryWriter } from './row-binary.ts';

const LATEST = Date.UTC(2100, 0, 1);

/** Reads the events of a row, whose key `reader` has just read. */
export class EventReader {
  /** Rows in the form of `STAGED.events`. */
  readonly rows = new RowBinaryWriter();
  private readonly plan: ImportPlan;
  private readonly reader: RowReader;
  private readonly rejects: RejectLog;
  private readonly prefix: Uint8Array;
  readonly orders: OrderReader;

  constructor(plan: ImportPlan, reader: RowReader, rejects: RejectLog) {
    this.plan = plan;
    this.reader = reader;
    this.rejects = rejects;
    this.orders = new OrderReader(plan, reader, rejects);
    this.prefix = RowBinaryWriter.prefix(plan.account, plan.importId);
  }

  read(record: RawRecord): void {
    for (const event of this.plan.events) {
      if (event.order) this.orders.read(record, event, event.order);
      else this.event(record, event);
    }
  }

  /** Takes the parts of orders of a row without a key: another row of the order may have it. @returns whether there are any */
  readKeyless(record: RawRecord): boolean {
    const named = this.plan.events.filter((event) => event.order && this.orders.names(record, event));
    for (const event of named) this.orders.read(record, event, event.order!);
    return named.length > 0;
  }

  private event(record: RawRecord, event: PlannedEvent): void {
    const at = this.time(record, event);
    if (at === undefined) return;
    const value = this.value(record, event);
    if (value === undefined) return;
    const names: string[] = [];
    const values: string[] = [];
    for (const property of event.properties) {
      const cell = this.reader.cell(record, property.index, property.name);
      if (cell === '') continue;
      names.push(property.property);
      values.push(cell);
    }
    const id = event.id ? this.reader.cell(record, event.id.index, event.id.name) : '';
    const { row } = this.reader;
    const out = this.rows;
    out.raw(this.prefix);
    out.text(row.contactId);
    out.int64(row.line);
    out.text(event.stream);
    out.text(id);
    out.int64(at);
    out.float64(value);
    out.texts(names);
    out.texts(values);
  }

  private time(record: RawRecord, { time }: PlannedEvent): number | undefined {
    const cell = this.reader.cell(record, time.index, time.name);
    if (cell === '' || isNever(cell)) {
      // a contact without an order is no fault; a row of a file of events without a time is
      if (this.plan.kind === 'events') this.rejects.add(record.line, time.name, 'event_time_missing', '');
      return undefined;
    }
    const at = parseTime(cell, time.dateOrder);
    if (at !== undefined && at >= 0 && at < LATEST) return at;
    this.rejects.add(
      record.line,
      time.name,
      at === undefined && isAmbiguous(cell) ? 'date_ambiguous' : 'event_time',
      cell,
    );
    return undefined;
  }

  private value(record: RawRecord, { value }: PlannedEvent): number | undefined {
    if (!value) return 0;
    const cell = this.reader.cell(record, value.index, value.name);
    if (cell === '') return 0;
    const number = parseNumber(cell, value.decimal);
    if (number === undefined)
      this.rejects.add(record.line, value.name, isTwoWays(cell) ? 'number_ambiguous' : 'event_value', cell);
    return number;
  }
}
