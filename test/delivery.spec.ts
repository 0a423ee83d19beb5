import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import { LedgerRepository } from '../src/deliveries/ledger.repository.ts';
import { type Person, type RunAnswer, twoKinds, World } from './support/world.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const COUNT = 240;

interface Passage {
  deliveryId: string;
  segment: string;
  state: string;
  runId: string;
  until: string | null;
  renewedBy: string | null;
  reason: { code: string; movedTo?: string } | null;
}

/** The story of one delivery to each platform, told by what the platforms hold afterwards. */
describe('a delivery split by persona', () => {
  let world: World;
  let people: Person[];
  let setId: string;
  let basic: { key: string; name: string };
  let premium: { key: string; name: string };
  let audienceId: string;
  const deliveries: Record<string, string> = {};

  const facebookEmails = (persona: { name: string }) => {
    const audience = world.sandbox.facebook.audienceByName(`Everyone – ${persona.name}`)!;
    return world.sandbox.facebook.values(audience.id, 'EMAIL');
  };
  const googleEmails = (persona: { name: string }) => {
    const list = world.sandbox.google.userListByName(`Everyone – ${persona.name}`)!;
    return world.sandbox.google.values(list.id, 'EMAIL');
  };
  const emailHashes = (kind: string) =>
    new Set(
      people
        .filter((p) => p.plan === kind && p.email?.includes('@') && p.consent !== 'denied')
        .map((p) => sha256(p.email!)),
    );

  beforeAll(async () => {
    world = await World.start();
    people = twoKinds(COUNT);
    people[0]!.phone = '000 no phone';
    people[2]!.email = undefined;
    people[2]!.phone = undefined;
    people[2]!.zip = undefined;
    people[4]!.consent = 'denied';
    await world.importPeople(people);
    const published = await world.publishPersonas(2);
    setId = published.setId;
    const page = await world.ask<{ personas: { key: string; name: string; count: number }[] }>(
      'POST',
      '/v1/audiences/preview',
      {
        personaSetId: setId,
        include: { condition: { trait: 'plan', op: 'eq', value: 'basic' } },
      },
    );
    const basicKey = page.personas.find((p) => p.count > 0)!.key;
    basic = published.personas.find((p) => p.key === basicKey)!;
    premium = published.personas.find((p) => p.key !== basicKey)!;
    audienceId = await world.audience({
      name: 'Everyone',
      include: { condition: { everyone: true } },
      personaSetId: setId,
    });
    for (const type of ['facebook', 'google', 'sftp'] as const) {
      const connectionId = await world.connect(type);
      const attributes = type === 'sftp' ? ['spend', 'plan'] : [];
      deliveries[type] = await world.delivery({
        name: `to ${type}`,
        audienceId,
        connectionId,
        splitByPersona: true,
        attributes,
      });
    }
  });
  afterAll(() => world.close());

  it('shows what it would do before it does anything', async () => {
    const before = world.sandbox.requests.length;
    const preview = await world.ask<{
      segments: { persona: string; counts: { adds: number; withheld: number; invalid: number } }[];
    }>('POST', `/v1/deliveries/${deliveries.facebook}/preview`);
    expect(preview.segments.map(({ counts }) => counts.adds).sort()).toEqual([COUNT / 2 - 1, COUNT / 2]);
    expect(preview.segments.reduce((sum, { counts }) => sum + counts.withheld, 0)).toBe(1);
    expect(preview.segments.reduce((sum, { counts }) => sum + counts.invalid, 0)).toBe(1);
    expect(world.sandbox.requests.length).toBe(before);
  });

  it('lands in Facebook, each persona in its own audience, and says so with numbers that add up', async () => {
    const run = await world.run(deliveries.facebook!);
    expect(run).toMatchObject({ reason: null, verdict: 'confirmed-with-rejects' });
    expect(facebookEmails(basic)).toEqual(emailHashes('basic'));
    expect(facebookEmails(premium)).toEqual(emailHashes('premium'));
    for (const { planned, counts } of run.segments) {
      expect(counts.ok + counts.fixed + counts.invalid + counts.rejected + counts.unattributed).toBe(planned.adds);
      expect(counts.withheld).toBe(planned.withheld);
    }
    const audience = world.sandbox.facebook.audienceByName(`Everyone – ${basic.name}`)!;
    const segment = run.segments.find(({ key }) => key === basic.key)!;
    expect(segment.remote).toMatchObject({ id: audience.id });
    expect(audience.description).toContain(segment.brief.summary.slice(0, 20));
  });

  it('keeps the contact when one of its fields is bad, and says which', async () => {
    const { items } = await world.ask<{ items: { id: string }[] }>('GET', `/v1/deliveries/${deliveries.facebook}/runs`);
    const run = await world.finished(items[0]!.id);
    expect(run.refusals).toContainEqual(
      expect.objectContaining({ verdict: 'withheld', code: 'consent_denied', contacts: 1 }),
    );
    expect(facebookEmails(basic).has(sha256(people[0]!.email!))).toBe(true);
    const csv = await world.reach.api<string>('GET', `/v1/runs/${run.id}/rejects.csv`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(String(csv.body).split('\n')[0]).toBe('contact_id,segment,direction,field,verdict,code,text,at');
    expect(String(csv.body)).toContain('consent_denied');
    expect(String(csv.body)).not.toContain('@');
  });

  it("keeps a platform's words from being read as formulas", async () => {
    const { items } = await world.ask<{ items: { id: string }[] }>('GET', `/v1/deliveries/${deliveries.facebook}/runs`);
    const row = {
      contact_id: 'con_1',
      segment_key: 'p1',
      direction: 'add',
      field: 'email',
      verdict: 'rejected',
    } as const;
    const said = [{ ...row, code: '100', text: '=1+1', at: '2026-01-01' }];
    jest.spyOn(world.reach.app.get(LedgerRepository), 'outcomes').mockImplementationOnce(async function* () {
      yield said;
    });
    const csv = await world.reach.api<string>('GET', `/v1/runs/${items[0]!.id}/rejects.csv`);
    expect(String(csv.body)).toContain(",100,'=1+1,");
  });

  it('streams its runs as events that end with the finished run', async () => {
    const { items } = await world.ask<{ items: { id: string }[] }>('GET', `/v1/deliveries/${deliveries.facebook}/runs`);
    const answer = await world.reach.api('GET', `/v1/runs/${items[0]!.id}/events`);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const [, data] = /^event: run\nid: 1\ndata: (.*)\n\n$/m.exec(String(answer.body)) ?? [];
    expect(JSON.parse(data ?? '{}')).toMatchObject({ id: items[0]!.id, finishedAt: expect.any(String) });
  });

  it('lands in Google', async () => {
    const run = await world.run(deliveries.google!);
    expect(['confirmed', 'confirmed-with-rejects']).toContain(run.verdict);
    expect(googleEmails(basic)).toEqual(emailHashes('basic'));
    expect(googleEmails(premium)).toEqual(emailHashes('premium'));
  });

  it('lands on SFTP as one file a persona with its attributes and a manifest that proves it', async () => {
    const run = await world.run(deliveries.sftp!);
    expect(run.segments.every(({ uploads }) => uploads.every(({ status }) => status === 'confirmed'))).toBe(true);
    const files = world.sandbox.sftp.files();
    const manifests = files.filter((file) => file.endsWith('.manifest.json'));
    expect(manifests).toHaveLength(2);
    for (const path of manifests) {
      const manifest = JSON.parse(world.sandbox.sftp.text(path)) as {
        files: { name: string; rows: number; bytes: number; sha256: string }[];
        segment: { key: string };
      };
      const [file] = manifest.files;
      const content = world.sandbox.sftp.read(files.find((name) => name.endsWith(file!.name))!);
      expect(content.length).toBe(file!.bytes);
      expect(createHash('sha256').update(content).digest('hex')).toBe(file!.sha256);
      const segment = run.segments.find(({ key }) => key === manifest.segment.key)!;
      expect(file!.rows).toBe(segment.counts.ok + segment.counts.fixed);
    }
  });

  it('sends nothing when nothing changed', async () => {
    for (const delivery of Object.values(deliveries)) {
      const before = world.sandbox.requests.length;
      const run = await world.run(delivery);
      expect(run.verdict).toBe('unchanged');
      expect(run.segments.reduce((sum, { planned }) => sum + planned.adds + planned.removes + planned.changes, 0)).toBe(
        0,
      );
      expect(run.segments.reduce((sum, { planned }) => sum + planned.unchanged, 0)).toBeGreaterThan(COUNT - 5);
      expect(world.sandbox.requests.length).toBe(before);
    }
  });

  it('moves a contact to its new persona, sends changed keys anew, and takes out who withdrew consent, in one run', async () => {
    const mover = people[10]!;
    const renamed = people[12]!;
    const withdrawn = people[13]!;
    Object.assign(mover, { spend: 930, plan: 'premium' });
    const secondEmail = 'second12@example.com';
    withdrawn.consent = 'denied';
    await world.importPeople([mover, { ...renamed, email: secondEmail }, withdrawn]);
    await world.settled(setId);
    for (const [type, emails] of [
      ['facebook', facebookEmails],
      ['google', googleEmails],
    ] as const) {
      const run = await world.run(deliveries[type]!);
      expect(run.segments.every(({ uploads }) => uploads.every(({ error }) => error === null))).toBe(true);
      const planned = (key: string) => run.segments.find((segment) => segment.key === key)!.planned;
      expect(planned(basic.key)).toMatchObject({ adds: 0, changes: 1, removes: 1, refused: 1 });
      expect(planned(premium.key)).toMatchObject({ adds: 1, changes: 0, removes: 1, withheld: 1 });
      expect(emails(basic)).toEqual(emailHashes('basic').add(sha256(secondEmail)));
      expect(emails(premium)).toEqual(emailHashes('premium'));
      expect(emails(premium).has(sha256(mover.email!))).toBe(true);
      expect(emails(premium).has(sha256(withdrawn.email!))).toBe(false);
    }
    const historyOf = async (person: Person) => {
      const path = `/v1/contacts/${await world.contactId(person.id)}/deliveries`;
      const { items } = await world.ask<{ items: Passage[] }>('GET', path);
      return items.filter(({ deliveryId }) => deliveryId === deliveries.facebook);
    };
    const reason = (code: string, more = {}) => expect.objectContaining({ code, ...more });
    expect(await historyOf(mover)).toEqual([
      expect.objectContaining({
        segment: basic.key,
        state: 'removed',
        reason: reason('moved', { movedTo: premium.key }),
      }),
      expect.objectContaining({ segment: premium.key, state: 'present', until: null }),
      expect.objectContaining({ segment: basic.key, state: 'present', until: expect.any(String) }),
    ]);
    expect(await historyOf(withdrawn)).toEqual([
      expect.objectContaining({ segment: premium.key, state: 'removed', reason: reason('consent_denied') }),
      expect.objectContaining({ segment: premium.key, state: 'present' }),
    ]);
    const { items } = await world.ask<{ items: { id: string; verdict: string }[] }>(
      'GET',
      `/v1/deliveries/${deliveries.facebook}/runs`,
    );
    expect(await historyOf(renamed)).toEqual([
      expect.objectContaining({ state: 'present', until: null, runId: items.at(-1)!.id, renewedBy: items[0]!.id }),
    ]);
  });

  it.each(['facebook', 'google'])('tells what %s counted in each audience over time', async (type) => {
    type Sizes = { segments: { key: string; sizes: { asOf: string; runId: string; from: number; to: number }[] }[] };
    const { segments } = await world.ask<Sizes>('GET', `/v1/deliveries/${deliveries[type]}`);
    expect(segments).toHaveLength(2);
    for (const { key, sizes } of segments) {
      expect(sizes.length).toBeGreaterThan(1);
      expect(sizes.map(({ asOf }) => asOf)).toEqual(
        sizes
          .map(({ asOf }) => asOf)
          .sort()
          .reverse(),
      );
      const run = await world.ask<RunAnswer>('GET', `/v1/runs/${sizes[0]!.runId}`);
      const { remote, uploads } = run.segments.find((segment) => segment.key === key)!;
      expect(uploads.map(({ confirmation }) => confirmation?.audienceSize)).toContainEqual(
        expect.objectContaining({ from: sizes[0]!.from, to: sizes[0]!.to }),
      );
      const held = world.sandbox[type as 'facebook' | 'google'].members(remote!.id).size;
      expect(sizes[0]!.from).toBeLessThanOrEqual(held);
      expect(sizes[0]!.to).toBeGreaterThanOrEqual(held);
    }
  });

  it('sent no raw identifier to any ad platform, in any request', () => {
    expect(world.sandbox.violations).toEqual([]);
    for (const person of people) {
      if (person.email)
        expect(
          world.sandbox.requests
            .filter(({ platform }) => platform !== 'sftp')
            .some(({ body }) => body?.includes(person.email!)),
        ).toBe(false);
    }
  });
});
