import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CONTACT_FIELDS } from '../contacts/contact-fields.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { Statement } from './compile.ts';
import type { Comparison, Condition, ConditionContext, TraitType } from './condition.ts';
import { validate } from './validate.ts';

/**
 * The compiled statement and a reference written from the documentation, not from the operator tables, must agree on
 * random contacts and conditions: missing traits, hostile texts, repeated versions and events included.
 */

const DAY = 86_400_000;
const NOW = Date.parse('2026-03-31T10:30:00Z');
const TODAY = Math.floor(NOW / DAY);
/** Names that would break a statement if they got into its text. */
const EVIL = [
  "it's",
  '\\',
  '"; DROP TABLE contacts --',
  '{c0:String}',
  'a\nb',
  'É',
  'é',
  'e\u0301',
  'Straße',
  'ASSE',
  'ΟΔΟΣ',
  'δος',
  'İ',
  'ab',
  'AB',
  'b',
  ' ',
];

const TRAITS: Record<string, TraitType> = {
  n: 'number',
  "n'\\": 'number',
  c: 'category',
  'c"; --': 'category',
  b: 'boolean',
  d: 'date',
};
/** Contact fields are compared like traits. */
const FIELDS: Record<string, TraitType> = Object.fromEntries(CONTACT_FIELDS.map(({ name, type }) => [name, type]));
const FIELD_TEXTS = CONTACT_FIELDS.filter(({ type }) => type === 'category').map(({ name }) => name);
const namesOf = (type: TraitType) => Object.keys(TRAITS).filter((name) => TRAITS[name] === type);

interface Event {
  stream: string;
  time: number;
  value: number | null;
  properties: Record<string, string>;
}
/** The columns that contact fields are read from. */
interface Person {
  city: string;
  region: string;
  postal_code: string;
  country: string;
  gender: string;
  birth_date: string;
}
interface Contact {
  num: Record<string, number>;
  cat: Record<string, string>;
  emails: string[];
  phoneHashes: string[];
  names: boolean;
  person: Person;
  consent: Record<string, string>;
  persona: string | null;
  /** Percentile by the published version of an outcome; the probability is a hundredth of it. */
  score: number | null;
  deleted: boolean;
  events: Event[];
}

const small = fc.constantFrom(-2, -0.5, 0, 1, 1.5, 2, 3, 100);
const text = fc.constantFrom(...EVIL);
const day = fc.integer({ min: -40, max: 40 }).map((offset) => TODAY + offset);
const optional = <T>(names: string[], value: fc.Arbitrary<T>) =>
  fc
    .record(Object.fromEntries(names.map((name) => [name, fc.option(value, { nil: undefined })])))
    .map((o) => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as Record<string, T>);

const event: fc.Arbitrary<Event> = fc.record({
  stream: fc.constantFrom('order', 'order', "le'ad"),
  // on the hour of now and on midnights, so that the edges of windows are hit
  time: fc
    .tuple(fc.integer({ min: -50, max: 5 }), fc.constantFrom(NOW, TODAY * DAY, TODAY * DAY - 1))
    .map(([days, base]) => base + days * DAY),
  // tenths have no exact double, so their sums in doubles depend on the order
  value: fc.constantFrom(null, -0.3, 0, 0.1, 0.2, 0.5, 1, 2, 50, 4503599627370.1),
  properties: optional(['p', "q'"], fc.oneof(text, fc.constantFrom('1', '2.50', '-3', 'nan', 'inf', '1e2'))),
});

const place = fc.oneof(fc.constant(''), text);
const person: fc.Arbitrary<Person> = fc.record({
  city: place,
  region: place,
  postal_code: fc.constantFrom('', '0', '02138', '2138', 'W1'),
  country: fc.constantFrom('', 'DE', 'US'),
  gender: fc.constantFrom('', 'f', 'Female', 'MRS.', 'weiblich', 'm', 'Herr', 'divers', "it's"),
  // birthdays around today, leap days, the oldest and the unborn, and what is no full date
  birth_date: fc.oneof(
    fc
      .tuple(fc.constantFrom(1890, 1896, 1990, 2025, 2026, 2030), fc.constantFrom('02-29', '03-30', '03-31', '04-01'))
      .map(([year, d]) => `${year}-${d}`),
    fc.constantFrom('', '--03-31', '1990', '1990-03', '19900331', '0000-00-00', 'é990-03-31', '1990-03-31 '),
  ),
});

