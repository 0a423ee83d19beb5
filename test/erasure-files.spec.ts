import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { StagingRepository } from '../src/contacts/import/staging.repository.ts';
import { until } from './support/service.ts';
import { PEOPLE_MAPPING, peopleCsv, twoKinds, World } from './support/world.ts';

interface Erasure {
  id: string;
  status: string;
  pending: string | null;
  files: string[];
  erasedLocallyAt: string | null;
}
interface Dataset {
  id: string;
  status: string;
  statusError: { code: string } | null;
}

/** Somebody who is to be forgotten may stand in files that are not contacts yet. */
describe('an erasure beside files', () => {
  let world: World;
  const people = twoKinds(20);
  beforeAll(async () => {
    world = await World.start();
    await world.importFile(peopleCsv(people), { ...PEOPLE_MAPPING, key: { column: 'email' } });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => world.close());

  const isStored = (datasetId: string) => existsSync(join(world.reach.dataDir, 'uploads', datasetId));
  const upload = (text: string, mapping?: object) => {
    const form = new FormData();
    if (mapping) form.append('mapping', JSON.stringify(mapping));
    form.append('file', new Blob([text]), 'people.csv');
    return world.ask<Dataset>('POST', '/v1/datasets', form);
  };
  const imported = (id: string) =>
    until(
      () => world.ask<Dataset>('GET', `/v1/datasets/${id}`),
      ({ status }) => status === 'ready' || status === 'error',
    );
  const erase = (contactId: string) => world.ask<Erasure>('POST', `/v1/contacts/${contactId}/erasure`);
  const receipt = (id: string, done: (erasure: Erasure) => boolean) =>
    until(() => world.ask<Erasure>('GET', `/v1/erasures/${id}`), done);
  const known = async (externalId: string) =>
    (await world.ask<{ items: object[] }>('GET', `/v1/contacts?externalId=${externalId}`)).items.length;

  it('deletes those that were uploaded and not imported, and says which', async () => {
    const dataset = await upload(peopleCsv([people[3]!]));
    expect({ status: dataset.status, stored: isStored(dataset.id) }).toEqual({ status: 'new', stored: true });
    const { id } = await erase(await world.contactId(people[3]!.id));
    const ended = await receipt(id, ({ status }) => status !== 'running');
    expect(ended).toMatchObject({ status: 'done', files: expect.arrayContaining([dataset.id]) });
    expect(isStored(dataset.id)).toBe(false);
    const again = { mapping: PEOPLE_MAPPING };
    const refused = await world.reach.api<{ code: string }>('POST', `/v1/datasets/${dataset.id}/import`, again);
    expect(refused).toMatchObject({ status: 409, body: { code: 'file_deleted' } });
    expect(await known(people[3]!.id)).toBe(0);
  });

  it('waits for those that are being imported, which drop the person', async () => {
    const person = people[5]!;
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const staging = world.reach.app.get(StagingRepository);
    const insert = staging.insert.bind(staging);
    const held = jest.spyOn(staging, 'insert').mockImplementation(async (chunk) => {
      await gate;
      await insert(chunk);
    });
    // by another key than before
    const dataset = await upload(peopleCsv([person]), PEOPLE_MAPPING);
    await until(
      async () => held.mock.calls.length,
      (calls) => calls > 0,
    );
    const { id } = await erase(await world.contactId(person.id));
    const waiting = await receipt(id, ({ pending, status }) => pending !== null || status !== 'running');
    expect(waiting).toMatchObject({
      status: 'running',
      pending: expect.stringContaining('An import was under way'),
      erasedLocallyAt: null,
    });
    expect(await known(person.id)).toBe(0);
    release();
    expect((await imported(dataset.id)).status).toBe('ready');
    expect(await known(person.id)).toBe(0);
    world.reach.clock.advance(600_000);
    const ended = await receipt(id, ({ status }) => status !== 'running');
    expect(ended).toMatchObject({ status: 'done', pending: null });
    expect(await known(person.id)).toBe(0);
    expect(isStored(dataset.id)).toBe(false);
    expect(JSON.stringify(ended)).not.toContain('mayReturnAs');
  });
});
