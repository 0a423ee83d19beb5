import { datasetForm } from './support/datasets.ts';
import { keyOf } from './support/inform.ts';
import { type Reach, startReach } from './support/service.ts';

interface Dataset {
  id: string;
  name: string;
  code: string;
}

describe('a dataset after its upload', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  const upload = async (name: string) =>
    (await reach.api<Dataset>('POST', '/v1/datasets', datasetForm('id,plan\n1,gold\n', { name }))).body;
  const change = (id: string, body: object, headers = {}) =>
    reach.api<Dataset>('PATCH', `/v1/datasets/${id}`, body, headers);

  it('can be renamed by marketers of its account, with an entry in the audit log', async () => {
    const { id } = await upload('Export (3).csv');
    expect((await change(id, { name: 'x' }, await keyOf(reach, 'analyst'))).status).toBe(403);
    expect(await change(id, { name: ' Customers ' })).toMatchObject({ status: 200, body: { id, name: 'Customers' } });
    expect((await reach.api<Dataset>('GET', `/v1/datasets/${id}`)).body.name).toBe('Customers');
    const { items } = (await reach.api<{ items: object[] }>('GET', '/v1/audit-log')).body;
    expect(items).toContainEqual(
      expect.objectContaining({ action: 'dataset.update', subject: id, detail: { name: 'Customers' } }),
    );
  });

  it('keeps its name when the new one is empty or too long', async () => {
    const { id } = await upload('Leads');
    for (const name of ['', '   ', 'x'.repeat(201), 7, null]) expect((await change(id, { name })).status).toBe(400);
    expect((await change('dts_unknown', { name: 'x' })).status).toBe(404);
    expect((await change(id, {})).body.name).toBe('Leads');
  });
});