const contact: fc.Arbitrary<Contact> = fc
  .tuple(
    optional(namesOf('number'), small),
    optional(namesOf('boolean'), fc.constantFrom(0, 1)),
    optional(namesOf('date'), day),
    fc.record({
      cat: optional(namesOf('category'), text),
      emails: fc.constantFrom<string[]>([], ['a@example.com']),
      phoneHashes: fc.constantFrom<string[]>([], ['00']),
      names: fc.boolean(),
      person,
      consent: optional(
        ['ad_user_data', 'ad_personalization', 'email'],
        fc.constantFrom('granted', 'denied', 'unspecified'),
      ),
      persona: fc.constantFrom('x', 'y', null),
      score: fc.constantFrom(0, 50, 100, null),
      deleted: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      events: fc.array(event, { maxLength: 5 }),
    }),
  )
  .map(([numbers, booleans, dates, rest]) => ({ ...rest, num: { ...numbers, ...booleans, ...dates } }));

const iso = (d: number) => new Date(d * DAY).toISOString().slice(0, 10);
const dateValue = fc.oneof(
  day.map(iso),
  fc.nat(30).map((days) => ({ ago: { days } })),
  fc.nat(4).map((weeks) => ({ fromNow: { weeks } })),
);
const duration = fc.nat(40).map((days) => ({ days }));
const pair = fc.tuple(small, small).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as [number, number]);
const leaf = (field: string, names: string[], ops: string[], value: fc.Arbitrary<unknown>) =>
  fc.record({ [field]: fc.constantFrom(...names), op: fc.constantFrom(...ops), value });

