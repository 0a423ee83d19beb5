import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { ImportPreview } from '../src/contacts/import/preview.ts';
import { PreviewsService } from '../src/contacts/import/previews.service.ts';
import { type Dataset, datasetForm, importFile } from './support/datasets.ts';
import { ADMIN_KEY } from './support/http.ts';
import { type Reach, startReach, until } from './support/service.ts';

const MAPPING = {
  key: { column: 'email' },
  columns: [
    { column: 'email', as: 'email' },
    { column: 'status', as: 'consent' },
  ],
};

describe('the preview of a stored file', () => {
  let reach: Reach;
  beforeAll(async () => {
    reach = await startReach();
  });
  afterAll(() => reach.close());

  const upload = async (file: string) => (await reach.api<Dataset>('POST', '/v1/datasets', datasetForm(file))).body.id;
  const preview = (id: string, mapping: object = MAPPING) =>
    reach.api<ImportPreview & { code: string; errors: { path: string; code: string }[] }>(
      'POST',
      `/v1/datasets/${id}/preview`,
      { mapping },
    );

  it('counts the whole file, including unconfirmed consent, and stores nothing', async () => {
    const words = ['subscribed', 'unsubscribed', '', 'sleepy'];
    const rows = Array.from({ length: 60_000 }, (_, i) => `p${i}@example.com,${words[i < 50_000 ? 0 : i % 4]}`);
    const id = await upload(`email,status\n${rows.join('\n')}\nnobody,subscribed\n`);
    const { status, body } = await preview(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      rows: 60_001,
      identified: 60_000,
      contacts: 60_000,
      consents: [{ purposes: ['advertising'], contacts: { granted: 52_500, denied: 2_500, unset: 5_000 } }],
      columns: [{ column: 'status', unknown: 2_500, unknownWords: [{ word: 'sleepy', count: 2_500 }] }],
    });
    expect(body.rejects.map(({ code, count }) => [code, count])).toEqual([
      ['not_a_consent', 2_500],
      ['email_syntax', 1],
      ['no_key', 1],
    ]);
    expect((await reach.api<{ total: number }>('GET', '/v1/contacts/count')).body.total).toBe(0);
    expect((await reach.api<Dataset>('GET', `/v1/datasets/${id}`)).body).toMatchObject({ status: 'new' });
  }, 60_000);

  it('refuses a mapping that contradicts the file, and names the paths', async () => {
    const id = await upload('email,status\na@example.com,subscribed\n');
    const { status, body } = await preview(id, { ...MAPPING, key: { column: 'nope' } });
    expect([status, body.errors[0]]).toMatchObject([422, { path: 'mapping.key.column', code: 'unknown_column' }]);
  });

  it('answers 409 once the file is deleted, and 404 for an unknown dataset', async () => {
    const confirmed = MAPPING.columns.map((c) => (c.as === 'consent' ? { ...c, consent: { confirmed: true } } : c));
    const { id } = await importFile(reach, 'email,status\na@example.com,subscribed\n', {
      ...MAPPING,
      columns: confirmed,
    });
    const { status, body } = await preview(id);
    expect([status, body.code]).toEqual([409, 'file_deleted']);
    expect((await preview('dts_nope')).status).toBe(404);
  });

  it('answers 409 when the file is deleted while the preview begins', async () => {
    const { body } = await reach.api<Dataset>(
      'POST',
      '/v1/datasets',
      datasetForm('email,status\na@example.com,subscribed\n'),
    );
    rmSync(join(reach.dataDir, 'uploads', body.id));
    const answer = await preview(body.id);
    expect([answer.status, answer.body.code]).toEqual([409, 'file_deleted']);
  });

  it('keeps no other request waiting while it reads a large file', async () => {
    const id = await upload(`email,status\n${'a@example.com,subscribed\n'.repeat(300_000)}`);
    let ended = false;
    const running = preview(id).finally(() => {
      ended = true;
    });
    for (let i = 0; i < 5; i++) expect((await reach.api('GET', `/v1/datasets/${id}`)).status).toBe(200);
    expect(ended).toBe(false);
    expect((await running).body).toMatchObject({ rows: 300_000, contacts: 1 });
  }, 60_000);

  it('ends when its client closes the request, and lets the next preview of the account start', async () => {
    const id = await upload(`email,status\n${'a@example.com,subscribed\n'.repeat(200_000)}`);
    const served = jest.spyOn(reach.app.get(PreviewsService), 'preview');
    const closing = new AbortController();
    const closed = fetch(`${reach.url}/v1/datasets/${id}/preview`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_KEY}` },
      body: JSON.stringify({ mapping: MAPPING }),
      signal: closing.signal,
    });
    await until(
      async () => served.mock.results.length,
      (calls) => calls > 0,
    );
    closing.abort();
    await expect(closed).rejects.toThrow();
    await expect(served.mock.results[0]!.value).rejects.toThrow('The client closed the request.');
    const small = await upload('email,status\na@example.com,subscribed\na@example.com,unsubscribed\n');
    expect((await preview(small)).body).toMatchObject({
      rows: 2,
      contacts: 1,
      consents: [{ contacts: { granted: 0, denied: 1, unset: 0 } }],
    });
  }, 60_000);
});
