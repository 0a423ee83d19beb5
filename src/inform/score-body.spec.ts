import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { ScoreDto } from './inform.dto.ts';
import { isPlainScore, readScore } from './score-body.ts';

const accepts = (body: object) =>
  validateSync(plainToInstance(ScoreDto, body), { whitelist: true, forbidNonWhitelisted: true }).length === 0;

const odd = fc.oneof(
  fc.constantFrom(null, '', 0, true, [], {}),
  fc.string(),
  fc.constant('x'.repeat(321)),
  fc.constant('x'.repeat(1001)),
);
/** Mostly what is right, sometimes what is not. */
const mostly = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: right as fc.Arbitrary<unknown>, weight: 30 }, { arbitrary: odd, weight: 1 });
const texts = mostly(fc.array(fc.string({ maxLength: 90 }), { maxLength: 3 }));
const contact = fc.record(
  {
    contactId: mostly(fc.string({ minLength: 1 })),
    key: mostly(fc.string({ minLength: 1 })),
    externalIds: texts,
    emails: mostly(fc.constantFrom(['a@example.com'], Array(21).fill('a'), [7])),
    phones: texts,
    emailHashes: texts,
    phoneHashes: texts,
    mobileAdIds: texts,
    country: mostly(fc.constantFrom('US', 'DE', 'us', 'XX', 'USA')),
    reference: mostly(fc.string()),
    city: mostly(fc.string()),
    birthDate: mostly(fc.string()),
    traits: mostly(fc.dictionary(fc.string(), fc.jsonValue())),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.record({ contact: mostly(contact) }),
  fc.record({ contacts: mostly(fc.array(contact, { maxLength: 2 })), personaSets: texts }),
  fc.record({ contact, outcomes: texts, upsert: fc.boolean() }, { requiredKeys: ['contact'] }),
  fc.record({ contact, more: odd }),
);

describe('a body of a scoring request', () => {
  it('is taken at once only when the rules accept it', () => {
    let taken = 0;
    fc.assert(
      fc.property(body, (given) => {
        if (!isPlainScore(given)) return true;
        taken++;
        return accepts(given);
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('is taken at once when it is an ordinary one', () => {
    const traits = { visits: 3, plan: 'gold', vip: true, left: null };
    expect(isPlainScore({ contact: { reference: 'r', emails: ['a@example.com'], country: 'DE', traits } })).toBe(true);
    expect(isPlainScore({ contacts: [{ key: 'C1' }, { traits }], personaSets: ['pst_1'], outcomes: [] })).toBe(true);
    expect(isPlainScore({ contact: {}, upsert: true })).toBe(false);
  });

  it('keeps traits whose names JavaScript knows, also where it is checked by the rules', async () => {
    const body =
      '{"contact": {"key": "k", "traits": {"__proto__": "x", "constructor": 5, "plan": "gold"}}, "upsert": true}';
    const { contact } = await readScore(JSON.parse(body));
    expect(Object.entries(contact!.traits!)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 5],
      ['plan', 'gold'],
    ]);
  });
});
