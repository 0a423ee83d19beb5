import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Settings } from '../config/settings.ts';
import { StagingRepository } from '../src/contacts/import/staging.repository.ts';
import { StoredFiles } from '../src/contacts/stored-files.ts';
import { type Dataset, datasetForm, importEnd } from './support/datasets.ts';
import { type Reach, startReach, until } from './support/service.ts';

interface StoredDataset extends Dataset {
  sha256: string;
  fileStoredAt: string;
  fileFirstStoredAt: string;
  fileDeletedAt: string | null;
  fileDeletedBecause: string | null;
  code: string;
  detail: string;
  mapping: { columns: { consent?: object }[] } | null;
}

/** A file that nobody has written to for an hour. */
function left(path: string): void {
  writeFileSync(path, CSV);
  const hourAgo = Date.now() / 1000 - 3600;
  utimesSync(path, hourAgo, hourAgo);
}

const CSV = 'id,email,plan\n1,a@example.com,gold\n2,b@example.com,silver\n';
const OTHER = 'id,email,plan,city\n3,c@example.com,gold,Rome\n';
const mappingOf = (trait: string) => ({
  key: { column: 'id' },
  columns: [
    { column: 'email', as: 'email' },
    { column: 'plan', as: 'trait', trait: { name: trait } },
  ],
});

