import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNT, AWKWARD, groupedContacts, putCatalogue, putContacts } from '../../test/support/persona-contacts.ts';
import { type Reach, startReach, until } from '../../test/support/service.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { PersonaModel } from '../models/persona-model.ts';
import { ComparisonService } from './comparison.service.ts';
import { EditingService } from './editing.service.ts';
import { PersonaSetsRepository } from './persona-sets.repository.ts';
import { PersonasService } from './personas.service.ts';

interface Version {
  id: string;
  version: number;
  status: string;
  statusError: { code: string; path?: string } | null;
  stage: string;
  k: number;
  basedOn: number | null;
  edit: object | null;
  quality: { shares: number[] };
  selection: { trait: string; used: boolean; detail?: string }[];
  personas: { key: string; name: string; size: number; pinned: boolean; tone?: string }[];
}
interface Problem {
  code: string;
  errors?: { path: string; code: string }[];
}
interface Drift {
  band: string;
  psi: number;
  bins: { label: string; before: number; now: number }[];
}
interface Comparison {
  before: Version;
  after: Version;
  personas: {
    key: string;
    fate: string;
    mergedInto: string | null;
    before: { size: number };
    after: { size: number };
  }[];
  movers: { contacts: number; moved: number; share: number; matrix: { from: string; to: string; contacts: number }[] };
  shares: Drift;
  drift: { traits: (Drift & { trait: string })[]; personas: Drift; bands: { band: string; below: number | null }[] };
  traits: { trait: string; before: boolean; after: boolean }[];
}

const SIZE = 400;
const contacts = groupedContacts(SIZE);
let reach: Reach;

beforeAll(async () => {
  reach = await startReach();
  await putCatalogue(reach);
  await putContacts(reach, contacts);
});
afterAll(() => reach.close());

const settled = ({ status }: { status: string }) => status === 'ready' || status === 'error';
const versionOf = (set: string, version: number) =>
  until(async () => (await reach.api<Version>('GET', `/v1/persona-sets/${set}/versions/${version}`)).body, settled);
const send = (method: string, path: string, body?: object) =>
  reach.api<Version & Problem>(method, `/v1/persona-sets/${path}`, body);

/** A set of three personas with a trained first version. */
async function trained(body: object = {}): Promise<string> {
  const created = await reach.api<{ id: string }>('POST', '/v1/persona-sets', { name: 'Customers', k: 3, ...body });
  expect(created.status).toBe(202);
  expect(await versionOf(created.body.id, 1)).toMatchObject({
    status: 'ready',
    k: 3,
    ...('k' in body ? { k: body.k } : {}),
  });
  return created.body.id;
}
async function changed(set: string, path: string, body: object): Promise<Version> {
  const answer = await send('POST', `${set}/versions/${path}`, body);
  expect(answer).toMatchObject({ status: 202, body: { stage: 'draft' } });
  const version = await versionOf(set, answer.body.version);
  expect(version).toMatchObject({ status: 'ready' });
  return version;
}
async function retrained(set: string, body: object = {}): Promise<Version> {
  const answer = await send('POST', `${set}/versions`, body);
  expect(answer).toMatchObject({ status: 202 });
  return versionOf(set, answer.body.version);
}
const publish = async (set: string, version: number) =>
  expect((await send('POST', `${set}/versions/${version}/publish`)).status).toBe(200);
const compare = async (set: string, before: number, after: number) =>
  (await reach.api<Comparison>('GET', `/v1/persona-sets/${set}/versions/${before}/compare/${after}`)).body;
const modelOf = async (set: string, version: number): Promise<PersonaModel> =>
  (await reach.app.get(PersonaSetsRepository).version(ACCOUNT, set, version))!.model!;
const sizes = ({ personas }: Version) => Object.fromEntries(personas.map(({ key, size }) => [key, size]));
const merge = { keys: ['p2', 'p3'], into: 'p2' };

