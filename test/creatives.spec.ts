import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'csv-parse/sync';
import { until } from './support/http.ts';
import { type Received, type Receiver, startReceiver } from './support/receiver.ts';
import { type Person, type RunAnswer, twoKinds, World } from './support/world.ts';

interface Travelling {
  id: string;
  revision: number;
  headline: string;
  reasons: string[];
}
interface Segment {
  key: string;
  brief: { creativeIds?: string[] };
  creatives?: Travelling[];
}
type Run = Omit<RunAnswer, 'segments'> & { segments: (RunAnswer['segments'][number] & Segment)[] };

const PEOPLE = 40;
const BASIC = {
  name: 'For the frugal',
  headline: 'Save more every month',
  body: 'Half price until spring.',
  imageUrl: 'https://cdn.example.com/save.jpg',
  callToAction: 'Save now',
  linkUrl: 'https://www.example.com/save',
};

const schema = (name: string) =>
  JSON.parse(readFileSync(new URL(`../docs/${name}.schema.json`, import.meta.url), 'utf8')) as object;
const ajv = addFormats.default(new Ajv2020({ allowUnionTypes: true, schemas: [schema('brief')] }));
const isManifest = ajv.compile(schema('manifest'));
const isRequest = ajv.compile(schema('webhook'));

/** Creatives that travel with deliveries: matched when a run is planned, delivered, and kept as evidence. */
describe('creatives of deliveries', () => {
  let world: World;
  let receiver: Receiver;
  let people: Person[];
  let setId: string;
  let audienceId: string;
  /** Keys of the personas. */
  let basic: string;
  let premium: string;
  const ids: Record<'basic' | 'premium' | 'everyone' | 'ended' | 'mail', string> = {
    basic: '',
    premium: '',
    everyone: '',
    ended: '',
    mail: '',
  };

  const make = async (body: object) => (await world.ask<{ id: string }>('POST', '/v1/creatives', body)).id;
  const split = (connectionId: string, more: object) =>
    world.delivery({
      name: 'split',
      audienceId,
      connectionId,
      splitByPersona: true,
      nameTemplate: '{{delivery}} {{persona}}',
      ...more,
    });
  const webhook = async (path: string) => {
    const settings = { url: `${receiver.url}${path}`, secret: 'a-shared-secret-of-ours' };
    return (await world.ask<{ id: string }>('POST', '/v1/connections', { name: path, type: 'webhook', settings })).id;
  };
  const sent = (path: string) =>
    receiver.requests
      .filter((request: Received) => request.path === path)
      .map(({ body }) => JSON.parse(body) as { segment: Segment });
  const run = (id: string) => world.run(id) as Promise<Run>;
  const headlines = ({ segments }: { segments: Segment[] }, key: string) =>
    segments.find((segment) => segment.key === key)?.creatives?.map(({ headline }) => headline);
  const file = (ending: string) => world.sandbox.sftp.files().find((path) => path.endsWith(ending))!;
  const manifests = (runId: string) =>
    world.sandbox.sftp
      .files()
      .filter((path) => path.endsWith('.manifest.json'))
      .map((path) => JSON.parse(world.sandbox.sftp.read(path).toString()))
      .filter((manifest) => manifest.runId === runId) as { segment: Segment; files: { name: string }[] }[];

  beforeAll(async () => {
    world = await World.start();
    receiver = await startReceiver(() => ({ status: 200, body: {} }));
    people = twoKinds(PEOPLE);
    await world.importPeople(people);
    setId = (await world.publishPersonas(2)).setId;
    audienceId = await world.audience({
      name: 'Everyone',
      include: { condition: { everyone: true } },
      personaSetId: setId,
    });
    const share = { gte: 0.9 };
    ids.basic = await make({ ...BASIC, rules: { trait: 'plan', value: 'basic', share } });
    ids.premium = await make({
      name: 'For spenders',
      headline: 'First class',
      rules: {
        all: [
          { trait: 'plan', value: 'premium', share },
          { trait: 'spend', average: { gte: 500 } },
        ],
      },
    });
    ids.everyone = await make({ name: 'For all', headline: 'Thank you' });
    ids.ended = await make({ name: 'Last year', headline: 'Merry 2025', activeUntil: '2026-01-01' });
    ids.mail = await make({ name: 'Letter', headline: 'Dear customer', channels: ['mail'] });
    const { personas } = await world.ask<{ personas: { key: string; creatives: { id: string }[] }[] }>(
      'GET',
      `/v1/persona-sets/${setId}/creatives`,
    );
    const of = (id: string) => personas.find(({ creatives }) => creatives.some((each) => each.id === id))!.key;
    [basic, premium] = [of(ids.basic), of(ids.premium)];
    expect(basic).not.toBe(premium);
  });
  afterAll(async () => {
    await receiver.close();
    await world.close();
  });

  it('a file brings each persona its creatives, in the manifest and as columns, and again when they change', async () => {
    const columns = ['EMAIL', 'persona.key', 'persona.creatives', 'creative.headline', 'creative.linkUrl'];
    const id = await split(await world.connect('sftp'), {
      creatives: { perSegment: 2 },
      options: { columns: columns.map((source) => ({ source })) },
    });
    const preview = await world.ask<{ segments: Segment[] }>('POST', `/v1/deliveries/${id}/preview`);
    expect(headlines(preview, basic)).toEqual([BASIC.headline, 'Thank you']);
    const done = await run(id);
    expect(done.verdict).toBe('confirmed');
    expect(headlines(done, premium)).toEqual(['First class', 'Thank you']);
    const found = manifests(done.id);
    expect(found.map(({ segment }) => segment.key).sort()).toEqual([basic, premium].sort());
    for (const manifest of found) expect([isManifest(manifest), isManifest.errors]).toEqual([true, null]);
    const { segment, files } = found.find((manifest) => manifest.segment.key === basic)!;
    expect(segment.brief.creativeIds).toEqual([ids.basic, ids.everyone]);
    expect(segment.creatives).toEqual([
      {
        id: ids.basic,
        revision: 1,
        ...BASIC,
        reasons: ['The share of plan = basic is 100 % (wanted: at least 90 %).'],
      },
      {
        id: ids.everyone,
        revision: 1,
        name: 'For all',
        headline: 'Thank you',
        reasons: ['It has no rules: it is for every persona.'],
      },
    ]);
    expect(done.segments.find(({ key }) => key === basic)!.creatives).toEqual(segment.creatives);
    const [row] = parse(world.sandbox.sftp.read(file(files[0]!.name)), { columns: true }) as Record<string, string>[];
    expect(row).toMatchObject({
      persona_creatives: `${ids.basic} ${ids.everyone}`,
      creative_headline: BASIC.headline,
      creative_linkUrl: BASIC.linkUrl,
    });
    await world.ask('PATCH', `/v1/creatives/${ids.basic}`, { callToAction: 'Save today' });
    const again = await run(id);
    const [anew, ...others] = manifests(again.id);
    expect([anew!.segment.key, others]).toEqual([basic, []]);
    expect(anew!.segment.creatives).toMatchObject([{ id: ids.basic, revision: 2, callToAction: 'Save today' }, {}]);
    expect((await run(id)).verdict).toBe('unchanged');
  });

  it('a webhook gets them with every segment; edits, deletions and ends after that show in the next run only', async () => {
    const passing = await make({ name: 'Passing', headline: 'Soon gone', rules: { persona: { in: [basic] } } });
    const id = await split(await webhook('/a'), { creatives: { attach: true } });
    const first = await run(id);
    expect(headlines(first, basic)).toEqual(['Soon gone', BASIC.headline, 'Thank you']);
    const bodies = sent('/a');
    expect(bodies.map(({ segment }) => segment.key).sort()).toEqual([basic, premium].sort());
    for (const body of bodies) {
      expect([isRequest(body), isRequest.errors]).toEqual([true, null]);
      const evidence = first.segments.find(({ key }) => key === body.segment.key)!;
      expect(body.segment.creatives).toEqual(evidence.creatives);
      expect(body.segment.brief.creativeIds).toEqual(evidence.creatives!.map((creative) => creative.id));
    }
    await world.ask('PATCH', `/v1/creatives/${ids.basic}`, { headline: 'Save even more' });
    await world.ask('PATCH', `/v1/creatives/${ids.everyone}`, { activeUntil: '2026-01-02' });
    await world.ask('DELETE', `/v1/creatives/${passing}`);
    receiver.requests.length = 0;
    await world.importPeople([{ ...people[0]!, first: 'Changed', email: 'changed@example.com' }]);
    await world.settled(setId);
    const second = await run(id);
    expect(second.segments.find(({ key }) => key === basic)!.creatives).toMatchObject([
      { id: ids.basic, revision: 3, headline: 'Save even more' },
    ]);
    expect(sent('/a').at(-1)!.segment.creatives).toMatchObject([{ headline: 'Save even more' }]);
    expect(await world.ask<Run>('GET', `/v1/runs/${first.id}`)).toEqual(first);
    await world.ask('PATCH', `/v1/creatives/${ids.basic}`, { headline: BASIC.headline });
    await world.ask('PATCH', `/v1/creatives/${ids.everyone}`, { activeUntil: null });
  });

  it('what is sent is what was planned, also when a creative changes while the run is held', async () => {
    const id = await split(await webhook('/held'), { creatives: {}, guards: { maxInputAgeHours: 0 } });
    const { id: runId } = await world.ask<{ id: string }>('POST', `/v1/deliveries/${id}/runs`);
    const held = await until(
      () => world.ask<Run>('GET', `/v1/runs/${runId}`),
      ({ status }) => status === 'held',
    );
    expect(headlines(held, premium)).toEqual(['First class', 'Thank you']);
    await world.ask('PATCH', `/v1/creatives/${ids.premium}`, { headline: 'Changed meanwhile' });
    await world.ask('POST', `/v1/runs/${runId}/approve`, { note: 'fine' });
    const done = (await world.finished(runId)) as Run;
    expect(done.verdict).toBe('confirmed');
    expect(headlines(done, premium)).toEqual(['First class', 'Thank you']);
    const body = sent('/held').find(({ segment }) => segment.key === premium)!;
    expect(body.segment.creatives!.map(({ headline }) => headline)).toEqual(['First class', 'Thank you']);
  });

  it('pins are exactly those named, whatever their channel, but for what is over; nothing travels unless asked', async () => {
    const pins = { [basic]: [ids.ended, ids.mail, ids.premium] };
    const id = await split(await webhook('/pins'), { creatives: { pins, channel: 'mail', perSegment: 1 } });
    const done = await run(id);
    expect(done.segments.find(({ key }) => key === basic)!.creatives).toMatchObject([
      { id: ids.mail, reasons: ['The delivery pins it.'] },
      { id: ids.premium, reasons: ['The delivery pins it.'] },
    ]);
    expect(headlines(done, premium)).toHaveLength(1);
    expect(await world.reach.api('DELETE', `/v1/creatives/${ids.ended}`)).toMatchObject({
      status: 409,
      body: { code: 'in_use', detail: expect.stringContaining('"split"') },
    });
    await world.ask('PATCH', `/v1/deliveries/${id}`, { creatives: null });
    expect(await world.ask('GET', `/v1/deliveries/${id}`)).toMatchObject({ creatives: null });
    await world.ask('DELETE', `/v1/creatives/${ids.ended}`);
    const none = await world.ask<{ segments: Segment[] }>('POST', `/v1/deliveries/${id}/preview`);
    expect(none.segments.map(({ creatives }) => creatives)).toEqual([[], []]);
    const off = await split(await webhook('/off'), { creatives: { attach: false } });
    await run(off);
    for (const { segment } of sent('/off')) expect(Object.keys(segment)).not.toContain('creatives');
  });

  it('without a split only what is for everyone travels, or what is pinned to all', async () => {
    const connectionId = await webhook('/whole');
    const whole = { name: 'whole', audienceId, connectionId };
    const done = await run(await world.delivery({ ...whole, creatives: { channel: 'mail' } }));
    expect(headlines(done, 'all')).toEqual(['Dear customer', 'Thank you']);
    const id = await world.delivery({ ...whole, creatives: { pins: { all: [ids.basic] } } });
    const preview = await world.ask<{ segments: Segment[] }>('POST', `/v1/deliveries/${id}/preview`);
    expect(headlines(preview, 'all')).toEqual([BASIC.headline]);
  });

  it.each<[string, object, number, string]>([
    ['a segment there is not', { pins: { p99: ['cre_1'] } }, 422, 'creatives.pins.p99'],
    ['pins of all on a split', { pins: { all: ['cre_1'] } }, 422, 'creatives.pins.all'],
    ['a channel there is not', { channel: 'fax' }, 422, 'creatives.channel'],
    ['none at all', { perSegment: 0 }, 400, 'creatives.perSegment'],
    ['a word for yes', { attach: 'yes' }, 400, 'creatives.attach'],
    ['pins that are a list', { pins: [] }, 400, 'creatives.pins'],
    ['a field nobody knows', { max: 2 }, 400, 'creatives.max'],
  ])('a delivery that wants %s is refused', async (_, creatives, status, path) => {
    const connectionId = await webhook('/bad');
    const body = { name: 'bad', audienceId, connectionId, splitByPersona: true, creatives };
    const answer = await world.reach.api<{ errors: { path: string }[] }>('POST', '/v1/deliveries', body);
    expect([answer.status, answer.body.errors.map((error) => error.path)]).toEqual([status, [path]]);
  });

  it('a pin that is no creative, no list or twice the same is refused with its place', async () => {
    const connectionId = await webhook('/bad');
    const paths = async (ids: unknown) => {
      const body = {
        name: 'bad',
        audienceId,
        connectionId,
        splitByPersona: true,
        creatives: { pins: { [basic]: ids } },
      };
      const answer = await world.reach.api<{ errors: { path: string; code: string }[] }>(
        'POST',
        '/v1/deliveries',
        body,
      );
      return answer.body.errors.map((error) => `${error.path} ${error.code}`);
    };
    expect(await paths(['cre_nothing'])).toEqual([`creatives.pins.${basic}[0] unknown_creative`]);
    expect(await paths([ids.basic, ids.basic])).toEqual([`creatives.pins.${basic}[1] duplicate`]);
    expect(await paths([{ id: 1 }])).toEqual([`creatives.pins.${basic}[0] unknown_creative`]);
    expect(await paths([])).toEqual([`creatives.pins.${basic} wrong_type`]);
    expect(await paths('all')).toEqual([`creatives.pins.${basic} wrong_type`]);
  });

  it('a pin of a persona that is gone stays while other things change, and no new one is set', async () => {
    const set = `/v1/persona-sets/${setId}`;
    await world.ask('POST', `${set}/versions/1/split`, { key: basic, parts: 2 });
    await until(
      () => world.ask<{ status: string }>('GET', `${set}/versions/2`),
      ({ status }) => status === 'ready',
    );
    await world.ask('POST', `${set}/versions/2/publish`);
    const { personas } = await world.ask<{ personas: { key: string }[] }>('GET', set);
    const gone = personas.map(({ key }) => key).find((key) => key !== basic && key !== premium)!;
    const id = await split(await webhook('/gone'), { creatives: { pins: { [gone]: [ids.premium] } } });
    await world.ask('POST', `${set}/versions/1/publish`);
    expect(await world.ask('PATCH', `/v1/deliveries/${id}`, { name: 'renamed' })).toMatchObject({
      name: 'renamed',
      creatives: { pins: { [gone]: [ids.premium] } },
    });
    const pins = { [gone]: [ids.premium], [basic]: [ids.basic] };
    expect(await world.ask('PATCH', `/v1/deliveries/${id}`, { creatives: { pins } })).toMatchObject({
      creatives: { pins },
    });
    const answer = await world.reach.api<{ errors: { path: string }[] }>('PATCH', `/v1/deliveries/${id}`, {
      creatives: { pins: { [gone]: [ids.basic] } },
    });
    expect(answer.body.errors.map(({ path }) => path)).toEqual([`creatives.pins.${gone}`]);
  });
});