describe('the store of dataset files', () => {
  let reach: Reach;
  const uploads = () => join(reach.dataDir, 'uploads');
  const isStored = (id: string) => existsSync(join(uploads(), id));
  const send = async (path: string, file: string, fields: Record<string, unknown> = {}) =>
    reach.api<StoredDataset>('POST', path, datasetForm(file, fields));
  const get = async (id: string) => (await reach.api<StoredDataset>('GET', `/v1/datasets/${id}`)).body;
  const imported = async (file = CSV) => {
    const { body } = await send('/v1/datasets', file, { mapping: mappingOf('plan') });
    await importEnd(reach, body.id);
    return until(
      () => get(body.id),
      ({ status, fileDeletedAt }) => status === 'error' || fileDeletedAt !== null,
    );
  };
  const sweep = () => reach.app.get(StoredFiles).sweep();

  beforeAll(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'reach-'));
    mkdirSync(join(dataDir, 'uploads'), { mode: 0o755 });
    for (const name of ['upl_1.part', 'dts_gone']) left(join(dataDir, 'uploads', name));
    reach = await startReach({ dataDir });
  });
  afterAll(() => reach.close());

  it('deletes the leftovers of a crash at the start', () => {
    expect(readdirSync(uploads())).toEqual([]);
  });

  it('makes files readable only for its own user', async () => {
    const { body } = await send('/v1/datasets', CSV);
    expect({
      folder: statSync(uploads()).mode & 0o777,
      file: statSync(join(uploads(), body.id)).mode & 0o777,
    }).toEqual({ folder: 0o700, file: 0o600 });
    expect(body).toMatchObject({ fileDeletedAt: null, fileDeletedBecause: null });
  });

  it('deletes a file after its import and explains how to import it again', async () => {
    const dataset = await imported();
    expect(dataset).toMatchObject({ status: 'ready', fileDeletedBecause: 'imported' });
    expect(isStored(dataset.id)).toBe(false);
    const path = `/v1/datasets/${dataset.id}`;
    const refused = await reach.api<StoredDataset>('POST', `${path}/import`, { mapping: mappingOf('plan') });
    expect(refused).toMatchObject({ status: 409, body: { code: 'file_deleted' } });
    expect(refused.body.detail).toContain(`POST ${path}/file`);
    const sent = await send(`${path}/file`, CSV);
    expect(sent).toMatchObject({ status: 202, body: { status: 'ready', fileDeletedAt: null } });
    expect(statSync(join(uploads(), dataset.id)).mode & 0o777).toBe(0o600);
    await sweep();
    expect(isStored(dataset.id)).toBe(true);
    expect((await reach.api('POST', `${path}/import`, { mapping: mappingOf('second plan') })).status).toBe(202);
    expect(await importEnd(reach, dataset.id)).toMatchObject({ status: 'ready', result: { created: 0, updated: 2 } });
    const { body } = await reach.api<{ items: { traits: object }[] }>('GET', '/v1/contacts?externalId=1');
    expect(body.items[0]!.traits).toEqual({ plan: 'gold', 'second plan': 'gold' });
  });

  it('imports a file at once when it is uploaded again with a mapping', async () => {
    const { id } = await imported();
    const { body } = await send(`/v1/datasets/${id}/file`, CSV, { mapping: mappingOf('plan') });
    expect(body.status).toBe('starting');
    expect((await importEnd(reach, id)).status).toBe('ready');
  });

  it('refuses a different file unless the request asks to replace the old one', async () => {
    const { id, sha256 } = await imported();
    const path = `/v1/datasets/${id}/file`;
    expect(await send(path, OTHER)).toMatchObject({ status: 409, body: { code: 'file_differs' } });
    expect(await get(id)).toMatchObject({ sha256, fileDeletedBecause: 'imported' });
    const replaced = await send(`${path}?replace=true`, OTHER);
    expect(replaced).toMatchObject({ status: 202, body: { fileDeletedAt: null } });
    expect(replaced.body.format.columns).toEqual(['id', 'email', 'plan', 'city']);
    expect(replaced.body.sha256).not.toBe(sha256);
    expect(readdirSync(uploads()).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('asks for the reading of consent again when a file replaces the one it was confirmed for', async () => {
    const mapping = {
      key: { column: 'id' },
      columns: [{ column: 'plan', as: 'consent', consent: { confirmed: true, words: { gold: 'granted' } } }],
    };
    const { body } = await send('/v1/datasets', CSV, { mapping });
    await importEnd(reach, body.id);
    const readingOf = async () => (await get(body.id)).mapping?.columns[0]?.consent;
    await send(`/v1/datasets/${body.id}/file`, CSV);
    expect(await readingOf()).toEqual({ confirmed: true, words: { gold: 'granted' } });
    await send(`/v1/datasets/${body.id}/file?replace=true`, OTHER);
    expect(await readingOf()).toEqual({ confirmed: false, words: { gold: 'granted' } });
  });

  describe('with denials that state no time', () => {
    const DAY = 86_400_000;
    const optOuts = (id: string) => `id,unsubscribed\n${id},yes\n`;
    const mapping = (column: string) => ({
      key: { column: 'id' },
      columns: [{ column, as: 'consent', consent: { confirmed: true } }],
    });
    const consentOf = async (id: string) => {
      const { body } = await reach.api<{ items: { consent: object }[] }>('GET', `/v1/contacts?externalId=${id}`);
      return body.items[0]!.consent;
    };
    const importAt = async (path: string, file: string, column: string) => {
      const { body } = await send(path, file, { mapping: mapping(column) });
      await importEnd(reach, body.id);
      return until(
        () => get(body.id),
        ({ fileDeletedAt }) => fileDeletedAt !== null,
      );
    };

    it('counts the denials of a replacing file from its own upload', async () => {
      const { id } = await importAt('/v1/datasets', optOuts('other'), 'unsubscribed');
      reach.clock.advance(DAY);
      await importAt('/v1/datasets', 'id,consent\nlate,yes\n', 'consent');
      reach.clock.advance(DAY);
      const replaced = await importAt(`/v1/datasets/${id}/file?replace=true`, optOuts('late'), 'unsubscribed');
      expect(replaced.fileFirstStoredAt).toBe(replaced.fileStoredAt);
      expect(await consentOf('late')).toEqual({ ad_personalization: 'denied', ad_user_data: 'denied' });
    });

    it('counts the denials of the same file from its first upload', async () => {
      const { id, fileFirstStoredAt } = await importAt('/v1/datasets', optOuts('early'), 'unsubscribed');
      reach.clock.advance(DAY);
      await importAt('/v1/datasets', 'id,consent\nearly,yes\n', 'consent');
      reach.clock.advance(DAY);
      const again = await importAt(`/v1/datasets/${id}/file`, optOuts('early'), 'unsubscribed');
      expect(again).toMatchObject({ fileFirstStoredAt });
      expect(again.fileStoredAt).not.toBe(fileFirstStoredAt);
      expect(await consentOf('early')).toEqual({ ad_personalization: 'granted', ad_user_data: 'granted' });
    });
  });

  it('keeps a file after its import for as long as the setting says', async () => {
    const settings = reach.app.get(Settings);
    settings.REACH_KEEP_UPLOADS_HOURS = 2;
    const { body } = await send('/v1/datasets', CSV, { mapping: mappingOf('plan') });
    await importEnd(reach, body.id);
    reach.clock.advance(3_600_000);
    await sweep();
    expect(isStored(body.id)).toBe(true);
    expect((await reach.api('POST', `/v1/datasets/${body.id}/import`, { mapping: mappingOf('plan') })).status).toBe(
      202,
    );
    await importEnd(reach, body.id);
    reach.clock.advance(2 * 3_600_000);
    await sweep();
    settings.REACH_KEEP_UPLOADS_HOURS = 0;
    expect(isStored(body.id)).toBe(false);
    expect(await get(body.id)).toMatchObject({ fileDeletedBecause: 'imported' });
  });

  it('keeps a file for thirty days when it was not imported or its import did not finish', async () => {
    const unused = (await send('/v1/datasets', CSV)).body;
    jest.spyOn(reach.app.get(StagingRepository), 'insert').mockRejectedValueOnce(new Error('broken'));
    const failed = (await send('/v1/datasets', CSV, { mapping: mappingOf('plan') })).body;
    expect((await importEnd(reach, failed.id)).status).toBe('error');
    reach.clock.advance(29 * 86_400_000);
    await sweep();
    expect([isStored(unused.id), isStored(failed.id)]).toEqual([true, true]);
    reach.clock.advance(2 * 86_400_000);
    await sweep();
    expect([isStored(unused.id), isStored(failed.id)]).toEqual([false, false]);
    expect(await get(failed.id)).toMatchObject({ status: 'error', fileDeletedBecause: 'unused' });
  });

  it('deletes files and the leftovers of uploads with an erasure', async () => {
    const { id } = (await send('/v1/datasets', CSV)).body;
    const [old, fresh] = [join(uploads(), 'upl_2.part'), join(uploads(), 'upl_3.part')];
    left(old);
    writeFileSync(fresh, CSV);
    const found = await reach.api<{ items: { id: string }[] }>('GET', '/v1/contacts?externalId=2');
    const erasure = await reach.api<{ id: string }>('POST', `/v1/contacts/${found.body.items[0]!.id}/erasure`);
    const receipt = async () =>
      (await reach.api<{ status: string; files: string[] }>('GET', `/v1/erasures/${erasure.body.id}`)).body;
    const done = await until(receipt, ({ status }) => status !== 'running');
    expect(done).toMatchObject({ status: 'done', files: expect.arrayContaining([id]) });
    expect([isStored(id), existsSync(old), existsSync(fresh)]).toEqual([false, false, true]);
    expect(await get(id)).toMatchObject({ fileDeletedBecause: 'erasure' });
  });
});
