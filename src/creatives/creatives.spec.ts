import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { groupedContacts, putCatalogue, putContacts } from '../../test/support/persona-contacts.ts';
import { type Reach, startReach, until } from '../../test/support/service.ts';

interface Creative {
  id: string;
  name: string;
  headline: string;
  body: string | null;
  channels: string[];
  rules: object | null;
  state: string;
  revision: number;
}
interface Refusal {
  code: string;
  detail: string;
  errors: { path: string; code: string; message: string }[];
}
interface Matched {
  versionId: string;
  asOf: string;
  covered: number;
  personas: {
    key: string;
    name: string;
    creatives: { id: string; score: number; reasons: string[] }[];
    nearest: { creativeId: string; reasons: string[] } | null;
  }[];
  unmatched: { id: string; reasons: string[]; nearest: { personaKey: string } | null }[];
}

const FULL = {
  name: 'Second line, warm',
  headline: 'Room for one more?',
  body: 'A second line at half price.\nFor as long as you stay.',
  imageUrl: 'https://cdn.example.com/second-line.jpg',
  callToAction: 'Add a line',
  linkUrl: 'https://www.example.com/second-line?from=ad',
  channels: ['facebook', 'mail'],
  rules: { trait: 'tenure', salient: true },
  activeFrom: '2026-01-01',
  activeUntil: '2096-01-01T00:00:00+01:00',
};

let reach: Reach;
let setId: string;
let personas: { key: string; name: string }[];

const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const answer = await reach.api<T>(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path} → ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};
const make = (more: object = {}) => ask<Creative>('POST', '/v1/creatives', { name: 'A', headline: 'H', ...more });
const refused = async (method: string, path: string, body?: unknown) => {
  const { status, body: problem } = await reach.api<Refusal>(method, path, body);
  return { status, paths: (problem.errors ?? []).map((e) => `${e.path} ${e.code}`), ...problem };
};
const clear = async () => {
  const { items } = await ask<{ items: Creative[] }>('GET', '/v1/creatives?limit=200');
  for (const { id } of items) await ask('DELETE', `/v1/creatives/${id}`);
};

beforeAll(async () => {
  reach = await startReach();
  await putCatalogue(reach);
  await putContacts(reach, groupedContacts(300));
  const traits = ['tenure', 'plan'];
  const set = await ask<{ id: string }>('POST', '/v1/persona-sets', { name: 'Customers', traits, k: 3, seed: 1 });
  setId = set.id;
  await until(
    () => ask<{ status: string }>('GET', `/v1/persona-sets/${setId}`),
    ({ status }) => status === 'ready',
  );
  await ask('POST', `/v1/persona-sets/${setId}/versions/1/publish`);
  ({ personas } = await ask<{ personas: typeof personas }>('GET', `/v1/persona-sets/${setId}`));
});
afterAll(() => reach.close());

