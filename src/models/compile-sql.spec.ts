import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fieldColumns, fieldNames, fieldSource, withFieldTraits } from '../../test/support/field-contacts.ts';
import { CONTACT_FIELDS, FIELD_COLUMNS, type FieldSource, fieldSqls } from '../contacts/contact-fields.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { assignmentQuery } from './compile-sql.ts';
import { encode, type TraitEncoding, widthOf } from './encoding.ts';
import { evaluator } from './evaluate.ts';
import { squaredDistance } from './kmeans.ts';
import { clustersOf, type PersonaModel } from './persona-model.ts';
import type { Traits } from './table.ts';

interface SqlRow {
  contact_id: string;
  persona_key: string;
  second_key: string;
  distance: number;
  second_distance: number;
  margin: number;
}

const AWKWARD = [
  "l'état",
  '__proto__',
  'constructor',
  'a"b`c',
  '{x:String}',
  'naïve 🙂',
  'tab\tline\nbreak',
  '\\',
  '%s',
  '--',
  "'; DROP TABLE contacts",
];
const text = fc.oneof(fc.constantFrom(...AWKWARD), fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }));
const real = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const small = fc.double({ min: -5, max: 5, noNaN: true });

const numberEncoding = (trait: string): fc.Arbitrary<TraitEncoding> =>
  fc.record({
    kind: fc.constant('number' as const),
    trait: fc.constant(trait),
    type: fc.constantFrom('number' as const, 'boolean' as const, 'date' as const),
    center: real,
    scale: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    clip: fc.constantFrom(1, 3, 3.5),
    fill: small,
    missing: fc.constantFrom(0, 0.5, 1),
  });

const categoryEncoding = (trait: string): fc.Arbitrary<TraitEncoding> =>
  fc
    .tuple(fc.uniqueArray(text, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean())
    .chain(([levels, other, missing]) => {
      const width = levels.length + Number(other) + Number(missing);
      const mean = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: width, maxLength: width });
      return mean.map((mean) => ({ kind: 'category' as const, trait, levels, other, missing, mean }));
    });

/** Some of the contact fields, as traits of a model. */
const fieldEncodings = fc
  .tuple(fc.subarray(fieldNames('number')), fc.subarray(fieldNames('category')))
  .chain(([numbers, categories]) => fc.tuple(...numbers.map(numberEncoding), ...categories.map(categoryEncoding)));

const model: fc.Arbitrary<PersonaModel> = fc
  .uniqueArray(text, { minLength: 1, maxLength: 6 })
  .chain((names) => fc.tuple(...names.map((name, i) => (i % 2 === 0 ? numberEncoding(name) : categoryEncoding(name)))))
  .chain((own) => fieldEncodings.map((fields) => [...own, ...fields]))
  .chain((traits) => {
    const width = traits.reduce((sum, trait) => sum + widthOf(trait), 0);
    const centroid = fc.array(small, { minLength: width, maxLength: width });
    return fc.record({
      schema: fc.constant(1 as const),
      encoding: fc.constant({ schema: 1 as const, traits }),
      minKnown: fc.integer({ min: 0, max: traits.length }),
      personas: clusters(centroid),
    });
  });

/** Clusters of at least two personas, some of which have several. */
const clusters = (centroid: fc.Arbitrary<number[]>) =>
  fc.uniqueArray(text, { minLength: 2, maxLength: 4 }).chain((keys) => {
    const one = (key: string) => fc.record({ key: fc.constant(key), centroid });
    const more = fc.array(fc.record({ key: fc.constantFrom(...keys), centroid }), { maxLength: 3 });
    return fc.tuple(fc.tuple(...keys.map(one)), more).map(([each, others]) => [...each, ...others]);
  });

/** A contact's own traits, and the columns that its contact fields are read from. */
interface Contact {
  own: Traits;
  source: FieldSource;
}
const TODAY = 20_543;
const isField = (trait: string) => CONTACT_FIELDS.some(({ name }) => name === trait);
const traitsOf = ({ own, source }: Contact): Traits => withFieldTraits(own, source, TODAY);

/** A contact that has some of the model's traits, with levels it knows and levels it does not, near and at centroids. */
const anyValue = (trait: TraitEncoding): fc.Arbitrary<number | string> =>
  trait.kind === 'number' ? numberNear(trait) : fc.oneof(fc.constantFrom(...trait.levels), text);

