import { importFile, rejectsOf } from '../../test/support/datasets.ts';
import { type Reach, startReach } from '../../test/support/service.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';

const PURCHASES = {
  kind: 'events',
  key: { column: 'id' },
  createContacts: true,
  columns: [],
  events: [{ stream: 'order', time: 'at', value: 'total', id: 'no', properties: { size: 'size' } }],
};

let reach: Reach;
beforeAll(async () => {
  reach = await startReach();
}, 120_000);
afterAll(() => reach.close());

const post = async (...events: object[]) => {
  const of = { stream: 'order', contact: { key: 'c1' } };
  return (await reach.api('POST', '/v1/events', { events: events.map((event) => ({ ...of, ...event })) })).body;
};
const upload = (...lines: string[]) =>
  importFile(reach, `${['id,no,at,total,size', ...lines].join('\n')}\n`, PURCHASES);
const stored = (id: string) =>
  reach.app
    .get(Warehouse)
    .query<object>('SELECT time, value, properties FROM events FINAL WHERE event_id = {id:String}', { id });

describe('an event id', () => {
  it('counts as one event in a file that repeats it at another time, with the values of the last row', async () => {
    const { result } = await upload(
      'c1,a-1,2025-12-31T10:00:00Z,10,S',
      'c1,a-2,2026-01-02T10:00:00Z,7,',
      'c1,a-1,2026-01-05T10:00:00Z,12.50,M',
    );
    expect(result).toMatchObject({ events: 2 });
    expect(await stored('a-1')).toEqual([{ time: '2026-01-05T10:00:00.000Z', value: 12.5, properties: { size: 'M' } }]);
  });

  it('is one event over several files: the later file corrects it, also in another year', async () => {
    await upload('c1,b-1,2026-01-05T10:00:00Z,10,S');
    await upload('c1,b-1,2024-06-01T10:00:00Z,9,');
    expect(await stored('b-1')).toEqual([{ time: '2024-06-01T10:00:00.000Z', value: 9, properties: {} }]);
  });

  it('is one event for files and requests: the newest write counts', async () => {
    await upload('c1,c-1,2026-01-05T10:00:00Z,10,S');
    const corrected = { id: 'c-1', time: '2025-01-05T10:00:00Z', value: 11 };
    expect(await post(corrected)).toEqual({ stored: 0, corrected: 1, repeated: 0, rejected: [] });
    expect(await stored('c-1')).toEqual([{ time: '2025-01-05T10:00:00.000Z', value: 11, properties: {} }]);
    expect(await post(corrected)).toEqual({ stored: 0, corrected: 0, repeated: 1, rejected: [] });
    await upload('c1,c-1,2026-01-06T10:00:00Z,12,L');
    expect(await stored('c-1')).toEqual([{ time: '2026-01-06T10:00:00.000Z', value: 12, properties: { size: 'L' } }]);
  });

  it('is one event in a request that repeats it: the last one counts', async () => {
    const answer = await post({ id: 'd-1', value: 1 }, { id: 'd-1', value: 2 }, { id: 'd-1', value: 2 });
    expect(answer).toEqual({ stored: 1, corrected: 1, repeated: 1, rejected: [] });
    expect(await stored('d-1')).toMatchObject([{ value: 2 }]);
  });

  it('keeps the time of an event that comes again without one', async () => {
    await post({ id: 'e-1', time: '2026-02-01T10:00:00Z', value: 1 });
    expect(await post({ id: 'e-1', value: 1 })).toMatchObject({ repeated: 1 });
    expect(await post({ id: 'e-1', value: 3 })).toMatchObject({ corrected: 1 });
    expect(await stored('e-1')).toEqual([{ time: '2026-02-01T10:00:00.000Z', value: 3, properties: {} }]);
  });
});

describe('the value of an event', () => {
  it('is none where none was given, and the counts of the import and the stream say so', async () => {
    const stream = async () =>
      (await reach.api<{ items: object[] }>('GET', '/v1/streams')).body.items[0] as { withoutValue: number };
    const before = (await stream())?.withoutValue ?? 0;
    const { result } = await upload('c1,f-1,2026-01-05T10:00:00Z,,', 'c1,f-2,2026-01-05T10:00:00Z,0,');
    expect(result).toMatchObject({ events: 2, eventsWithoutValue: 1 });
    await post({ id: 'f-3' });
    expect((await Promise.all(['f-1', 'f-2', 'f-3'].map(stored))).flat()).toMatchObject([
      { value: null },
      { value: 0 },
      { value: null },
    ]);
    expect(await stream()).toMatchObject({ withoutValue: before + 2 });
  });

  it('is rounded to six decimals, from files and requests alike', async () => {
    await upload('c1,g-1,2026-01-05T10:00:00Z,0.30000000000000004,', 'c1,g-2,2026-01-05T10:00:00Z,-1.23456789,');
    expect(await post({ id: 'g-1', time: '2026-01-05T10:00:00Z', value: 0.30000000000000004 })).toMatchObject({
      repeated: 1,
    });
    expect(await stored('g-1')).toMatchObject([{ value: 0.3 }]);
    expect(await stored('g-2')).toMatchObject([{ value: -1.234568 }]);
  });

  it('is refused beyond 2^53, where a number loses digits', async () => {
    expect(await post({ id: 'h-1', value: 2 ** 53 })).toMatchObject({
      errors: [{ path: 'events[0].value', code: 'number_too_large' }],
    });
    const { id, result } = await upload('c1,h-2,2026-01-05T10:00:00Z,9007199254740993,');
    expect(result).toMatchObject({ events: 0, rejects: 1 });
    expect((await rejectsOf(reach, id))[0]).toContain('total,number_too_large');
  });
});