describe('a merge', () => {
  let set: string;
  let first: Version;
  let merged: Version;
  beforeAll(async () => {
    set = await trained();
    first = await versionOf(set, 1);
    await publish(set, 1);
    await send('PATCH', `${set}/personas/p2`, { name: 'Lyon', tone: 'warm' });
    merged = await changed(set, '1/merge', merge);
  });

  it('makes a draft with one persona fewer, which keeps name and brief; the version it was made of stays as it was', async () => {
    expect(merged).toMatchObject({ version: 2, basedOn: 1, k: 2, edit: { kind: 'merge', ...merge } });
    const [was, is] = [sizes(first), sizes(merged)];
    expect(is).toEqual({ p1: was.p1, p2: was.p2! + was.p3! });
    expect(merged.personas.find(({ key }) => key === 'p2')).toMatchObject({ name: 'Lyon', tone: 'warm' });
    expect(merged.selection).toEqual(first.selection);
    expect(sizes(await versionOf(set, 1))).toEqual(was);
  });

  it('tells beforehand who would move where', async () => {
    const { personas, movers, shares, traits } = await compare(set, 1, 2);
    const was = sizes(first);
    expect(personas.map(({ key, fate, mergedInto }) => [key, fate, mergedInto])).toEqual([
      ['p1', 'kept', null],
      ['p2', 'kept', null],
      ['p3', 'merged', 'p2'],
    ]);
    expect(personas[1]).toMatchObject({ before: { size: was.p2 }, after: { size: was.p2! + was.p3! } });
    expect(personas[2]).toMatchObject({ before: { size: was.p3 }, after: null });
    expect(movers).toMatchObject({ contacts: SIZE, moved: was.p3, share: was.p3! / SIZE });
    expect(movers.matrix).toContainEqual({ from: 'p3', to: 'p2', contacts: was.p3 });
    expect(shares.band).toBe('major');
    expect(traits.every(({ before, after }) => before && after)).toBe(true);
  });

  it('goes live on publication, says where the persona went, and is rolled back', async () => {
    await publish(set, 2);
    const live = await reach.app.get(PersonasService).published(ACCOUNT, set);
    expect(live.personas.map(({ key }) => key)).toEqual(['p1', 'p2']);
    expect(live.merged).toEqual({ p3: 'p2' });
    const rows = await reach.app.get(Warehouse).query<{ from_key: string; to_key: string; contacts: number }>(
      `SELECT toString(from_key) AS from_key, toString(to_key) AS to_key, toUInt32(count()) AS contacts FROM persona_changes
       WHERE version_id = {version:String} GROUP BY from_key, to_key`,
      { version: live.versionId },
    );
    expect(rows).toEqual([{ from_key: 'p3', to_key: 'p2', contacts: sizes(first).p3 }]);
    await publish(set, 1);
    expect((await reach.app.get(PersonasService).published(ACCOUNT, set)).merged).toEqual({});
    await publish(set, 2);
  });

  it('stays through a training that goes on from it', async () => {
    const again = await retrained(set, { seed: 5 });
    expect(again).toMatchObject({ basedOn: 2, k: 2 });
    expect(sizes(again)).toEqual(sizes(merged));
    expect(await modelOf(set, again.version)).toMatchObject({ merged: { p3: 'p2' }, personas: { length: 3 } });
  });
});

describe('a split', () => {
  it('gives the largest part the key and the brief, and the others keys that the set never had', async () => {
    const set = await trained();
    await changed(set, '1/merge', { keys: ['p1', 'p2'], into: 'p1' });
    await send('PATCH', `${set}/personas/p1`, { tone: 'plain' });
    const split = await changed(set, '2/split', { key: 'p1', parts: 3, seed: 9 });
    expect(split).toMatchObject({ version: 3, basedOn: 2, edit: { kind: 'split', key: 'p1', parts: 3, seed: 9 } });
    expect(split.personas.map(({ key }) => key).sort()).toEqual(['p1', 'p3', 'p4', 'p5']);
    expect(split.personas.find(({ key }) => key === 'p1')).toMatchObject({ tone: 'plain' });
    expect(split.personas.find(({ key }) => key === 'p4')!.tone).toBeUndefined();
    const { p1, p4, p5 } = sizes(split);
    expect(p1!).toBeGreaterThanOrEqual(Math.max(p4!, p5!));
    const { personas, movers } = await compare(set, 2, 3);
    expect(
      personas
        .filter(({ fate }) => fate === 'new')
        .map(({ key }) => key)
        .sort(),
    ).toEqual(['p4', 'p5']);
    expect(movers.moved).toBeGreaterThanOrEqual(p4! + p5!);
  });
});

