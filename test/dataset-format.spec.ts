import { jest } from '@jest/globals';
import iconv from 'iconv-lite';
import { StagingRepository } from '../src/contacts/import/staging.repository.ts';
import { UploadStore } from '../src/contacts/upload.store.ts';
import { type Dataset, datasetForm, type FileContent, importEnd, importFile } from './support/datasets.ts';
import { type Reach, startReach } from './support/service.ts';

interface ProblemBody {
  code: string;
  errors?: { path: string; code: string }[];
}

const CITIES = { key: { column: 'id' }, columns: [{ column: 'city', as: 'city' }] };

describe('the form in which a stored file is read', () => {
  let reach: Reach;
  const upload = (file: FileContent, fields: Record<string, unknown> = {}) =>
    reach.api<Dataset & ProblemBody>('POST', '/v1/datasets', datasetForm(file, fields));
  const places = (problem: ProblemBody) => problem.errors?.map((e) => `${e.path} ${e.code}`);
  const cityOf = async (id: string) =>
    (await reach.api<{ items: { city: string }[] }>('GET', `/v1/contacts?externalId=${id}`)).body.items[0]?.city;

  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  it('can be read again with another encoding and header until its import deletes it', async () => {
    const text = 'id;email;city\n1;a@example.com;Kraków\n2;b@example.com;Kraków\n';
    const { body: stored } = await upload(new Uint8Array(iconv.encode(text, 'windows-1250')), {
      header: 'false',
    });
    const path = `/v1/datasets/${stored.id}/format`;
    const choice = { encoding: 'windows-1250', delimiter: ';', header: true };
    const { status, body } = await reach.api<Dataset>('PUT', path, choice);
    expect(status).toBe(200);
    expect(body.format).toMatchObject({ encoding: 'windows-1250', columns: ['id', 'email', 'city'] });
    expect(body.suggestedMapping).not.toBeNull();
    const wrong = await reach.api<ProblemBody>('PUT', path, { encoding: 'klingon' });
    expect([wrong.status, places(wrong.body)]).toEqual([422, ['file encoding_unknown']]);

    await reach.api('POST', `/v1/datasets/${stored.id}/import`, { mapping: CITIES });
    await importEnd(reach, stored.id);
    expect(await cityOf('1')).toBe('Kraków');
    expect((await reach.api<ProblemBody>('PUT', path, choice)).body).toMatchObject({ code: 'file_deleted' });
  });

  it('can be read again after a second upload, which keeps the status and the result of its import', async () => {
    const file = 'id;city\ns1;Rome\n';
    const { id } = await importFile(reach, file, CITIES);
    const sent = await reach.api<Dataset>('POST', `/v1/datasets/${id}/file`, datasetForm(file));
    expect(sent).toMatchObject({ status: 202, body: { status: 'ready' } });
    const read = await reach.api<Dataset>('PUT', `/v1/datasets/${id}/format`, { header: false });
    expect(read).toMatchObject({
      status: 200,
      body: { status: 'ready', result: { contacts: 1 }, format: { columns: ['column_1', 'column_2'] } },
    });
  });

  it('cannot be read with another format during its import', async () => {
    const { id } = (await upload('id,city\nr1,Rome\n')).body;
    const staging = reach.app.get(StagingRepository);
    const insert = staging.insert.bind(staging);
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    jest.spyOn(staging, 'insert').mockImplementationOnce(async (chunk) => {
      await gate;
      await insert(chunk);
    });
    await reach.api('POST', `/v1/datasets/${id}/import`, {
      mapping: CITIES,
    });
    const { status, body } = await reach.api<ProblemBody>('PUT', `/v1/datasets/${id}/format`, { header: false });
    letGo();
    expect([status, body.code]).toEqual([409, 'import_under_way']);
    expect(await importEnd(reach, id)).toMatchObject({ status: 'ready', format: { columns: ['id', 'city'] } });
  });

  it('cannot be read again once it is deleted', async () => {
    const { body: stored } = await upload('id,city\n1,Rome\n');
    await reach.app.get(UploadStore).forget(stored.id);
    const { status, body } = await reach.api<ProblemBody>('PUT', `/v1/datasets/${stored.id}/format`, {});
    expect([status, places(body)]).toEqual([422, ['file file_deleted']]);
  });
});
