import type { RawRecord } from '../files/csv.ts';
import { EMPTY, EventCells } from './event-cells.ts';
import { OrderReader } from './orders.ts';
import type { ImportPlan, PlannedEvent } from './plan.ts';
import type { RejectLog } from './rejects.ts';
import type { RowReader } from './row.ts';
import { RowBinaryWriter } from './row-binary.ts';

/** Reads the events of a row, whose key `reader` has just read. */
export class EventReader {
  /** Rows in the form of `STAGED.events`. */
  readonly rows = new RowBinaryWriter();
  /** Events that were read; parts of orders are not among them. */
  readonly counts = { rows: 0, withoutValue: 0 };
  private readonly plan: ImportPlan;
  private readonly reader: RowReader;
  private readonly rejects: RejectLog;
  private readonly cells: EventCells;
  private readonly prefix: Uint8Array;
  readonly orders: OrderReader;

  constructor(plan: ImportPlan, reader: RowReader, rejects: RejectLog) {
    this.plan = plan;
    this.reader = reader;
    this.rejects = rejects;
    this.cells = new EventCells(reader, rejects);
    this.orders = new OrderReader(plan, reader, this.cells);
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
    const value = this.cells.amount(record, event.value);
    if (value === undefined) return;
    const names: string[] = [];
    const values: string[] = [];
    for (const property of event.properties) {
      const cell = this.cells.text(record, property);
      if (cell === '') continue;
      names.push(property.property);
      values.push(cell);
    }
    const { row } = this.reader;
    const out = this.rows;
    out.raw(this.prefix);
    out.text(row.contactId);
    out.int64(row.line);
    out.text(event.stream);
    out.text(this.cells.text(record, event.id));
    out.int64(at);
    out.amount(value === EMPTY ? undefined : value);
    this.counts.rows++;
    if (value === EMPTY) this.counts.withoutValue++;
    out.texts(names);
    out.texts(values);
  }

  private time(record: RawRecord, event: PlannedEvent): number | undefined {
    const time = this.cells.time(record, event);
    if (time !== EMPTY) return time;
    // a contact without an order is fine; a row without a time in a file of events is rejected
    if (this.plan.kind === 'events') this.rejects.add(record.line, event.time.name, 'event_time_missing', '');
    return undefined;
  }
}