describe('a pin', () => {
  it('keeps the persona as it is through trainings, and no version without it is published', async () => {
    const set = await trained();
    await publish(set, 1);
    const other = await retrained(set, { k: 2, seed: 3 });
    const lost = ['p1', 'p2', 'p3'].find((key) => !other.personas.some((persona) => persona.key === key))!;
    expect(await send('POST', `${set}/versions/1/personas/${lost}/pin`)).toMatchObject({ status: 204 });
    expect((await versionOf(set, 1)).personas.find(({ key }) => key === lost)).toMatchObject({ pinned: true });
    expect(await send('POST', `${set}/versions/2/publish`)).toMatchObject({
      status: 409,
      body: { code: 'pinned_missing' },
    });
    await putContacts(reach, groupedContacts(40, 7, 'con_late_'));
    const again = await retrained(set, { k: 2, seed: 3 });
    const cluster = async (version: number) => (await modelOf(set, version)).personas.filter(({ key }) => key === lost);
    expect(await cluster(again.version)).toEqual(await cluster(1));
    expect(again.personas.find(({ key }) => key === lost)).toMatchObject({ pinned: true });
    await publish(set, again.version);

    expect(
      await send('POST', `${set}/versions`, { k: 2, traits: ['age', 'vip'], excludeProtected: true }),
    ).toMatchObject({
      status: 422,
    });
    expect(await send('DELETE', `${set}/personas/${lost}/pin`)).toMatchObject({ status: 204 });
    expect((await versionOf(set, 1)).personas.some(({ pinned }) => pinned)).toBe(false);
    await putContacts(
      reach,
      groupedContacts(40, 7, 'con_late_').map(({ contact_id }) => ({ contact_id, deleted: 1 })),
    );
  });
});

describe('drift', () => {
  it('is none on the contacts that were trained on, and major once a trait has moved', async () => {
    const set = await trained({ traits: ['tenure', 'plan', AWKWARD] });
    await publish(set, 1);
    const drift = (await reach.api<Comparison['drift']>('GET', `/v1/persona-sets/${set}/versions/1/drift`)).body;
    expect(drift.personas).toMatchObject({ psi: expect.closeTo(0, 6), band: 'stable' });
    expect(drift.traits.map(({ trait }) => trait)).toContain('signup');
    for (const { psi } of drift.traits) expect(psi).toBeCloseTo(0, 6);
    expect(drift.bands).toEqual([
      { band: 'stable', below: 0.1 },
      { band: 'moderate', below: 0.25 },
      { band: 'major', below: null },
    ]);
    await putContacts(
      reach,
      contacts.map((contact) => ({ ...contact, num: { ...contact.num, tenure: 200 } })),
    );
    const moved = await reach.app.get(ComparisonService).publishedDrift(ACCOUNT, set);
    expect(moved).toMatchObject({ version: 1 });
    expect(moved!.traits[0]).toMatchObject({ trait: 'tenure', band: 'major' });
    expect(moved!.traits[1]).toMatchObject({ band: 'stable' });
    await putContacts(reach, contacts);
  });
});

