import type { RawRecord } from '../files/csv.ts';
import { parseBoolean } from '../values/boolean.ts';
import { isAmbiguous, isNever, parseTime } from '../values/date.ts';
import { isTwoWays, parseNumber } from '../values/number.ts';
import type { ImportPlan, PlannedCell, PlannedEvent, PlannedOrder } from './plan.ts';
import type { RejectLog } from './rejects.ts';
import type { RowReader } from './row.ts';
import { RowBinaryWriter } from './row-binary.ts';

const LATEST = Date.UTC(2100, 0, 1);
/** Milliseconds that say that a row has no time. */
const NO_TIME = -1;

/** What a status says of an order beside that it was placed. */
export type OrderState = 'cancelled' | 'refunded' | 'partiallyRefunded';

/** Status words of shops and payment services, in small letters without blanks and signs. */
const STATES: Record<OrderState, readonly string[]> = {
  cancelled: `cancelled canceled cancel void voided failed failure declined expired trash draft checkoutdraft incomplete
    incompleteexpired rejected abandoned blocked storniert abgebrochen fehlgeschlagen abgelehnt annulé annulée annulee
    annule échoué échouée cancelado cancelada anulado anulada fallido fallida annullato annullata fallito geannuleerd
    mislukt falhou`.split(/\s+/),
  refunded: `refunded refund fullyrefunded chargeback chargedback disputelost returned erstattet rückerstattet
    zurückerstattet retourniert remboursé remboursée rembourse reembolsado reembolsada devuelto devuelta rimborsato
    rimborsata terugbetaald gerestitueerd devolvido devolvida`.split(/\s+/),
  partiallyRefunded: `partiallyrefunded partialrefund partialrefunded partlyrefunded teilweiseerstattet
    teilweiserückerstattet partiellementremboursé partiellementremboursée parcialmentereembolsado parzialmenterimborsato
    gedeeltelijkterugbetaald`.split(/\s+/),
};
const STATE_OF = new Map(
  Object.entries(STATES).flatMap(([state, words]) => words.map((word) => [word, state as OrderState] as const)),
);

/** What the status of an order says, in the words of shops and payment services; nothing for an order that stands. */
export const orderState = (status: string): OrderState | undefined =>
  STATE_OF.get(status.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')) ??
  STATE_OF.get(
    status
      .toLowerCase()
      .replace(/^wc-/, '')
      .replaceAll(/[^\p{L}\p{N}]/gu, ''),
  );

/** Reads the part of an order that a row holds. Rows with one order id are put together in the warehouse. */
export class OrderReader {
  /** Rows in the form of `STAGED.orders`. */
  readonly rows = new RowBinaryWriter();
  private readonly reader: RowReader;
  private readonly rejects: RejectLog;
  private readonly prefix: Uint8Array;

  constructor(plan: ImportPlan, reader: RowReader, rejects: RejectLog) {
    this.reader = reader;
    this.rejects = rejects;
    this.prefix = RowBinaryWriter.prefix(plan.account, plan.importId);
  }

  /** Whether the row names an order, whose other rows may name the person. */
  names(record: RawRecord, { id }: PlannedEvent): boolean {
    return this.cell(record, id) !== '';
  }

  read(record: RawRecord, event: PlannedEvent, order: PlannedOrder): void {
    const { row } = this.reader;
    const status = this.cell(record, order.status);
    const cancelledAt = this.cell(record, order.cancelledAt);
    const cancelled = cancelledAt !== '' && !isNever(cancelledAt);
    const value = this.amount(record, event.value);
    const refunded = this.amount(record, order.refunded);
    const out = this.rows;
    out.raw(this.prefix);
    out.text(row.contactId);
    out.int64(record.line);
    out.text(event.stream);
    out.text(this.cell(record, event.id));
    out.int64(this.time(record, event));
    out.float64(value ?? Number.NaN);
    out.float64(Math.abs(refunded ?? Number.NaN));
    out.text(this.cell(record, order.currency));
    out.text(status);
    out.text(cancelled ? 'cancelled' : (orderState(status) ?? ''));
    out.uint8(parseBoolean(this.cell(record, order.test)) === true ? 1 : 0);
    out.uint8(value === undefined ? 1 : 0);
    out.texts(event.properties.map((property) => this.cell(record, property)));
    out.text(this.item(record, order));
  }

  /** One item as JSON; empty where the row has none. */
  private item(record: RawRecord, { items }: PlannedOrder): string {
    const cells = items.map((item) => [item.property, this.cell(record, item)] as const);
    const filled = cells.filter(([, cell]) => cell !== '');
    return filled.length > 0 ? JSON.stringify(Object.fromEntries(filled)) : '';
  }

  private cell(record: RawRecord, cell: PlannedCell | undefined): string {
    return cell ? this.reader.cell(record, cell.index, cell.name) : '';
  }

  /** NaN where the row has no amount, nothing where it is no number. */
  private amount(record: RawRecord, at: PlannedEvent['value']): number | undefined {
    const cell = this.cell(record, at);
    if (!at || cell === '') return Number.NaN;
    const amount = parseNumber(cell, at.decimal);
    if (amount === undefined)
      this.rejects.add(record.line, at.name, isTwoWays(cell) ? 'number_ambiguous' : 'event_value', cell);
    return amount;
  }

  private time(record: RawRecord, { time }: PlannedEvent): number {
    const cell = this.cell(record, time);
    if (cell === '' || isNever(cell)) return NO_TIME;
    const at = parseTime(cell, time.dateOrder);
    if (at !== undefined && at >= 0 && at < LATEST) return at;
    this.rejects.add(record.line, time.name, isAmbiguous(cell) ? 'date_ambiguous' : 'event_time', cell);
    return NO_TIME;
  }
}
