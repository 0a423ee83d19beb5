import type { RawRecord } from '../files/csv.ts';
import { parseBoolean } from '../values/boolean.ts';
import { isNever } from '../values/date.ts';
import type { EventCells } from './event-cells.ts';
import type { ImportPlan, PlannedEvent, PlannedOrder } from './plan.ts';
import type { RowReader } from './row.ts';
import { RowBinaryWriter } from './row-binary.ts';

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

const fold = (status: string): string => status.replaceAll(/[^\p{L}\p{N}]/gu, '');

/**
 * What the status of an order says, in the words of shops and payment services; nothing for an order that stands.
 * WooCommerce writes `wc-` before its own.
 */
export function orderState(status: string): OrderState | undefined {
  const word = status.toLowerCase();
  return STATE_OF.get(fold(word)) ?? STATE_OF.get(fold(word.replace(/^wc-/, '')));
}

/** What shops and payment services call a payment that moves no money; Shopify's test gateway is `Bogus Gateway`. */
const TEST_WORDS = /\b(test|testing|sandbox|bogus)\b/i;

/** Whether a cell marks a test order: by yes, or by the name of a way to pay that is for tests. */
export const isTest = (cell: string): boolean => parseBoolean(cell) === true || TEST_WORDS.test(cell);

/** Reads the part of an order that a row holds. Rows with one order id are put together in the warehouse. */
export class OrderReader {
  /** Rows in the form of `STAGED.orders`. */
  readonly rows = new RowBinaryWriter();
  private readonly reader: RowReader;
  private readonly cells: EventCells;
  private readonly prefix: Uint8Array;

  constructor(plan: ImportPlan, reader: RowReader, cells: EventCells) {
    this.reader = reader;
    this.cells = cells;
    this.prefix = RowBinaryWriter.prefix(plan.account, plan.importId);
  }

  /** Whether the row names an order, whose other rows may name the person. */
  names(record: RawRecord, { id }: PlannedEvent): boolean {
    return this.cells.text(record, id) !== '';
  }

  read(record: RawRecord, event: PlannedEvent, order: PlannedOrder): void {
    const { row } = this.reader;
    const status = this.cells.text(record, order.status);
    const cancelledAt = this.cells.text(record, order.cancelledAt);
    const cancelled = cancelledAt !== '' && !isNever(cancelledAt);
    const value = this.cells.amount(record, event.value);
    const time = this.cells.time(record, event);
    const out = this.rows;
    out.raw(this.prefix);
    out.text(row.contactId);
    out.int64(record.line);
    out.text(event.stream);
    out.text(this.cells.text(record, event.id));
    out.int64(typeof time === 'number' ? time : NO_TIME);
    out.amount(typeof value === 'number' ? value : undefined);
    out.amount(this.refund(record, order.refunded));
    out.text(this.cells.text(record, order.currency));
    out.text(status);
    out.text(cancelled ? 'cancelled' : (orderState(status) ?? ''));
    out.uint8(isTest(this.cells.text(record, order.test)) ? 1 : 0);
    out.uint8(value === undefined ? 1 : 0);
    out.texts(event.properties.map((property) => this.cells.text(record, property)));
    out.text(this.item(record, order));
  }

  /** One item as JSON; empty where the row has none. */
  private item(record: RawRecord, { items }: PlannedOrder): string {
    const cells = items.map((item) => [item.property, this.cells.text(record, item)] as const);
    const filled = cells.filter(([, cell]) => cell !== '');
    return filled.length > 0 ? JSON.stringify(Object.fromEntries(filled)) : '';
  }

  /** Not below 0, as some exports write refunds negative. */
  private refund(record: RawRecord, at: PlannedEvent['value']): number | undefined {
    const amount = this.cells.amount(record, at);
    return typeof amount === 'number' ? Math.abs(amount) : undefined;
  }
}