const contactOf = ({ encoding }: PersonaModel): fc.Arbitrary<Contact> => {
  const own = encoding.traits.filter(({ trait }) => !isField(trait));
  return fc.tuple(fieldSource(TODAY), ...own.map((trait) => fc.option(anyValue(trait)))).map(([source, ...values]) => {
    const traits: Traits = { num: Object.create(null), cat: Object.create(null) };
    for (const [i, value] of values.entries()) {
      if (typeof value === 'number') traits.num[own[i]!.trait] = value;
      else if (typeof value === 'string') traits.cat[own[i]!.trait] = value;
    }
    return { own: traits, source };
  });
};

const numberNear = ({ center, scale }: { center: number; scale: number }) =>
  fc.oneof(
    real,
    small.map((z) => center + z * scale),
    fc.constantFrom(0, center, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324),
  );

const cases = model.chain((m) => fc.tuple(fc.constant(m), fc.array(contactOf(m), { minLength: 1, maxLength: 12 })));

describe('a persona model', () => {
  let dataDir: string;
  let warehouse: Warehouse;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'reach-sql-'));
    warehouse = await Warehouse.open({ dataDir, memory: 2e9 });
  });
  afterAll(async () => {
    await warehouse.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function bySql(m: PersonaModel, contacts: Contact[], account: string): Promise<Map<string, SqlRow>> {
    await warehouse.insert(
      'contacts',
      contacts.map(({ own, source }, i) => ({
        account_id: account,
        contact_id: String(i),
        version: 1,
        ...own,
        ...fieldColumns(source),
      })),
    );
    const source = `(SELECT contact_id, num, cat, ${FIELD_COLUMNS} FROM contacts WHERE account_id = {account:String})`;
    const { sql, params } = assignmentQuery(m, source, { fields: fieldSqls(CONTACT_FIELDS, TODAY) });
    const rows = await warehouse.query<SqlRow>(sql, { ...params, account });
    return new Map(rows.map((row) => [row.contact_id, row]));
  }

  it('says the same in SQL and in JS of every contact, missing traits, unseen categories and contact fields included', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ([m, contacts]) => {
        const rows = await bySql(m, contacts, `acc_${run++}`);
        const evaluate = evaluator(m);
        for (const [i, contact] of contacts.entries()) {
          const [row, js] = [rows.get(String(i)), evaluate(traitsOf(contact))];
          if (!js) expect(row).toBeUndefined();
          else {
            expect(row).toMatchObject({ persona_key: js.key, second_key: js.secondKey });
            expect(Math.abs(row!.distance - js.distance)).toBeLessThan(1e-9);
            expect(Math.abs(row!.second_distance - js.secondDistance)).toBeLessThan(1e-9);
            expect(Math.abs(row!.margin - js.margin)).toBeLessThan(1e-9);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('measures the distance from the encoded contact to the nearest centroids of the first and the second persona', () => {
    fc.assert(
      fc.property(cases, ([m, contacts]) => {
        const evaluate = evaluator({ ...m, minKnown: 0 });
        for (const contact of contacts) {
          const traits = traitsOf(contact);
          const point = encode(m.encoding, traits);
          const distances = clustersOf(m)
            .map((own) => Math.min(...own.map((c) => Math.sqrt(squaredDistance(point, m.personas[c]!.centroid)))))
            .sort((a, b) => a - b);
          const { distance, secondDistance, margin } = evaluate(traits)!;
          expect(distance).toBeCloseTo(distances[0]!, 8);
          expect(secondDistance).toBeCloseTo(distances[1]!, 8);
          expect(margin).toBeGreaterThanOrEqual(0);
          expect(margin).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('gives no persona to a contact that has too few of its traits', () => {
    const number = {
      kind: 'number' as const,
      type: 'number' as const,
      center: 0,
      scale: 1,
      clip: 3,
      fill: 0,
      missing: 0,
    };
    const m: PersonaModel = {
      schema: 1,
      encoding: {
        schema: 1,
        traits: [
          { ...number, trait: 'a' },
          { ...number, trait: 'b' },
        ],
      },
      minKnown: 1,
      personas: [
        { key: 'p1', centroid: [0, 0] },
        { key: 'p2', centroid: [1, 1] },
      ],
    };
    const evaluate = evaluator(m);
    expect(evaluate({ num: {}, cat: { a: '1' } })).toBeUndefined();
    expect(evaluate({ num: { a: 1, b: 1 }, cat: {} })).toEqual({
      key: 'p2',
      secondKey: 'p1',
      distance: 0,
      secondDistance: Math.SQRT2,
      margin: 1,
    });
  });
});
