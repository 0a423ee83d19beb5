import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ACCOUNT, AWKWARD, groupedContacts, putCatalogue, putContacts } from '../../test/support/persona-contacts.ts';
import { type Reach, startReach, until } from '../../test/support/service.ts';
import { PersonaVersions } from '../cohorts/persona-versions.ts';
import { ImportListeners } from '../contacts/import-listeners.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { evaluator } from '../models/evaluate.ts';
import { adjustedRand } from '../models/quality.ts';
import { AssignmentsRepository } from './assignments.repository.ts';
import { PersonaSetsRepository } from './persona-sets.repository.ts';
import { PersonasService } from './personas.service.ts';
import { PublishingService } from './publishing.service.ts';

interface PersonaBody {
  key: string;
  name: string;
  summary: string;
  color: string;
  size: number;
  share: number;
  salientTraits: { trait: string; statement: string; lift: number }[];
  profile?: { trait: string; used: boolean; bins: { label: string; count: number }[] }[];
}
interface VersionBody {
  id: string;
  version: number;
  status: string;
  stage: string;
  quality: { silhouette: number; stability: number; shares: number[] };
  choice: { k: number; curve: { k: number }[] } | null;
  selection: { trait: string; used: boolean; reason?: string }[];
  personas: PersonaBody[];
}
interface SetBody {
  id: string;
  status: string;
  statusError: { code: string; detail: string } | null;
  publishedVersion: number | null;
  newestVersion: number;
  personas: PersonaBody[];
}

const contacts = groupedContacts(1000);
let reach: Reach;
let warehouse: Warehouse;

beforeAll(async () => {
  reach = await startReach();
  warehouse = reach.app.get(Warehouse);
  await putCatalogue(reach);
  await putContacts(reach, contacts);
});
afterAll(() => reach.close());

const getSet = async (id: string) => (await reach.api<SetBody>('GET', `/v1/persona-sets/${id}`)).body;
const getVersion = async (id: string, version: number) =>
  (await reach.api<VersionBody>('GET', `/v1/persona-sets/${id}/versions/${version}`)).body;
const trained = (id: string) =>
  until(
    () => getSet(id),
    ({ status }) => status === 'ready' || status === 'error',
  );

async function train(body: object): Promise<SetBody> {
  const created = await reach.api<SetBody>('POST', '/v1/persona-sets', { name: 'Customers', ...body });
  expect(created).toMatchObject({ status: 202 });
  return trained(created.body.id);
}
async function publish(set: SetBody, version = set.newestVersion): Promise<SetBody> {
  const { status, body } = await reach.api<SetBody>('POST', `/v1/persona-sets/${set.id}/versions/${version}/publish`);
  expect({ status, body }).toMatchObject({ status: 200, body: { publishedVersion: version } });
  return body;
}
async function assigned(versionId: string): Promise<Map<string, string>> {
  const rows = await warehouse.query<{ contact_id: string; persona_key: string }>(
    'SELECT contact_id, persona_key FROM persona_assignments FINAL WHERE version_id = {v:String}',
    { v: versionId },
  );
  return new Map(rows.map((row) => [row.contact_id, row.persona_key]));
}
const changesOf = (setId: string) =>
  warehouse.query<{ contact_id: string; from_key: string; to_key: string }>(
    'SELECT contact_id, from_key, to_key FROM persona_changes WHERE persona_set_id = {s:String} ORDER BY at, contact_id',
    { s: setId },
  );

