import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fieldColumns, fieldNames, fieldSource, withFieldTraits } from '../../../test/support/field-contacts.ts';
import { CONTACT_FIELDS, type FieldSource, fieldSqls } from '../../contacts/contact-fields.ts';
import { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { Traits } from '../table.ts';
import type { OutcomeModel, TraitPoints } from './outcome-model.ts';
import { probability, reasonsOf } from './score.ts';
import { probabilitySql } from './score-sql.ts';

const AWKWARD = ["l'état", '__proto__', 'constructor', 'a"b`c', '{x:String}', '🙂', 'tab\tline\nbreak', '\\', '--'];
const text = fc.oneof(fc.constantFrom(...AWKWARD), fc.string({ minLength: 1, maxLength: 10, unit: 'grapheme' }));
const points = fc.double({ min: -4, max: 4, noNaN: true });
const real = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const TODAY = 20_000;

const numberTrait = (trait: string): fc.Arbitrary<TraitPoints> =>
  fc
    .tuple(
      fc.constantFrom('number' as const, 'boolean' as const, 'date' as const),
      fc.uniqueArray(real, { maxLength: 6 }).map((edges) => edges.sort((a, b) => a - b)),
      fc.tuple(real, real).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    )
    .chain(([type, edges, [low, high]]) =>
      fc.record({
        kind: fc.constant('number' as const),
        trait: fc.constant(trait),
        type: fc.constant(type),
        edges: fc.constant(edges),
        points: fc.array(points, { minLength: edges.length + 1, maxLength: edges.length + 1 }),
        slope: fc.oneof(fc.constant(0), points),
        center: fc.constant((low + high) / 2),
        scale: fc.double({ min: 1e-3, max: 1e6, noNaN: true }).map((scale) => Math.max(scale, high - low)),
        low: fc.constant(low),
        high: fc.constant(high),
        missing: points,
      }),
    );

const categoryTrait = (trait: string): fc.Arbitrary<TraitPoints> =>
  fc.uniqueArray(text, { maxLength: 5 }).chain((levels) =>
    fc.record({
      kind: fc.constant('category' as const),
      trait: fc.constant(trait),
      levels: fc.constant(levels),
      points: fc.array(points, { minLength: levels.length, maxLength: levels.length }),
      other: points,
      missing: points,
    }),
  );

const traitsOf = fc
  .tuple(
    fc.uniqueArray(text, { minLength: 1, maxLength: 7 }),
    fc.subarray(fieldNames('number')),
    fc.subarray(fieldNames('category')),
  )
  .chain(([own, numbers, categories]) =>
    fc.tuple(
      ...own.map((name, i) => (i % 2 ? categoryTrait(name) : numberTrait(name))),
      ...numbers.map(numberTrait),
      ...categories.map(categoryTrait),
    ),
  );

const model: fc.Arbitrary<OutcomeModel> = fc.record({
  schema: fc.constant(1 as const),
  intercept: points,
  traits: traitsOf,
});

/** Values in, at and between what the model knows, and values that it never saw. */
const anyValue = (trait: TraitPoints): fc.Arbitrary<number | string> =>
  trait.kind === 'number'
    ? fc.oneof(
        real,
        fc.constantFrom(
          0,
          1,
          TODAY,
          Number.MAX_VALUE,
          -Number.MAX_VALUE,
          5e-324,
          trait.low,
          trait.high,
          ...trait.edges,
        ),
      )
    : fc.oneof(text, ...(trait.levels.length > 0 ? [fc.constantFrom(...trait.levels)] : []));

/** A contact's own traits, and the columns that its contact fields are read from. */
interface Contact {
  own: Traits;
  source: FieldSource;
}
const isField = (trait: string) => CONTACT_FIELDS.some(({ name }) => name === trait);
const traitsIn = ({ own, source }: Contact): Traits => withFieldTraits(own, source, TODAY);

const contactOf = ({ traits }: OutcomeModel): fc.Arbitrary<Contact> => {
  const own = traits.filter(({ trait }) => !isField(trait));
  return fc.tuple(fieldSource(TODAY), ...own.map((trait) => fc.option(anyValue(trait)))).map(([source, ...values]) => {
    const contact: Traits = { num: Object.create(null), cat: Object.create(null) };
    for (const [i, value] of values.entries()) {
      if (typeof value === 'number') contact.num[own[i]!.trait] = value;
      else if (typeof value === 'string') contact.cat[own[i]!.trait] = value;
    }
    return { own: contact, source };
  });
};

const cases = model.chain((m) => fc.tuple(fc.constant(m), fc.array(contactOf(m), { minLength: 1, maxLength: 12 })));

describe('an outcome model', () => {
  let dataDir: string;
  let warehouse: Warehouse;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'reach-score-'));
    warehouse = await Warehouse.open({ dataDir, memory: 2e9 });
  });
  afterAll(async () => {
    await warehouse.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('gives the same probability in SQL and in JS, with missing traits, unseen categories, extreme numbers and contact fields', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ([m, contacts]) => {
        const account = `acc_${run++}`;
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
        const { sql, params } = probabilitySql(m, TODAY, fieldSqls(CONTACT_FIELDS, TODAY));
        const rows = await warehouse.query<{ contact_id: string; p: number }>(
          `SELECT contact_id, ${sql} AS p FROM contacts WHERE account_id = {account:String}`,
          { ...params, account },
        );
        expect(rows).toHaveLength(contacts.length);
        for (const { contact_id, p } of rows) {
          expect(Math.abs(p - probability(m, traitsIn(contacts[Number(contact_id)]!), TODAY))).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('explains a probability: the reasons of all traits add up to it', () => {
    fc.assert(
      fc.property(cases, ([m, contacts]) => {
        for (const contact of contacts) {
          const reasons = reasonsOf(m, traitsIn(contact), TODAY, 100);
          const sum = reasons.reduce((total, { effect }) => total + effect, m.intercept);
          const p = probability(m, traitsIn(contact), TODAY);
          // effects under 0.05 are not told
          expect(Math.abs(sum - Math.log(p / (1 - p)))).toBeLessThan(0.05 * m.traits.length + 1e-6);
          for (const { effect, odds } of reasons) expect(odds).toBeCloseTo(Math.exp(effect), 10);
        }
      }),
    );
  });
});