describe('what cannot be done', () => {
  let set: string;
  beforeAll(async () => {
    set = await trained();
    await send('POST', `${set}/versions/1/personas/p3/pin`);
    await retrained(set, { traits: null, k: 3 });
  });

  const fault = (path: string, code: string, body: object = {}) => ({
    status: 422,
    body: { errors: expect.arrayContaining([expect.objectContaining({ path, code })]), ...body },
  });
  it.each([
    [
      'merging an unknown persona',
      'versions/1/merge',
      { keys: ['p1', 'p9'], into: 'p1' },
      fault('keys[1]', 'unknown_persona'),
    ],
    [
      'merging into one that is not among them',
      'versions/1/merge',
      { keys: ['p1', 'p2'], into: 'p3' },
      fault('into', 'not_among_keys'),
    ],
    ['merging a pinned one', 'versions/1/merge', { keys: ['p1', 'p3'], into: 'p1' }, fault('keys[1]', 'pinned')],
    ['merging one', 'versions/1/merge', { keys: ['p1'], into: 'p1' }, { status: 400 }],
    ['merging one with itself', 'versions/1/merge', { keys: ['p1', 'p1'], into: 'p1' }, { status: 400 }],
    ['merging in a version that is not', 'versions/9/merge', { keys: ['p1', 'p2'], into: 'p1' }, { status: 404 }],
    ['splitting an unknown persona', 'versions/1/split', { key: 'p9' }, fault('key', 'unknown_persona')],
    ['splitting a pinned one', 'versions/1/split', { key: 'p3' }, fault('key', 'pinned')],
    ['splitting into one part', 'versions/1/split', { key: 'p1', parts: 1 }, { status: 400 }],
    ['splitting into eleven', 'versions/1/split', { key: 'p1', parts: 11 }, { status: 400 }],
    ['pinning an unknown persona', 'versions/1/personas/p9/pin', undefined, fault('key', 'unknown_persona')],
    ['pinning twice', 'versions/1/personas/p3/pin', undefined, fault('key', 'already_pinned')],
    [
      'training with other traits than those pinned by',
      'versions',
      { traits: ['age', 'vip'] },
      fault('traits', 'pinned_measure'),
    ],
    [
      'training without the protected trait pinned by',
      'versions',
      { excludeProtected: true },
      fault('excludeProtected', 'pinned_measure'),
    ],
  ])('%s is refused', async (_, path, body, expected) => {
    expect(await send('POST', `${set}/${path}`, body)).toMatchObject(expected);
  });

  it('comparing a version with itself or with none is refused, and so is unpinning what is not pinned', async () => {
    expect(await send('GET', `${set}/versions/1/compare/1`)).toMatchObject(fault('other', 'same_version'));
    expect(await send('GET', `${set}/versions/1/compare/7`)).toMatchObject({ status: 404 });
    expect(await send('DELETE', `${set}/personas/p1/pin`)).toMatchObject(fault('key', 'not_pinned'));
    expect(await send('DELETE', `pst_none/personas/p1/pin`)).toMatchObject({ status: 404 });
  });

  it('merging all there are, fewer than are pinned, and another measure are refused', async () => {
    const two = await trained({ k: 2 });
    expect(await send('POST', `${two}/versions/1/merge`, { keys: ['p1', 'p2'], into: 'p1' })).toMatchObject(
      fault('keys', 'last_persona'),
    );
    const three = await trained();
    for (const key of ['p1', 'p2', 'p3']) await send('POST', `${three}/versions/1/personas/${key}/pin`);
    expect(await send('POST', `${three}/versions`, { k: 2 })).toMatchObject(fault('k', 'fewer_than_pinned'));
    const other = await trained();
    await retrained(other, { traits: ['tenure', 'plan'] });
    await send('POST', `${other}/versions/1/personas/p1/pin`);
    expect(await send('POST', `${other}/versions/2/personas/p2/pin`)).toMatchObject(fault('key', 'other_measure'));
  });

  it('nothing is done with a version that is not ready', async () => {
    const { body } = await reach.api<{ id: string }>('POST', '/v1/persona-sets', { name: 'New', k: 3 });
    const early = { status: 409, body: { code: 'version_not_ready' } };
    const answers = await Promise.all([
      send('POST', `${body.id}/versions/1/merge`, merge),
      send('POST', `${body.id}/versions/1/split`, { key: 'p1' }),
      send('POST', `${body.id}/versions/1/personas/p1/pin`),
      send('GET', `${body.id}/versions/1/drift`),
    ]);
    for (const answer of answers) expect(answer).toMatchObject(early);
    await versionOf(body.id, 1);
  });

  it('versions asked for at once each get a number of their own', async () => {
    const set = await trained();
    const [editing, personas] = [reach.app.get(EditingService), reach.app.get(PersonasService)];
    const caller = { accountId: ACCOUNT, role: 'admin', name: 'test' } as const;
    // called here rather than sent, so that they go step by step beside each other
    const added = await Promise.all([
      editing.merge(caller, set, 1, merge),
      editing.merge(caller, set, 1, merge),
      personas.train(caller, set, {}),
      personas.train(caller, set, {}),
    ]);
    expect(added.map(({ version }) => version).sort()).toEqual([2, 3, 4, 5]);
    for (const { id, version } of added) expect((await versionOf(set, version)).id).toBe(id);
  });

  it('a split that the contacts cannot give ends as a typed status error', async () => {
    await reach.app.get(Warehouse).insert('contacts', [
      ...Array.from({ length: 30 }, (_, i) => ({
        account_id: ACCOUNT,
        contact_id: `con_same_${i}`,
        version: 1,
        num: { tenure: 500, [AWKWARD]: -500 },
        cat: { plan: 'odd' },
      })),
    ]);
    const odd = await trained({ traits: ['tenure', AWKWARD, 'plan'], k: 3 });
    const same = (await versionOf(odd, 1)).personas.find(({ size }) => size === 30);
    if (same) {
      const { body } = await send('POST', `${odd}/versions/1/split`, { key: same.key });
      expect(await versionOf(odd, body.version)).toMatchObject({
        status: 'error',
        statusError: { code: 'too_few_distinct' },
      });
    }
    expect(same).toBeDefined();
  });
});