const traitLeaf = fc.oneof(
  leaf('trait', ['Contact age'], ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'], fc.constantFrom(0, 1, 35, 36, 129, 130)),
  leaf(
    'trait',
    FIELD_TEXTS,
    ['eq', 'ne', 'contains', 'startsWith'],
    fc.oneof(text, fc.constantFrom('female', 'male', '02138', 'DE')),
  ),
  leaf(
    'trait',
    FIELD_TEXTS,
    ['in', 'notIn'],
    fc.array(fc.constantFrom('female', 'divers', 'b', 'AB', 'US'), { minLength: 1, maxLength: 3 }),
  ),
  fc.record({ trait: fc.constantFrom(...Object.keys(FIELDS)), op: fc.constantFrom('exists', 'missing') }),
  leaf('trait', namesOf('number'), ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'], small),
  leaf('trait', namesOf('number'), ['in', 'notIn'], fc.array(small, { minLength: 1, maxLength: 3 })),
  leaf('trait', namesOf('number'), ['between'], pair),
  leaf('trait', namesOf('category'), ['eq', 'ne', 'contains', 'startsWith'], text),
  leaf('trait', namesOf('category'), ['in', 'notIn'], fc.array(text, { minLength: 1, maxLength: 3 })),
  leaf('trait', namesOf('boolean'), ['eq', 'ne'], fc.boolean()),
  leaf('trait', namesOf('date'), ['eq', 'ne', 'before', 'after'], dateValue),
  leaf('trait', namesOf('date'), ['in', 'notIn'], fc.array(dateValue, { minLength: 1, maxLength: 3 })),
  leaf('trait', namesOf('date'), ['withinLast', 'withinNext', 'olderThan'], duration),
  fc.record({ trait: fc.constantFrom(...Object.keys(TRAITS)), op: fc.constantFrom('exists', 'missing') }),
);

const comparison: fc.Arbitrary<Comparison> = fc.oneof(
  fc.constantFrom<Comparison>({ lte: 0.3 }, { gte: 0.3 }, { eq: 0.3 }, { lt: 0.1 }, { gt: 0.2 }, { ne: 0.2 }),
  fc.record({ gte: fc.nat(3) }),
  fc.record({ lt: fc.nat(3) }),
  fc.record({ eq: fc.nat(2) }),
  fc.record({ ne: fc.nat(2) }),
  fc.record({ gt: small, lte: fc.constant(60) }),
  fc.record({ between: pair }),
);
const filter = fc.oneof(
  leaf('property', ['p', "q'"], ['eq', 'ne', 'contains'], text),
  leaf('property', ['p', "q'"], ['in', 'notIn'], fc.array(text, { minLength: 1, maxLength: 2 })),
  leaf('property', ['p', "q'"], ['eq', 'ne', 'gt', 'lte'], fc.constantFrom(1, 2.5, -3, 100)),
  fc.record({ property: fc.constantFrom('p', "q'"), op: fc.constantFrom('exists', 'missing') }),
);
const window = fc.oneof(
  duration,
  fc.tuple(fc.nat(30), fc.nat(30)).map(([n, span]) => ({ from: { ago: { days: n + span } }, to: iso(TODAY - n) })),
  fc.nat(50).map((days) => ({ from: { ago: { days } } })),
);
/** Few clauses at a time: with all of them nearly every leaf would be false. */
const eventLeaf = fc
  .tuple(
    fc.constantFrom('order', 'order', "le'ad"),
    fc.oneof(
      fc.constant({}),
      fc.record({ count: comparison }),
      fc.record({ sum: comparison }),
      fc.record({ average: comparison }),
      fc.record({ recency: comparison }),
      fc.record({ count: comparison, sum: comparison }),
      fc.record({ sum: comparison, recency: comparison }),
    ),
    fc.oneof(
      fc.constant({}),
      fc.record({ value: comparison }),
      fc.record({ within: window }),
      fc.record({ where: fc.array(filter, { minLength: 1, maxLength: 2 }) }),
      fc.record({ value: comparison, within: window }),
    ),
  )
  .map(([stream, asked, only]) => ({ event: stream, ...asked, ...only }));
const OTHER_LEAVES: Condition[] = [
  { persona: { set: 's', in: ['x'] } },
  { persona: { set: 's', in: ['x', 'y'] } },
  { outcome: 'o', percentile: { gte: 50 } },
  { outcome: 'o', percentile: { lt: 100 }, probability: { ne: 0 } },
  { cohort: 'k' },
  { contactable: 'email' },
  { contactable: 'google' },
  { consent: 'ads', is: 'granted' },
  { consent: 'advertising', is: 'denied' },
  { consent: 'ad', is: 'unspecified' },
  { consent: 'adUserData', is: 'granted' },
  { consent: 'email', is: 'denied' },
  { consent: 'email', is: 'unspecified' },
  { everyone: true },
];
const otherLeaf = fc.constantFrom(...OTHER_LEAVES);
const { tree } = fc.letrec<{ tree: Condition; list: Condition[] }>((tie) => ({
  list: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { arbitrary: traitLeaf as unknown as fc.Arbitrary<Condition>, weight: 4 },
    { arbitrary: eventLeaf as unknown as fc.Arbitrary<Condition>, weight: 3 },
    { arbitrary: otherLeaf, weight: 1 },
    { arbitrary: fc.record({ all: tie('list') }), weight: 2 },
    { arbitrary: fc.record({ any: tie('list') }), weight: 2 },
    { arbitrary: fc.record({ not: tie('tree') }), weight: 2 },
  ),
}));

const COHORT: Condition = {
  any: [
    { trait: 'n', op: 'missing' },
    { event: 'order', count: { gte: 2 } },
  ],
};
const contextOf = (account: string): ConditionContext => ({
  account,
  now: new Date(NOW),
  traits: new Map(Object.entries({ ...TRAITS, ...FIELDS })),
  fields: new Map(CONTACT_FIELDS.map((field) => [field.name, field.sql(TODAY)])),
  streams: new Set(['order', "le'ad"]),
  purposes: new Set(['email']),
  personaSets: new Map([
    ['s', { name: 'S', versionId: 'v2', personas: ['x', 'y'].map((key) => ({ key, name: key })) }],
  ]),
  outcomes: new Map([['o', { name: 'O', versionId: 'v2' }]]),
  cohorts: new Map([['k', { name: 'K', condition: COHORT }]]),
});

// ---------------------------------------------------------------- the reference

function holds(condition: Condition, who: Contact): boolean {
  if ('all' in condition) return condition.all.every((each) => holds(each, who));
  if ('any' in condition) return condition.any.some((each) => holds(each, who));
  if ('not' in condition) return !holds(condition.not, who);
  if ('trait' in condition) {
    const field = FIELDS[condition.trait];
    if (field) return attribute(fieldOf(condition.trait, who.person), condition, field);
    const type = TRAITS[condition.trait]!;
    return attribute(type === 'category' ? who.cat[condition.trait] : who.num[condition.trait], condition, type);
  }
  if ('event' in condition) return events(condition, who.events);
  if ('persona' in condition) return who.persona !== null && condition.persona.in.includes(who.persona);
  if ('outcome' in condition) {
    const { score } = who;
    return score !== null && compare(score, condition.percentile) && compare(score / 100, condition.probability);
  }
  if ('cohort' in condition) return holds(COHORT, who);
  if ('consent' in condition) {
    const { ad_user_data: data, ad_personalization: personalization, email } = who.consent;
    if (condition.consent === 'email') return (email ?? 'unspecified') === condition.is;
    const states = condition.consent === 'adUserData' ? [data] : [data, personalization];
    const denied = states.includes('denied');
    const granted = states.every((state) => state === 'granted');
    return (denied ? 'denied' : granted ? 'granted' : 'unspecified') === condition.is;
  }
  if ('contactable' in condition) {
    const byEmail = who.emails.length > 0;
    const byAddress = who.names && who.person.postal_code !== '';
    return condition.contactable === 'email' ? byEmail : byEmail || who.phoneHashes.length > 0 || byAddress;
  }
  return true;
}

const WOMEN = ['f', 'female', 'mrs.', 'weiblich'];
const MEN = ['m', 'herr'];

function fieldOf(name: string, { city, region, postal_code, country, gender, birth_date }: Person) {
  if (name === 'Contact age') return ageOf(birth_date);
  const word = gender.toLowerCase();
  const texts: Record<string, string> = {
    'Contact city': city,
    'Contact region': region,
    'Contact postal code': postal_code,
    'Contact country': country,
    'Contact gender': WOMEN.includes(word) ? 'female' : MEN.includes(word) ? 'male' : gender,
  };
  return texts[name] || undefined;
}

/** Birthdays that have come, one by one. */
function ageOf(birthDate: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(birthDate)?.map(Number) ?? [];
  if (year === undefined || year < 1800) return undefined;
  let birthdays = 0;
  while (Date.UTC(year + birthdays + 1, month! - 1, day) <= NOW) birthdays++;
  return Date.UTC(year, month! - 1, day) > NOW || birthdays > 130 ? undefined : birthdays;
}

function attribute(x: string | number | undefined, { op, value }: { op: string; value?: unknown }, type: string) {
  const operand = (v: unknown): string | number => {
    if (type === 'boolean') return v ? 1 : 0;
    return type === 'date' ? dayOf(v) : (v as string | number);
  };
  const is = () => x !== undefined && x === operand(value);
  const isIn = () => x !== undefined && (value as unknown[]).map(operand).includes(x);
  if (op === 'missing') return x === undefined;
  if (op === 'ne') return !is();
  if (op === 'notIn') return !isIn();
  if (x === undefined) return false;
  const back = TODAY - ((value as { days?: number })?.days ?? 0);
  const ahead = TODAY + ((value as { days?: number })?.days ?? 0);
  switch (op) {
    case 'exists':
      return true;
    case 'eq':
      return is();
    case 'in':
      return isIn();
    case 'gt':
    case 'after':
      return x > operand(value);
    case 'gte':
      return x >= operand(value);
    case 'lt':
    case 'before':
      return x < operand(value);
    case 'lte':
      return x <= operand(value);
    case 'between':
      return Number(x) >= (value as number[])[0]! && Number(x) <= (value as number[])[1]!;
    case 'contains':
      return folded(x).includes(folded(value));
    case 'startsWith':
      return folded(x).startsWith(folded(value));
    case 'withinLast':
      return Number(x) >= back && Number(x) <= TODAY;
    case 'withinNext':
      return Number(x) >= TODAY && Number(x) <= ahead;
    case 'olderThan':
      return Number(x) < back;
    default:
      throw new Error(op);
  }
}

/** Composed characters without their case: `ß` and `SS` are the same, and so are `σ` and the `ς` at the end of a word. */
const folded = (text: unknown): string =>
  String(text).normalize('NFC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC');

function dayOf(value: unknown): number {
  if (typeof value === 'string') return Date.parse(value) / DAY;
  const { ago, fromNow } = value as { ago?: { days: number }; fromNow?: { weeks: number } };
  return ago ? TODAY - ago.days : TODAY + fromNow!.weeks * 7;
}

function compare(x: number | undefined, c: Comparison | undefined): boolean {
  if (!c) return true;
  if (x === undefined) return false;
  return (
    (c.eq === undefined || x === c.eq) &&
    (c.ne === undefined || x !== c.ne) &&
    (c.gt === undefined || x > c.gt) &&
    (c.gte === undefined || x >= c.gte) &&
    (c.lt === undefined || x < c.lt) &&
    (c.lte === undefined || x <= c.lte) &&
    (c.between === undefined || (x >= c.between[0] && x <= c.between[1]))
  );
}

/** The comparison of so many times a number; rounded, as the operands of the tests are multiples of a tenth. */
function times(factor: number, comparison: Comparison | undefined): Comparison | undefined {
  if (!comparison) return undefined;
  const of = (operand: number) => Math.round(operand * factor);
  const entries = Object.entries(comparison).map(([op, x]) => [op, Array.isArray(x) ? x.map(of) : of(x)]);
  return Object.fromEntries(entries);
}

function events(leaf: Extract<Condition, { event: string }>, all: Event[]): boolean {
  const inWindow = (time: number) => {
    const { within } = leaf;
    if (!within) return true;
    if ('days' in within) return time >= NOW - within.days * DAY && time <= NOW;
    const { from, to } = within as { from?: unknown; to?: unknown };
    return (!from || time >= dayOf(from) * DAY) && (!to || time < (dayOf(to) + 1) * DAY);
  };
  const matches = (f: { property: string; op: string; value?: unknown }, e: Event) => {
    const given = e.properties[f.property];
    const number = given !== undefined && /^-?\d/.test(given) ? Number(given) : undefined;
    const x = typeof f.value === 'number' ? number : given;
    return attribute(x, f, typeof f.value === 'number' ? 'number' : 'category');
  };
  const found = all.filter(
    (e) =>
      e.stream === leaf.event &&
      inWindow(e.time) &&
      compare(e.value ?? undefined, leaf.value) &&
      (leaf.where ?? []).every((f) => matches(f, e)),
  );
  const tenths = found.flatMap((e) => (e.value === null ? [] : [Math.round(e.value * 10)]));
  const sum = tenths.reduce((n, each) => n + each, 0);
  const past = found.map((e) => e.time).filter((time) => time <= NOW);
  const asked = leaf.count || leaf.sum || leaf.average || leaf.recency;
  return (
    compare(found.length, asked ? leaf.count : { gte: 1 }) &&
    compare(sum, times(10, leaf.sum)) &&
    compare(tenths.length > 0 ? sum : undefined, times(10 * tenths.length, leaf.average)) &&
    compare(past.length > 0 ? Math.trunc((NOW - Math.max(...past)) / DAY) : undefined, leaf.recency)
  );
}

// ---------------------------------------------------------------- the warehouse

let warehouse: Warehouse;
const dataDir = mkdtempSync(join(tmpdir(), 'reach-conditions-'));

beforeAll(async () => {
  warehouse = await Warehouse.open({ dataDir, memory: 2e9 });
});
afterAll(async () => {
  await warehouse.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const stamp = (ms: number) => new Date(ms).toISOString();
const idOf = (i: number) => `con_${i}`;

/** Older versions that say otherwise go in first, by inserts of their own: they must not show through. */
async function store(account: string, contacts: Contact[]): Promise<void> {
  const base = { account_id: account, created_at: stamp(NOW), updated_at: stamp(NOW) };
  const old = { ...base, version: 1, num: { n: 1, b: 1, d: TODAY }, cat: { c: 'ab' }, emails: ['old@example.com'] };
  await warehouse.insert(
    'contacts',
    contacts.map((_, i) => ({ ...old, contact_id: idOf(i) })),
  );
  await warehouse.insert(
    'contacts',
    contacts.map((c, i) => ({
      ...base,
      contact_id: idOf(i),
      version: 2,
      deleted: c.deleted ? 1 : 0,
      num: c.num,
      cat: c.cat,
      emails: c.emails,
      phone_hashes: c.phoneHashes,
      consent: c.consent,
      ...c.person,
      ...(c.names ? { first_name: 'A', last_name: 'B' } : {}),
    })),
  );
  const happened = contacts.flatMap((c, i) =>
    c.events.map((e, j) => ({
      account_id: account,
      contact_id: idOf(i),
      event_id: `${i}-${j}`,
      stream: e.stream,
      time: stamp(e.time),
      value: e.value,
      properties: e.properties,
      version: 2,
    })),
  );
  await warehouse.insert(
    'events',
    happened.map((e) => ({ ...e, value: 999, version: 1 })),
  );
  await warehouse.insert('events', happened);
  await warehouse.insert(
    'persona_assignments',
    contacts.flatMap((c, i) => [
      { account_id: account, version_id: 'v1', contact_id: idOf(i), persona_key: 'x', revision: 1 },
      ...(c.persona
        ? [{ account_id: account, version_id: 'v2', contact_id: idOf(i), persona_key: c.persona, revision: 1 }]
        : []),
    ]),
  );
  const score = (i: number, version: string, percentile: number) => ({
    account_id: account,
    outcome_version_id: version,
    contact_id: idOf(i),
    percentile,
    probability: percentile / 100,
    revision: 1,
  });
  await warehouse.insert(
    'scores',
    contacts.flatMap((c, i) => [score(i, 'v1', 75), ...(c.score === null ? [] : [score(i, 'v2', c.score)])]),
  );
}

/** Ids of the contacts for whom each condition holds, in one statement. */
async function ask(conditions: Condition[], context: ConditionContext): Promise<string[][]> {
  const statement = new Statement(context, 'c');
  const columns = conditions.map((c, i) => `groupArrayIf(contact_id, ${statement.condition(c)}) AS r${i}`);
  const row = await warehouse.one<Record<string, string[]>>(
    `SELECT ${columns.join(', ')} FROM contacts FINAL WHERE account_id = {account:String} AND deleted = 0`,
    { ...statement.params, account: context.account },
  );
  return conditions.map((_, i) => row[`r${i}`]!.sort());
}

it('selects exactly the contacts that the documentation says', async () => {
  let run = 0;
  const property = fc.asyncProperty(
    fc.array(contact, { minLength: 1, maxLength: 8 }),
    fc
      .tuple(
        fc.array(tree, { minLength: 3, maxLength: 3 }),
        fc.array(eventLeaf, { minLength: 6, maxLength: 6 }),
        fc.array(traitLeaf, { minLength: 4, maxLength: 4 }),
      )
      .map((lists) => [...lists.flat(), ...OTHER_LEAVES] as Condition[]),
    async (contacts, conditions) => {
      const context = contextOf(`acc_${run++}`);
      for (const condition of conditions) expect(validate(condition, context)).toEqual({ condition });
      await store(context.account, contacts);
      const expected = conditions.map((condition) =>
        contacts.flatMap((c, i) => (!c.deleted && holds(condition, c) ? [idOf(i)] : [])).sort(),
      );
      expect(await ask(conditions, context)).toEqual(expected);
    },
  );
  await fc.assert(property, { numRuns: 40 });
}, 120_000);
