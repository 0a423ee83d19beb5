import { importFile, rejectsOf } from '../../../test/support/datasets.ts';
import { type Reach, startReach } from '../../../test/support/service.ts';
import { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { ImportResult } from './funnel.ts';
import { isTest, orderState } from './orders.ts';

const HEADER =
  'Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Cancelled at,Refunded Amount,Test';
const MAPPING = {
  kind: 'events',
  key: { column: 'Email' },
  createContacts: true,
  columns: [{ column: 'Email', as: 'email' }],
  events: [
    {
      stream: 'order',
      time: 'Created at',
      value: 'Total',
      id: 'Name',
      order: {
        currency: 'Currency',
        status: 'Financial Status',
        cancelledAt: 'Cancelled at',
        refunded: 'Refunded Amount',
        test: 'Test',
        items: { name: 'Lineitem name', quantity: 'Lineitem quantity' },
      },
    },
  ],
};
const AT = '2026-03-01 10:00:00 +0000';

interface Stored {
  stream: string;
  event_id: string;
  value: number;
  properties: Record<string, string>;
}

describe('importing orders', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  }, 120_000);
  afterAll(() => reach.close());

  const stored = () =>
    reach.app
      .get(Warehouse)
      .query<Stored>('SELECT stream, event_id, value, properties FROM events FINAL ORDER BY event_id');
  const ordersOf = (rows: string[]) => importFile(reach, `${[HEADER, ...rows].join('\n')}\n`, MAPPING);

  it('stores one event an order with its items, even when only the first row has totals and rows of other orders lie between', async () => {
    const { result, funnel } = await ordersOf([
      `#1,ann@x.example,paid,EUR,30.00,${AT},1,Tee,,0.00,`,
      `#2,bob@x.example,paid,EUR,5.00,${AT},1,Mug,,0.00,`,
      '#1,ann@x.example,,,,,2,Cap,,,',
      '#1,,,,,,3,Pin,,,',
    ]);
    expect(result).toMatchObject({ contacts: 2, created: 2, events: 2, rejects: 0 });
    expect((result as ImportResult).orders).toEqual({
      imported: 2,
      cancelled: 0,
      refunded: 0,
      partiallyRefunded: 0,
      test: 0,
    });
    expect(funnel.stages.map(({ count }) => count)).toEqual([4, 4, 4, 4, 4]);
    const [first] = await stored();
    expect(first).toMatchObject({ stream: 'order', value: 30, properties: { currency: 'EUR', status: 'paid' } });
    expect(JSON.parse(first!.properties.items!)).toEqual([
      { name: 'Tee', quantity: '1' },
      { name: 'Cap', quantity: '2' },
      { name: 'Pin', quantity: '3' },
    ]);
  });

  it('moves a cancelled or refunded order to another stream, also by a later file, and counts no order twice', async () => {
    const rows = [
      `#1,ann@x.example,refunded,EUR,30.00,${AT},1,Tee,,30.00,`,
      `#2,bob@x.example,partially_refunded,EUR,5.00,${AT},1,Mug,,2.00,`,
      `#3,bob@x.example,paid,EUR,9.00,${AT},1,Mug,${AT},0.00,`,
      `#4,bob@x.example,paid,EUR,9.00,${AT},1,Mug,,0.00,true`,
      `#5,,paid,EUR,9.00,${AT},1,Mug,,0.00,`,
    ];
    for (const _ of [1, 2]) {
      const { id, result, funnel } = await ordersOf(rows);
      expect((result as ImportResult).orders).toEqual({
        imported: 1,
        cancelled: 1,
        refunded: 1,
        partiallyRefunded: 1,
        test: 1,
      });
      expect((await stored()).map(({ stream, event_id, value }) => [stream, event_id, value])).toEqual([
        ['order_cancelled', '#1', 30],
        ['order', '#2', 3],
        ['order_cancelled', '#3', 9],
      ]);
      expect(await rejectsOf(reach, id)).toEqual([expect.stringContaining('no_key')]);
      const merged = funnel.stages.find(({ name }) => name === 'merged');
      expect(merged?.count).toBe(1);
      expect(merged?.lost.map(({ code }) => code).sort()).toEqual(['order_cancelled', 'order_refunded', 'test_order']);
    }
  });

  it.each([
    ['Cancelled', 'cancelled'],
    ['wc-refunded', 'refunded'],
    ['partially_refunded', 'partiallyRefunded'],
    ['voided', 'cancelled'],
    ['storniert', 'cancelled'],
    ['paid', undefined],
    ['wc-processing', undefined],
  ])('reads the status %s as %s', (status, state) => expect(orderState(status)).toBe(state));

  it.each(['yes', 'true', '(for testing) Bogus Gateway', 'bogus', 'Test card', 'PayPal Sandbox'])(
    'takes an order with %s for a test',
    (cell) => expect(isTest(cell)).toBe(true),
  );

  it.each(['', 'no', 'Shopify Payments', 'Contest voucher', 'PayPal'])('takes no order with "%s" for a test', (cell) =>
    expect(isTest(cell)).toBe(false),
  );
});
