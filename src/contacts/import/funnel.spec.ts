import { importFile } from '../../../test/support/datasets.ts';
import { type Reach, startReach } from '../../../test/support/service.ts';

describe('the funnel of an import', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  }, 120_000);
  afterAll(() => reach.close());

  /** The counts of its stages, what each lost, and the values that were skipped. */
  const funnelOf = async (file: string, mapping: object) => {
    const { funnel } = await importFile(reach, file, mapping);
    const lost = funnel.stages.flatMap((stage) => stage.lost.map(({ code, count }) => [stage.name, code, count]));
    const values = funnel.rejectedValues.map(({ code, count }) => [code, count]);
    return { counts: funnel.stages.map(({ count }) => count), lost, values };
  };

  it('lists skipped values of imported rows only, not those of rows without a key', async () => {
    const mapping = {
      key: { column: 'email' },
      columns: [
        { column: 'email', as: 'email' },
        { column: 'spend', as: 'trait', trait: { type: 'number' } },
      ],
    };
    expect(await funnelOf('email,spend\na@x.example,ten\nnone at all,eleven\n,twelve\n', mapping)).toEqual({
      counts: [3, 3, 1, 1, 1, 0],
      lost: [
        ['usable-identifiers', 'no_key', 2],
        ['enough-traits', 'few_traits', 1],
      ],
      values: [['not_a_number', 1]],
    });
  });

  it('counts each row of an events file once, however many problems it has', async () => {
    const people = { key: { column: 'email' }, columns: [{ column: 'email', as: 'email' }] };
    await importFile(reach, 'email\na@x.example\nb@x.example\n', people);
    const mapping = {
      ...people,
      kind: 'events',
      events: [{ stream: 'visit', time: 'at', value: 'spend', dateOrder: 'ymd' }],
    };
    const rows = [
      'a@x.example,2026-01-01,1',
      'b@x.example,never ever,ten',
      'b@x.example,,2',
      'b@x.example,2026-01-02,ten',
      'z@x.example,2026-01-03,3',
      'z@x.example,,ten',
      'not an address,never ever,ten',
    ];
    expect(await funnelOf(`email,at,spend\n${rows.join('\n')}\n`, mapping)).toEqual({
      counts: [7, 7, 6, 6, 1],
      lost: [
        ['usable-identifiers', 'no_key', 1],
        ['merged', 'event_time_missing', 2],
        ['merged', 'event_time', 1],
        ['merged', 'event_value', 1],
        ['merged', 'unknown_contact', 1],
      ],
      values: [],
    });
  });

  it('counts an order without a time as a skipped value of its contact', async () => {
    const mapping = {
      key: { column: 'email' },
      columns: [{ column: 'email', as: 'email' }],
      events: [{ stream: 'order', time: 'at', id: 'order', order: { test: 'test' } }],
    };
    const rows = ['a@x.example,1,2026-01-01,', 'b@x.example,2,,', 'c@x.example,3,2026-01-01,true'];
    expect(await funnelOf(`email,order,at,test\n${rows.join('\n')}\n`, mapping)).toMatchObject({
      counts: [3, 3, 3, 3, 3, 0],
      values: [
        ['event_time_missing', 1],
        ['test_order', 1],
      ],
    });
  });
});
