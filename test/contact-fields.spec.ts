import { parse } from 'csv-parse/sync';
import { publishOutcome } from './support/inform.ts';
import { until } from './support/service.ts';
import { World } from './support/world.ts';

/** The address, gender and birth date of contacts as traits: mapped once, used everywhere. */

const COUNT = 400;
const AGE = 'Contact age';
const FIELDS = [AGE, 'Contact gender', 'Contact city', 'Contact region', 'Contact postal code', 'Contact country'];

interface Person {
  id: string;
  young: boolean;
  birth: string;
}

const dateBefore = (years: number, days = 0): string => {
  const date = new Date();
  date.setUTCFullYear(date.getUTCFullYear() - years, date.getUTCMonth(), date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
};

/** Young people of Berlin and older ones of Paris; visits come in a pattern of their own. */
const PEOPLE = Array.from({ length: COUNT }, (_, i): Person => {
  const young = i % 2 === 0;
  return { id: `f${i}`, young, birth: dateBefore(young ? 20 + (i % 8) : 60 + (i % 8), i % 28) };
});

const csv = [
  'id,email,birth,sex,city,state,zip,country,visits',
  ...PEOPLE.map(({ id, young, birth }, i) =>
    [
      id,
      `${id}@example.com`,
      birth,
      i % 3 === 0 ? 'F' : 'male',
      young ? 'Berlin' : 'Paris',
      young ? 'Berlin' : 'Île-de-France',
      young ? `10${100 + i}` : `75${100 + i}`,
      young ? 'DE' : 'FR',
      (i * 37) % 40,
    ].join(','),
  ),
  'plain,plain@example.com,,,,,,,3',
].join('\n');

const MAPPING = {
  kind: 'contacts',
  key: { column: 'id' },
  columns: [
    { column: 'id', as: 'externalId' },
    { column: 'email', as: 'email' },
    { column: 'birth', as: 'birthDate', dateOrder: 'ymd' },
    { column: 'sex', as: 'gender' },
    { column: 'city', as: 'city' },
    { column: 'state', as: 'region' },
    { column: 'zip', as: 'postalCode' },
    { column: 'country', as: 'country' },
    { column: 'visits', as: 'trait', trait: { type: 'number' } },
  ],
};

const ageOf = (birth: string): number => {
  const today = new Date().toISOString().slice(0, 10);
  return Number(today.slice(0, 4)) - Number(birth.slice(0, 4)) - (birth.slice(5) > today.slice(5) ? 1 : 0);
};

describe('contact fields', () => {
  let world: World;
  let setId: string;

  const size = async (condition: object): Promise<number> =>
    (await world.ask<{ size: number }>('POST', '/v1/audiences/preview', { include: { condition } })).size;
  const count = (holds: (person: Person) => boolean) => PEOPLE.filter(holds).length;

  beforeAll(async () => {
    world = await World.start();
    await world.importFile(csv, MAPPING);
  }, 120_000);
  afterAll(() => world.close());

  it('are in the catalogue behind the imported traits, described', async () => {
    const { items } = await world.ask<{ items: { name: string; source: string; description: string }[] }>(
      'GET',
      '/v1/traits',
    );
    expect(items.map(({ name }) => name)).toEqual(['visits', ...FIELDS]);
    for (const { name, source, description } of items) {
      expect(source).toBe(name === 'visits' ? 'first-party' : 'contact-field');
      expect(description.length > 0).toBe(name !== 'visits');
    }
  });

  it('are compared in conditions, ages in whole years of today', async () => {
    expect(await size({ trait: AGE, op: 'gte', value: 60 })).toBe(count(({ birth }) => ageOf(birth) >= 60));
    expect(await size({ trait: AGE, op: 'missing' })).toBe(1);
    expect(await size({ trait: 'Contact city', op: 'eq', value: 'Berlin' })).toBe(COUNT / 2);
    expect(await size({ trait: 'Contact gender', op: 'eq', value: 'female' })).toBe(Math.ceil(COUNT / 3));
    expect(await size({ trait: 'Contact postal code', op: 'startsWith', value: '75' })).toBe(COUNT / 2);
    expect(await size({ trait: 'Contact country', op: 'notIn', value: ['DE', 'FR'] })).toBe(1);
    expect(await size({ trait: 'Contact region', op: 'contains', value: 'france' })).toBe(COUNT / 2);
  });

  it('hint at the field when a condition names it short', async () => {
    const { status, body } = await world.reach.api<{ errors: { message: string }[] }>('POST', '/v1/cohorts', {
      name: 'x',
      condition: { trait: 'city', op: 'exists' },
    });
    expect(status).toBe(422);
    expect(body.errors[0]!.message).toContain('Did you mean "Contact city"?');
  });

  it('order an audience, contacts without a birth date last', async () => {
    const first = { count: COUNT / 2, orderBy: { trait: AGE }, direction: 'desc' };
    const oldest = await world.audience({
      name: 'Oldest',
      include: { condition: { everyone: true } },
      limit: first,
    });
    const younger = { all: [{ audience: oldest }, { trait: AGE, op: 'lt', value: 50 }] };
    expect(await size({ audience: oldest })).toBe(COUNT / 2);
    expect(await size(younger)).toBe(0);
  });

  it('make personas that differ by them, and stay out of an automatic choice when they have too many values', async () => {
    const body = { name: 'By place', k: 2, seed: 3 };
    const { id } = await world.ask<{ id: string }>('POST', '/v1/persona-sets', body);
    setId = id;
    await until(
      () => world.ask<{ status: string }>('GET', `/v1/persona-sets/${id}`),
      ({ status }) => status === 'ready' || status === 'error',
      120_000,
    );
    const version = await world.ask<{ selection: { trait: string; used: boolean; reason?: string }[] }>(
      'GET',
      `/v1/persona-sets/${id}/versions/1`,
    );
    const said = new Map(version.selection.map((each) => [each.trait, each]));
    expect(said.get(AGE)).toMatchObject({ used: true });
    expect(said.get('Contact postal code')).toMatchObject({ used: false, reason: 'identifier_like' });
    await world.ask('POST', `/v1/persona-sets/${id}/versions/1/publish`);
    const preview = await world.ask<{ personas: { key: string; count: number }[] }>('POST', '/v1/audiences/preview', {
      personaSetId: id,
      include: { condition: { trait: AGE, op: 'lt', value: 40 } },
    });
    expect(preview.personas.filter((persona) => persona.count > 0)).toHaveLength(1);
  }, 180_000);

  it('place known contacts and strangers in Inform as the stored personas say', async () => {
    const [known] = (await inform({ contact: { key: 'f0' } })).results;
    const [older] = (await inform({ contact: { key: 'f1' } })).results;
    const stored = await world.ask<{ items: { key: string; margin: number }[] }>(
      'GET',
      `/v1/contacts/${await world.contactId('f0')}/persona`,
    );
    expect(known!.personas[0]).toMatchObject({ key: stored.items[0]!.key });
    expect(known!.personas[0]!.margin).toBeCloseTo(stored.items[0]!.margin, 9);
    expect(older!.personas[0]!.key).not.toBe(known!.personas[0]!.key);
    const { id: _, birth } = PEOPLE[0]!;
    const [stranger] = (
      await inform({
        contact: {
          birthDate: birth,
          gender: 'F',
          city: 'Berlin',
          region: 'Berlin',
          postalCode: '10100',
          country: 'DE',
          traits: { visits: 0 },
        },
      })
    ).results;
    expect(stranger).toMatchObject({ known: false, warnings: [] });
    expect(stranger!.personas[0]).toEqual(known!.personas[0]);
    const [aged] = (
      await inform({ contact: { traits: { [AGE]: 64, 'Contact city': 'Paris', 'Contact country': 'FR' } } })
    ).results;
    expect(aged!.personas[0]!.key).toBe(older!.personas[0]!.key);
    const [unread] = (await inform({ contact: { birthDate: '31.05.1990', city: 'Paris' } })).results;
    expect(unread!.warnings).toContainEqual(expect.objectContaining({ path: 'contact.birthDate', code: 'birth_date' }));
  });

  it('are stored in their columns by Inform, and not as traits', async () => {
    const contact = {
      emails: ['new@example.com'],
      birthDate: '1990-05-31',
      city: 'Lyon',
      traits: { visits: 4, 'Contact region': 'Rhône' },
    };
    const [result] = (await inform({ contact, upsert: true })).results;
    expect(await world.ask('GET', `/v1/contacts/${result!.contactId}`)).toMatchObject({
      city: 'Lyon',
      birthDate: '1990-05-31',
      region: '',
      traits: { visits: 4 },
    });
    expect(await size({ trait: 'Contact city', op: 'eq', value: 'Lyon' })).toBe(1);
  });

  it('are learnt from by outcomes, and named as reasons', async () => {
    const { id: attained } = await world.ask<{ id: string }>('POST', '/v1/cohorts', {
      name: 'Often here',
      condition: {
        any: [
          { trait: 'visits', op: 'gte', value: 30 },
          {
            all: [
              { trait: 'Contact city', op: 'eq', value: 'Paris' },
              { trait: 'visits', op: 'gte', value: 12 },
            ],
          },
        ],
      },
    });
    const outcomeId = await publishOutcome(world, { name: 'Comes often', attained, traits: [AGE, 'Contact gender'] });
    const { items } = await world.ask<{
      items: { outcomeId: string; probability: number; reasons: { trait: string }[] }[];
    }>('GET', `/v1/contacts/${await world.contactId('f1')}/scores`);
    const score = items.find((each) => each.outcomeId === outcomeId)!;
    expect(score.reasons.map(({ trait }) => trait)).toContain(AGE);
    const [result] = (await inform({ contact: { key: 'f1' } })).results;
    expect(result!.outcomes[0]!.probability).toBeCloseTo(score.probability, 9);
  }, 120_000);

  it('are compared between groups in Explore, where anybody has them', async () => {
    const a = encodeURIComponent(JSON.stringify({ trait: 'Contact city', op: 'eq', value: 'Berlin' }));
    const { rows } = await world.ask<{
      rows: { trait: string; meanA: number; meanB: number; value: string; shareA: number }[];
    }>('GET', `/v1/insights/comparison?a=${a}`);
    const of = (name: string) => rows.find(({ trait }) => trait === name)!;
    expect(of(AGE).meanA).toBeLessThan(30);
    expect(of(AGE).meanB).toBeGreaterThan(58);
    expect(of('Contact country')).toMatchObject({ value: 'DE', shareA: 1 });
    const spread = await world.ask<{ rows: { value: string; countA: number }[] }>(
      'GET',
      `/v1/insights/distribution?a=${a}&trait=${encodeURIComponent('Contact city')}`,
    );
    expect(spread.rows).toContainEqual(expect.objectContaining({ value: 'Berlin', countA: COUNT / 2 }));
    const ages = await world.ask<{ rows: { countA: number }[] }>(
      'GET',
      `/v1/insights/distribution?a=${a}&trait=${encodeURIComponent(AGE)}`,
    );
    expect(ages.rows.reduce((sum, row) => sum + row.countA, 0)).toBe(COUNT / 2);
  });

  it('judge creatives by the profile of a persona', async () => {
    const { status } = await world.reach.api('POST', '/v1/creatives', {
      name: 'For Paris',
      headline: 'Bonjour',
      rules: {
        all: [
          { trait: 'Contact city', value: 'Paris', share: { gte: 0.5 } },
          { trait: AGE, average: { gte: 40 } },
        ],
      },
    });
    expect(status).toBe(201);
  });

  it('travel with the members of a delivery, which sends nobody again while they stay the same', async () => {
    const audienceId = await world.audience({
      name: 'Parisians',
      include: { condition: { trait: 'Contact city', op: 'eq', value: 'Paris' } },
    });
    const delivery = await world.delivery({
      name: 'Letters',
      audienceId,
      connectionId: await world.connect('sftp'),
      attributes: [AGE, 'Contact gender'],
    });
    const run = await world.run(delivery);
    expect(run.verdict).toBe('confirmed');
    const file = world.sandbox.sftp.files().find((path) => path.endsWith('.csv'))!;
    const rows = parse(world.sandbox.sftp.read(file), { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(COUNT / 2);
    expect(new Set(rows.map((row) => row[AGE]))).toEqual(
      new Set(PEOPLE.filter(({ young }) => !young).map(({ birth }) => String(ageOf(birth)))),
    );
    const again = await world.run(delivery);
    expect(again.segments[0]!.planned).toMatchObject({ adds: 0, changes: 0, unchanged: COUNT / 2 });
  }, 120_000);

  it("give way to an account's own trait of the same name, which must be of their type", async () => {
    const own = (values: string[]) => ['id,Contact city', ...values.map((value, i) => `f${i},${value}`)].join('\n');
    const mapping = {
      kind: 'contacts',
      key: { column: 'id' },
      columns: [
        { column: 'id', as: 'externalId' },
        { column: 'Contact city', as: 'trait', trait: { type: 'number' } },
      ],
    };
    await expect(world.importFile(own(['1', '2']), mapping)).rejects.toThrow('trait_type_conflict');
    const asCategory = { ...mapping, columns: [mapping.columns[0], { column: 'Contact city', as: 'trait' }] };
    await world.importFile(own(['Rome', 'Oslo']), asCategory);
    const { items } = await world.ask<{ items: { name: string; source: string }[] }>('GET', '/v1/traits');
    expect(items.filter(({ name }) => name === 'Contact city')).toEqual([
      expect.objectContaining({ source: 'first-party' }),
    ]);
    expect(await size({ trait: 'Contact city', op: 'exists' })).toBe(2);
    await world.settled(setId);
    const [known] = (await inform({ contact: { key: 'f0' } })).results;
    const stored = await world.ask<{ items: { key: string; margin: number }[] }>(
      'GET',
      `/v1/contacts/${await world.contactId('f0')}/persona`,
    );
    expect(known!.personas[0]!.margin).toBeCloseTo(stored.items[0]!.margin, 9);
  }, 120_000);

  const inform = (body: object) =>
    world.ask<{
      results: {
        contactId: string;
        known: boolean;
        warnings: { path: string; code: string }[];
        personas: { key: string; margin: number }[];
        outcomes: { probability: number }[];
      }[];
    }>('POST', '/v1/inform/score', body);
});
