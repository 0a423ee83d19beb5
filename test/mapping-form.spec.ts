import { ApiError } from '../console/src/api/problem.ts';
import type { DetectedColumn, Mapping } from '../console/src/api/types/contacts.ts';
import { columnNotices } from '../console/src/pages/datasets/column-notices.ts';
import { hasKey, newEvent, orderReading, startingPoint } from '../console/src/pages/datasets/mapping-draft.ts';
import { columnProblems, labelled } from '../console/src/pages/datasets/mapping-problems.ts';

const column = (name: string, type: DetectedColumn['type'] = 'category'): DetectedColumn => ({
  name,
  type,
  filled: 1,
  distinct: 2,
  samples: [],
  suggestion: { column: name, as: 'trait', trait: { type } },
});

const ORDERS: Mapping = {
  kind: 'events',
  key: { column: 'Email' },
  columns: [{ column: 'Email', as: 'email' }],
  events: [
    {
      stream: 'order',
      time: 'Created at',
      value: 'Total',
      id: 'Name',
      order: { status: 'Financial Status', cancelledAt: 'Cancelled at', items: { sku: 'Lineitem sku' } },
    },
  ],
};

describe('the mapping form of the console', () => {
  it('chooses no key for a file without a suggested mapping', () => {
    const draft = startingPoint({
      columns: [column('Handle'), column('Title')],
      mapping: null,
      suggestedMapping: null,
    });
    expect(draft.key).toEqual({});
    expect(hasKey(draft)).toBe(false);
    expect(draft.columns.map(({ as }) => as)).toEqual(['trait', 'trait']);
  });

  it('adds the suggested event with its reading of orders after the event was removed', () => {
    const dataset = { columns: [column('Paid at', 'date')], mapping: null, suggestedMapping: ORDERS };
    expect(newEvent(dataset, [])).toEqual(ORDERS.events![0]);
    expect(newEvent(dataset, ORDERS.events!)).toEqual({ stream: 'order', time: 'Paid at' });
  });

  it('says how orders are read, and nothing for other events', () => {
    expect(orderReading(ORDERS.events![0]!)).toBe(
      'One event an order: rows with the same Name are the items of one order. ' +
        'Columns: status from Financial Status; cancelled from Cancelled at; items from Lineitem sku.',
    );
    expect(orderReading({ stream: 'visit', time: 'at' })).toBeUndefined();
  });

  it('lists the notices of imported columns first, and joins equal notices of several columns', () => {
    const empty = (name: string): DetectedColumn => ({
      ...column(name),
      suggestion: { column: name, as: 'ignore' },
      notices: [{ code: 'empty_column', message: `"${name}" is empty in the sample; it is not imported.` }],
    });
    const question = { code: 'consent_question', message: '"Legal basis" may be consent.' };
    const columns = [empty('Tax 1'), empty('Tax 2'), { ...column('Legal basis'), notices: [question] }, column('Plan')];
    expect(columnNotices(columns)).toEqual([
      question,
      { code: 'empty_column', message: 'Empty in the sample; not imported: Tax 1, Tax 2.' },
    ]);
  });

  it('shows problems with the labels of the page and the names of columns', () => {
    const mapping: Mapping = {
      ...ORDERS,
      fallbackKeys: [{ column: 'Phone' }],
      columns: [...ORDERS.columns, { column: 'City', as: 'city' }],
    };
    const error = new ApiError(422, 'invalid', 'mapping.key.column: a city does not tell people apart; …', [
      { path: 'mapping.key.column', code: 'key_not_unique', message: 'a city does not tell people apart' },
      { path: 'mapping.fallbackKeys[0].column', code: 'key_ignored', message: 'the key column is mapped as ignore' },
      { path: 'mapping.columns[1].as', code: 'events_only', message: 'a file of events changes no contact: …' },
      { path: 'mapping.columns[0].as', code: 'field_mapped_twice', message: 'city … and columns[1] gives it' },
      { path: 'mapping.events[0].id', code: 'unknown_column', message: 'the file has no column "No"' },
    ]);
    expect(labelled(error, mapping)).toMatchObject({
      fields: [
        { path: 'Key', message: '"City" does not tell people apart.' },
        { path: 'Fallback key Phone', message: expect.stringContaining('"Do not import"') },
        { path: 'City', message: expect.stringContaining('"A contact" under "Each row is"') },
        { path: 'Email', message: 'City … and "City" gives it' },
        { path: 'Event order, ID', message: 'The file has no column "No"' },
      ],
    });
    expect(labelled(error, mapping).message).not.toMatch(/mapping\.|columns\[/);
    expect(columnProblems(error, 0, mapping)).toEqual(['City … and "City" gives it']);
    const deleted = new ApiError(409, 'file_deleted', 'Upload it again with POST /v1/datasets/dts_1/file.');
    expect(labelled(deleted, mapping).message).toBe('The stored file was deleted. Upload it again, then import it.');
  });
});