describe('creatives', () => {
  it('are kept as they were given, changed by revision, listed in pages, deleted', async () => {
    await clear();
    const made = await reach.api<Creative>('POST', '/v1/creatives', FULL);
    expect(made.status).toBe(201);
    expect(made.headers.get('etag')).toBe('"1"');
    expect(made.body).toMatchObject({
      ...FULL,
      activeFrom: '2026-01-01T00:00:00.000Z',
      activeUntil: '2095-12-31T23:00:00.000Z',
      state: 'active',
      revision: 1,
    });
    expect(made.body).not.toHaveProperty('accountId');
    const path = `/v1/creatives/${made.body.id}`;
    const change = { headline: 'Room for two more?', body: null, rules: null };
    const changed = await reach.api<Creative>('PATCH', path, change, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, body: { ...change, name: FULL.name, revision: 2 } });
    expect(changed.headers.get('etag')).toBe('"2"');
    expect(await reach.api('PATCH', path, { name: 'B' }, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    expect(await ask('GET', path)).toEqual(changed.body);
    const other = await make();
    const page = await ask<{ items: Creative[]; nextCursor: string }>('GET', '/v1/creatives?limit=1');
    expect(page).toMatchObject({ items: [{ id: other.id, channels: [], rules: null }], nextCursor: other.id });
    expect(await ask('GET', `/v1/creatives?cursor=${page.nextCursor}`)).toMatchObject({
      items: [{ id: made.body.id }],
      nextCursor: null,
    });
    expect((await reach.api('DELETE', path)).status).toBe(204);
    expect(await reach.api('GET', path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const { items: trail } = await ask<{ items: { action: string; subject: string }[] }>(
      'GET',
      '/v1/audit-log?limit=5',
    );
    const actions = trail.filter(({ subject }) => subject === made.body.id).map(({ action }) => action);
    expect(actions).toEqual(['creative.delete', 'creative.update', 'creative.create']);
  });

  it('a repeat with the same Idempotency-Key makes one', async () => {
    const headers = { 'idempotency-key': 'creative-1' };
    const [first, again] = [
      await reach.api<Creative>('POST', '/v1/creatives', FULL, headers),
      await reach.api<Creative>('POST', '/v1/creatives', FULL, headers),
    ];
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id]);
  });

  it('viewers read them and cannot change them', async () => {
    const { key } = await ask<{ key: string }>('POST', '/v1/api-keys', { name: 'looker', role: 'viewer' });
    const as = { authorization: `Bearer ${key}` };
    const { id } = await make();
    expect((await reach.api('GET', `/v1/creatives/${id}`, undefined, as)).status).toBe(200);
    expect((await reach.api('GET', `/v1/persona-sets/${setId}/creatives`, undefined, as)).status).toBe(200);
    for (const [method, path] of [
      ['POST', '/v1/creatives'],
      ['PATCH', `/v1/creatives/${id}`],
      ['DELETE', `/v1/creatives/${id}`],
    ] as const)
      expect((await reach.api(method, path, method === 'DELETE' ? undefined : FULL, as)).status).toBe(403);
  });

  it.each<[string, object, string]>([
    ['no headline', { headline: undefined }, 'headline isString'],
    ['a headline of spaces', { headline: '  ' }, 'headline matches'],
    ['a headline of two lines', { headline: 'a\nb' }, 'headline matches'],
    ['a headline that is too long', { headline: 'x'.repeat(256) }, 'headline maxLength'],
    ['a body with a bell', { body: 'ring\u0007' }, 'body matches'],
    ['an image over http', { imageUrl: 'http://cdn.example.com/a.jpg' }, 'imageUrl isUrl'],
    ['an image as data', { imageUrl: 'data:image/png;base64,AAAA' }, 'imageUrl isUrl'],
    ['an image with a password', { imageUrl: 'https://me:secret@cdn.example.com/a.jpg' }, 'imageUrl isUrl'],
    ['a link that is a script', { linkUrl: 'javascript:alert(1)' }, 'linkUrl isUrl'],
    ['a link without a host', { linkUrl: 'https://' }, 'linkUrl isUrl'],
    ['a channel twice', { channels: ['mail', 'mail'] }, 'channels arrayUnique'],
    ['a channel that is no word', { channels: ['Face book'] }, 'channels matches'],
    ['channels that are no list', { channels: 'mail' }, 'channels isArray'],
    ['a day that does not exist', { activeFrom: '2026-02-30' }, 'activeFrom isIso8601'],
    ['a time without its offset', { activeUntil: '2026-02-20T10:00:00' }, 'activeUntil matches'],
    ['a year the database cannot hold', { activeFrom: '0000-01-01' }, 'activeFrom matches'],
    ['a field nobody knows', { colour: 'red' }, 'colour whitelistValidation'],
  ])('refuses %s', async (_, more, path) => {
    const { status, paths } = await refused('POST', '/v1/creatives', { ...FULL, ...more });
    expect(status).toBe(400);
    expect(paths).toContain(path);
  });

  it.each<[string, object, string]>([
    ['a channel there is not', { channels: ['mail', 'faceboook'] }, 'channels[1] unknown_channel'],
    ['a period that ends before it begins', { activeUntil: '2025-12-31' }, 'activeUntil empty_period'],
    ['an unknown trait', { rules: { all: [{ trait: 'tenur', salient: true }] } }, 'rules.all[0].trait unknown_trait'],
    ['an unknown persona', { rules: { not: { persona: { in: ['p99'] } } } }, 'rules.not.persona.in[0] unknown_persona'],
    ['an unknown set', { rules: { persona: { in: ['p1'], set: 'pst_9' } } }, 'rules.persona.set unknown_persona_set'],
    ['rules that are no object', { rules: 'everyone' }, 'rules wrong_type'],
    ['an average of a category', { rules: { trait: 'plan', average: { gte: 1 } } }, 'rules.average wrong_trait_type'],
  ])('refuses %s, on change as well, and changes nothing', async (_, more, path) => {
    const { status, paths } = await refused('POST', '/v1/creatives', { ...FULL, ...more });
    expect([status, paths]).toEqual([422, [path]]);
    const { id } = await make({ activeFrom: '2026-01-01' });
    expect((await refused('PATCH', `/v1/creatives/${id}`, more)).paths).toEqual([path]);
    expect(await ask('GET', `/v1/creatives/${id}`)).toMatchObject({ revision: 1 });
  });

  it('null cannot take away the name, and an unknown creative is not found', async () => {
    const { id } = await make();
    expect((await refused('PATCH', `/v1/creatives/${id}`, { name: null })).paths).toContain('name isString');
    expect((await refused('DELETE', '/v1/creatives/cre_nothing')).status).toBe(404);
    expect((await refused('PATCH', '/v1/creatives/cre_nothing', {})).status).toBe(404);
  });
});

describe('matches and coverage', () => {
  const matches = (query = '') => ask<Matched>('GET', `/v1/persona-sets/${setId}/creatives${query}`);
  const coverage = (query = '') => ask<Matched>('GET', `/v1/persona-sets/${setId}/creatives/coverage${query}`);

  it('ranks what suits each persona with the reasons, for a channel, and says what is missing', async () => {
    await clear();
    const [first, second] = personas;
    const named = await make({ name: 'named', rules: { persona: { in: [first!.name] } }, channels: ['mail'] });
    const salient = await make({ name: 'salient', rules: { trait: 'plan', value: 'gold', share: { gte: 0.5 } } });
    const tone = await make({ name: 'tone', rules: { tone: 'brisk' } });
    const idle = await make({ name: '=idle', rules: { personaSize: { gt: 1e9 } } });
    const ended = await make({ name: 'ended', activeUntil: '2026-01-01' });
    await ask('PATCH', `/v1/persona-sets/${setId}/personas/${second!.key}`, { tone: 'Brisk' });
    const all = await matches();
    const of = (key: string, from = all) => from.personas.find((persona) => persona.key === key)!;
    expect(all.personas.map(({ key }) => key)).toEqual(personas.map(({ key }) => key));
    expect(of(first!.key).creatives[0]).toEqual({
      id: named.id,
      name: 'named',
      headline: 'H',
      score: 4,
      reasons: [`It is ${first!.name}, which the creative names.`],
    });
    expect(of(second!.key).creatives).toContainEqual(
      expect.objectContaining({ id: tone.id, reasons: ['The persona\'s tone is "Brisk" (wanted: "brisk").'] }),
    );
    const gold = all.personas.filter(({ creatives }) => creatives.some(({ id }) => id === salient.id));
    expect(gold).toHaveLength(1);
    const forFacebook = await matches('?channel=facebook');
    expect(of(first!.key, forFacebook).creatives.map(({ id }) => id)).not.toContain(named.id);
    const covered = await coverage('?channel=mail');
    const without = covered.personas.filter(({ creatives }) => creatives.length === 0);
    expect(covered.covered + without.length).toBe(personas.length);
    for (const { nearest } of without) expect(nearest!.reasons.length).toBeGreaterThan(0);
    expect(covered.unmatched.map(({ id }) => id)).toEqual([idle.id, ended.id]);
    expect(covered.unmatched[0]!.reasons[0]).toMatch(/size is \d+ \(wanted: more than 1000000000\)/);
    expect(covered.unmatched[1]!.reasons[0]).toMatch(/ended at 2026-01-01/);
    const csv = await reach.api<string>('GET', `/v1/persona-sets/${setId}/creatives/coverage.csv?channel=mail`);
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
    const [header, ...lines] = (csv.body as string).trim().split('\n');
    expect(header).toBe('persona_key,persona_name,rank,creative_id,creative_name,headline,score,reasons');
    const count = covered.personas.reduce((sum, { creatives }) => sum + Math.max(1, creatives.length), 0);
    expect(lines).toHaveLength(count + covered.unmatched.length);
    expect(csv.body).toContain("'=idle");
  });

  it('a creative for everyone covers everyone; its state follows the clock', async () => {
    await clear();
    const { id } = await make({ activeFrom: '2030-01-01', activeUntil: '2031-01-01' });
    expect(await ask('GET', `/v1/creatives/${id}`)).toMatchObject({ state: 'planned' });
    expect(await coverage()).toMatchObject({ covered: 0, unmatched: [{ id, nearest: null }] });
    reach.clock.set('2030-06-01');
    try {
      expect(await ask('GET', `/v1/creatives/${id}`)).toMatchObject({ state: 'active' });
      expect(await coverage()).toMatchObject({ covered: personas.length, unmatched: [] });
    } finally {
      reach.clock.set(new Date());
    }
  });

  it('refuses a channel there is not, an unknown set, a set that is not published', async () => {
    const path = `/v1/persona-sets/${setId}/creatives`;
    expect((await refused('GET', `${path}?channel=fax`)).paths).toEqual(['channel unknown_channel']);
    expect((await refused('GET', `${path}?channel=F%20x`)).status).toBe(400);
    expect((await refused('GET', '/v1/persona-sets/pst_nothing/creatives')).status).toBe(404);
    const draft = await ask<{ id: string }>('POST', '/v1/persona-sets', { name: 'Draft', k: 2 });
    expect(await refused('GET', `/v1/persona-sets/${draft.id}/creatives/coverage`)).toMatchObject({
      status: 409,
      code: 'not_published',
    });
  });
});
