import { Injectable } from '@nestjs/common';
import type { AccountId } from '../../accounts/auth.ts';
import { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { versionOf } from './merge.repository.ts';
import { COUNT_ORDERS, joinOrders, MERGE_ORDERS, NOTE_ORDERS, REJECT_ORDERS, REPLACE_ORDERS } from './orders.sql.ts';
import type { PlannedEvent } from './plan.ts';
import { REJECTS } from './rejects.ts';

/** How many orders of each kind a file brought. `imported` holds the partially refunded ones too. */
export type OrderCounts = {
  imported: number;
  cancelled: number;
  refunded: number;
  partiallyRefunded: number;
  test: number;
};

export interface MergedOrders {
  orders: OrderCounts;
  /** Stored orders without a value. */
  withoutValue: number;
  /** Rows that reached no stream of orders, by the reason. */
  lost: Record<string, number>;
}

const REJECTED = ['unknown_contact', 'no_key', 'event_time_missing'] as const;
/** Reasons that are written into the rejects file for every row of an order. */
export const FAULTS: ReadonlySet<string> = new Set(REJECTED);
const LEFT_OUT = { test: 'test_order', cancelled: 'order_cancelled', refunded: 'order_refunded' } as const;

/** Puts the staged parts of orders together and stores one event an order. */
@Injectable()
export class OrdersRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** @param of whether orders of unknown people are rejected; without, each has a contact. */
  async merge(
    account: AccountId,
    { importId, datasetId, startedAt }: { importId: string; datasetId: string; startedAt: Date },
    { stream, properties, time }: PlannedEvent,
    of: 'known' | 'all',
  ): Promise<MergedOrders> {
    const params = {
      account,
      importId,
      datasetId,
      stream,
      properties: properties.map(({ property }) => property),
      version: versionOf(startedAt),
      column: time.name,
      codes: [...REJECTED],
      texts: REJECTED.map((code) => REJECTS[code]),
    };
    await this.warehouse.command(joinOrders(of === 'known'), params);
    const found = await this.warehouse.query<CountedOrders>(COUNT_ORDERS, params);
    for (const statement of [REJECT_ORDERS, REPLACE_ORDERS, NOTE_ORDERS, MERGE_ORDERS])
      await this.warehouse.command(statement, params);
    return countsOf(found);
  }
}

interface CountedOrders {
  kind: keyof OrderCounts;
  fault: string;
  orders: number;
  without_value: number;
  rows: number;
}

function countsOf(found: CountedOrders[]): MergedOrders {
  const orders = { imported: 0, cancelled: 0, refunded: 0, partiallyRefunded: 0, test: 0 };
  const lost: Record<string, number> = {};
  let withoutValue = 0;
  for (const { kind, fault, orders: count, without_value, rows } of found) {
    const reason = fault || (LEFT_OUT as Partial<Record<keyof OrderCounts, string>>)[kind];
    if (reason) lost[reason] = (lost[reason] ?? 0) + rows;
    if (fault) continue;
    orders[kind] += count;
    if (kind !== 'test') withoutValue += without_value;
    if (kind === 'partiallyRefunded') orders.imported += count;
  }
  return { orders, withoutValue, lost };
}