describe('a persona set', () => {
  it('finds the groups there are, says why each trait was used or not, and profiles every trait', async () => {
    const set = await train({});
    expect(set).toMatchObject({ status: 'ready', statusError: null, publishedVersion: null, newestVersion: 1 });
    const version = await getVersion(set.id, 1);
    expect(version.choice).toMatchObject({ k: 3 });
    expect(version.choice!.curve.map(({ k }) => k)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(version.personas.map(({ share }) => Math.round(share * 10))).toEqual([5, 3, 2]);
    expect(Object.fromEntries(version.selection.map(({ trait, reason }) => [trait, reason]))).toMatchObject({
      one: 'constant',
      always: 'constant',
      nothing: 'all_missing',
      reference: 'identifier_like',
      [AWKWARD]: undefined,
    });
    for (const persona of version.personas) {
      expect(persona.profile!.map(({ trait }) => trait)).toEqual(version.selection.map(({ trait }) => trait));
      for (const { bins } of persona.profile!) {
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(persona.size);
      }
      expect(persona.salientTraits.length).toBeGreaterThan(2);
      expect(persona.color).toMatch(/^#/);
    }
    expect(new Set(version.personas.map(({ name }) => name)).size).toBe(3);
  });

  it('gives the same personas for the same contacts and seed', async () => {
    const [a, b] = [await train({ k: 4, seed: 7 }), await train({ k: 4, seed: 7 })];
    const [one, two] = [await getVersion(a.id, 1), await getVersion(b.id, 1)];
    expect(two.personas).toEqual(one.personas);
    expect(two.quality).toEqual(one.quality);
  });

  it('assigns everyone on publishing as the model says in JS, with a second best, and records the changes', async () => {
    const published = await publish(await train({ k: 3 }));
    const live = await reach.app.get(PersonasService).published(ACCOUNT, published.id);
    const keys = await assigned(live.versionId);
    expect(keys.size).toBe(1000);
    const labels = contacts.map(({ contact_id }) => Number(keys.get(contact_id)!.slice(1)));
    expect(
      adjustedRand(
        labels,
        contacts.map(({ group }) => group),
      ),
    ).toBeGreaterThan(0.98);
    expect(published.personas.map(({ key, size }) => [key, size])).toEqual(
      ['p1', 'p2', 'p3'].map((key) => [key, [...keys.values()].filter((each) => each === key).length]),
    );
    const version = await reach.app.get(PersonaSetsRepository).versionById(ACCOUNT, live.versionId);
    const evaluate = evaluator(version!.model!);
    const one = contacts[42]!;
    const { body } = await reach.api<{ items: object[] }>(
      'GET',
      `/v1/contacts/${one.contact_id}/persona?set=${published.id}`,
    );
    const { key, secondKey } = evaluate(one)!;
    expect(body.items).toMatchObject([{ setId: published.id, key, secondKey }]);
    const changes = await changesOf(published.id);
    expect(changes).toHaveLength(1000);
    expect(new Set(changes.map(({ from_key }) => from_key))).toEqual(new Set(['']));
  });

  it('keeps keys, names and briefs through a new training, and rolls back', async () => {
    const set = await publish(await train({ k: 3 }));
    const brief = { name: 'Gold families', tone: 'warm', offer: 'a second line', messages: ['Bring the family'] };
    const renamed = await reach.api('PATCH', `/v1/persona-sets/${set.id}/personas/p1`, brief);
    expect(renamed).toMatchObject({ status: 200, body: { key: 'p1', ...brief } });
    const retrained = await reach.api<VersionBody>('POST', `/v1/persona-sets/${set.id}/versions`, { seed: 99, k: 4 });
    expect(retrained).toMatchObject({ status: 202, body: { version: 2, stage: 'draft' } });
    await trained(set.id);
    const draft = await getVersion(set.id, 2);
    const first = await getVersion(set.id, 1);
    expect(draft.personas.map(({ key }) => key).sort()).toEqual(['p1', 'p2', 'p3', 'p4']);
    expect(draft.personas.find(({ key }) => key === 'p1')).toMatchObject(brief);
    for (const { key, name } of first.personas)
      expect(draft.personas.find((p) => p.key === key)).toMatchObject({ name });

    await publish(set, 2);
    expect(await getSet(set.id)).toMatchObject({ publishedVersion: 2 });
    expect((await getVersion(set.id, 1)).stage).toBe('retired');
    const moved = (await changesOf(set.id)).filter(({ from_key }) => from_key !== '');
    expect(moved.length).toBeGreaterThan(0);
    expect(new Set(moved.map(({ to_key }) => to_key))).toContain('p4');

    await publish(set, 1);
    const back = (await changesOf(set.id)).filter(({ from_key }) => from_key === 'p4');
    expect(back.length).toBe(moved.filter(({ to_key }) => to_key === 'p4').length);
  });

  it('assigns again after an import: movers, newcomers and leavers are recorded once', async () => {
    const set = await publish(await train({ k: 3 }));
    const { versionId } = await reach.app.get(PersonasService).published(ACCOUNT, set.id);
    const before = await assigned(versionId);
    const [mover, example] = [contacts[0]!, contacts[5]!];
    await putContacts(reach, [
      { ...example, contact_id: mover.contact_id },
      { ...example, contact_id: 'con_new' },
      { contact_id: contacts[1]!.contact_id, deleted: 1 },
    ]);
    const known = (await changesOf(set.id)).length;
    await reach.app.get(ImportListeners).notify(ACCOUNT, 'dst_test');
    const changes = await until(
      () => changesOf(set.id),
      (rows) => rows.length >= known + 3,
    );
    const key = before.get(example.contact_id)!;
    expect(
      changes
        .slice(known)
        .map((row) => [row.contact_id, row.from_key, row.to_key])
        .sort(),
    ).toEqual(
      [
        [mover.contact_id, before.get(mover.contact_id), key],
        [contacts[1]!.contact_id, before.get(contacts[1]!.contact_id), ''],
        ['con_new', '', key],
      ].sort(),
    );
    await putContacts(reach, [contacts[0]!, contacts[1]!, { contact_id: 'con_new', deleted: 1 }]);
  });

  it('assigns those whom an import brings while a version is being published', async () => {
    const set = await publish(await train({ k: 3 }));
    await reach.api('POST', `/v1/persona-sets/${set.id}/versions`, { seed: 5 });
    await trained(set.id);
    const live = async () => (await reach.app.get(PersonasService).published(ACCOUNT, set.id)).versionId;
    const before = await live();
    const assignments = reach.app.get(AssignmentsRepository);
    const assign = assignments.assign.bind(assignments);
    jest.spyOn(assignments, 'assign').mockImplementationOnce(async (account, run) => {
      await assign(account, run);
      await putContacts(reach, [{ ...contacts[0]!, contact_id: 'con_between' }]);
      await reach.app.get(ImportListeners).notify(ACCOUNT, 'dst_test');
      await until(
        () => assigned(before),
        (keys) => keys.has('con_between'),
      );
    });
    const { personas } = await publish(set, 2);
    const keys = await assigned(await live());
    expect(keys.has('con_between')).toBe(true);
    expect(personas.reduce((sum, { size }) => sum + size, 0)).toBe(1001);
    const changes = (await changesOf(set.id)).filter(({ contact_id }) => contact_id === 'con_between');
    const path = changes.map(({ to_key }) => to_key);
    expect(changes.map(({ from_key }) => from_key)).toEqual(['', ...path.slice(0, -1)]);
    expect(path.at(-1)).toBe(keys.get('con_between'));
    await putContacts(reach, [{ contact_id: 'con_between', deleted: 1 }]);
  });

  it('finishes a publication that broke off once it was live, and tells once', async () => {
    const set = await train({ k: 2 });
    const told = jest.spyOn(reach.app.get(PersonaVersions), 'published');
    jest.spyOn(reach.app.get(AssignmentsRepository), 'catchUp').mockRejectedValueOnce(new Error('the process died'));
    const { status } = await reach.api('POST', `/v1/persona-sets/${set.id}/versions/1/publish`);
    expect(status).toBe(500);
    expect(await getSet(set.id)).toMatchObject({ publishedVersion: 1 });
    expect(told).not.toHaveBeenCalled();
    await putContacts(reach, [{ ...contacts[0]!, contact_id: 'con_between' }]);
    const { versionId } = await reach.app.get(PersonasService).published(ACCOUNT, set.id);
    for (let turn = 0; turn < 2; turn++)
      await reach.app.get(PublishingService).finishLater({ accountId: ACCOUNT, versionId });
    expect((await assigned(versionId)).has('con_between')).toBe(true);
    expect(told.mock.calls).toEqual([[ACCOUNT, set.id]]);
    await putContacts(reach, [{ contact_id: 'con_between', deleted: 1 }]);
  });

  it('is listed, used by conditions once published, and deleted', async () => {
    const set = await publish(await train({ k: 2, name: 'To delete' }));
    const cohort = await reach.api<{ id: string }>('POST', '/v1/cohorts', {
      name: 'Of p1',
      condition: { persona: { set: set.id, in: ['p1'] } },
    });
    expect(cohort).toMatchObject({ status: 201 });
    const counted = await until(
      async () => (await reach.api<{ size: number | null }>('GET', `/v1/cohorts/${cohort.body.id}`)).body,
      ({ size }) => size !== null,
    );
    expect(counted.size).toBe(set.personas[0]!.size);
    const { body } = await reach.api<{ items: SetBody[] }>('GET', '/v1/persona-sets?limit=1');
    expect(body.items.map(({ id }) => id)).toEqual([set.id]);
    expect(await reach.api('DELETE', `/v1/persona-sets/${set.id}`)).toMatchObject({
      status: 409,
      body: { code: 'in_use' },
    });
    expect(await reach.api('DELETE', `/v1/cohorts/${cohort.body.id}`)).toMatchObject({ status: 204 });
    expect(await reach.api('DELETE', `/v1/persona-sets/${set.id}`)).toMatchObject({ status: 204 });
    expect(await reach.api('GET', `/v1/persona-sets/${set.id}`)).toMatchObject({ status: 404 });
  });

  it('is trained after a minute when its job was lost', async () => {
    const lost = jest.spyOn(reach.app.get(Jobs), 'enqueue').mockResolvedValueOnce();
    const { id } = (await reach.api<SetBody>('POST', '/v1/persona-sets', { name: 'Lost', k: 2 })).body;
    lost.mockRestore();
    await reach.clock.round();
    expect((await getSet(id)).status).toBe('new');
    reach.clock.advance(120_000);
    await reach.clock.round();
    expect((await trained(id)).status).toBe('ready');
  });

  it('leaves the service answering while it trains', async () => {
    const created = await reach.api<SetBody>('POST', '/v1/persona-sets', { name: 'Busy' });
    let slowest = 0;
    let last = performance.now();
    const pulse = setInterval(() => {
      slowest = Math.max(slowest, performance.now() - last);
      last = performance.now();
    }, 5);
    await trained(created.body.id);
    clearInterval(pulse);
    expect(slowest).toBeLessThan(1000);
  });
});
