import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Reach, startReach } from '../../test/support/service.ts';
import { sha256 } from '../identity/hash.ts';
import type { KeyResult } from '../identity/types.ts';

interface Preview {
  results: { id: string; keys: KeyResult[] }[];
  code?: string;
  errors?: { path: string; code: string; message: string }[];
}

let reach: Reach;
beforeAll(async () => {
  reach = await startReach();
});
afterAll(() => reach.close());

const ask = (body: unknown) => reach.api<Preview>('POST', '/v1/match-keys/preview', body);
const preview = async (destination: string, contact: object, more: object = {}) => {
  const { status, body } = await ask({ destination, contacts: [{ id: '1', ...contact }], ...more });
  expect(status).toBe(200);
  return body.results[0]?.keys ?? [];
};
const sent = (keys: KeyResult[], key: string) => keys.find((result) => result.key === key)?.value;

const PERSON = {
  emails: ['Ana.Silva+news@Gmail.com'],
  phones: ['(650) 253-0000'],
  firstName: ' Ana ',
  lastName: "O'Neil Jr.",
  gender: 'Female',
  birthDate: '1990-05-01',
  street: '1 Main St',
  city: 'San Francisco',
  region: 'California',
  postalCode: '94105-1234',
  country: 'US',
  mobileAdIds: ['AB12CD34-0000-4000-8000-00000000BEEF'],
  externalIds: [' Customer-17 '],
};

describe('POST /v1/match-keys/preview', () => {
  it('answers every Meta key of a full contact, in order', async () => {
    const keys = await preview('facebook', PERSON);
    expect(keys.map(({ key, normalized }) => [key, normalized])).toEqual([
      ['EMAIL', 'ana.silva+news@gmail.com'],
      ['PHONE', '16502530000'],
      ['FN', 'ana'],
      ['LN', 'oneiljr'],
      ['FI', 'a'],
      ['GEN', 'f'],
      ['DOBY', '1990'],
      ['DOBM', '05'],
      ['DOBD', '01'],
      ['CT', 'sanfrancisco'],
      ['ST', 'ca'],
      ['ZIP', '94105'],
      ['COUNTRY', 'us'],
      ['MADID', 'ab12cd34-0000-4000-8000-00000000beef'],
      ['EXTERN_ID', 'Customer-17'],
    ]);
    for (const { key, normalized, value, hashed } of keys) {
      const plain = key === 'MADID' || key === 'EXTERN_ID';
      expect(hashed).toBe(!plain);
      expect(value).toBe(plain ? normalized : sha256(normalized ?? ''));
    }
  });

  it('answers every Google identifier, country and postal code in plain text', async () => {
    const keys = await preview('google', PERSON);
    expect(keys.map(({ key, normalized, hashed }) => [key, normalized, hashed])).toEqual([
      ['EMAIL', 'anasilva@gmail.com', true],
      ['PHONE', '+16502530000', true],
      ['FN', 'ana', true],
      ['LN', "o'neil", true],
      ['COUNTRY', 'US', false],
      ['ZIP', '94105-1234', false],
    ]);
  });

  it('gives the wire form of a result', async () => {
    expect(await preview('facebook', { emails: [' Mary@Example.com'] })).toEqual([
      {
        key: 'EMAIL',
        input: ' Mary@Example.com',
        normalized: 'mary@example.com',
        value: 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79',
        hashed: true,
        verdict: 'fixed',
      },
    ]);
    expect(await preview('google', { phones: ['253 0000'] })).toEqual([
      {
        key: 'PHONE',
        input: '253 0000',
        normalized: null,
        value: null,
        hashed: false,
        verdict: 'invalid',
        reason: 'phone_no_region',
      },
    ]);
  });

  it('reads national phones by the contact’s country, then by the default', async () => {
    const phones = ['020 7946 0018'];
    expect(sent(await preview('google', { phones }, { defaultCountry: 'GB' }), 'PHONE')).toBe(sha256('+442079460018'));
    expect(sent(await preview('google', { phones, country: 'GB' }, { defaultCountry: 'us' }), 'PHONE')).toBe(
      sha256('+442079460018'),
    );
  });

  it.each(['AC', ' gb ', 'uk', 'xk'])('knows the region %j', async (defaultCountry) => {
    expect((await ask({ destination: 'google', contacts: [], defaultCountry })).status).toBe(200);
  });

  it('keeps contacts apart and in order', async () => {
    const contacts = [{ id: 'b', emails: ['bad'] }, { id: 'a', emails: ['a@example.com'] }, { id: 'b' }];
    const { body } = await ask({ destination: 'facebook', contacts });
    expect(body.results.map(({ id, keys }) => [id, keys.map(({ verdict }) => verdict)])).toEqual([
      ['b', ['invalid']],
      ['a', ['ok']],
      ['b', []],
    ]);
  });

  it('takes null, missing, blank and numbers as a real client sends them', async () => {
    expect(
      await preview('facebook', { emails: null, phones: [null], firstName: null, city: '', postalCode: '  ' }),
    ).toEqual([]);
    const keys = await preview('facebook', { phones: [16502530000], postalCode: 94105 });
    expect(keys.map(({ key, normalized }) => [key, normalized])).toEqual([
      ['PHONE', '16502530000'],
      ['ZIP', '94105'],
    ]);
    expect((await ask({ destination: 'google', contacts: [{ id: 7 }], defaultCountry: null })).body.results).toEqual([
      { id: '7', keys: [] },
    ]);
    expect((await ask({ destination: 'google', contacts: [] })).body).toEqual({ results: [] });
  });

  it('marks the digest of an empty text, which deliveries leave out', async () => {
    expect(await preview('facebook', { emails: [sha256('')] })).toMatchObject([
      { key: 'EMAIL', value: sha256(''), reason: 'digest_of_empty' },
    ]);
  });

  it.each([
    ['an unknown destination', { destination: 'myspace', contacts: [] }, 'destination'],
    ['a destination that takes no match keys', { destination: 'sftp', contacts: [] }, 'destination'],
    ['no contacts', { destination: 'google' }, 'contacts'],
    ['contacts that are no list', { destination: 'google', contacts: { id: '1' } }, 'contacts'],
    ['too many contacts', { destination: 'google', contacts: Array(1_001).fill({ id: '1' }) }, 'contacts'],
    ['a contact without an id', { destination: 'google', contacts: [{ id: '1' }, {}] }, 'contacts[1].id'],
    ['a contact that is no object', { destination: 'google', contacts: ['x'] }, 'contacts[0]'],
    ['an unknown field', { destination: 'google', contacts: [{ id: '1', shoeSize: '44' }] }, 'contacts[0].shoeSize'],
    ['an unknown top-level field', { destination: 'google', contacts: [], colour: 'red' }, 'colour'],
    [
      'an e-mail that is no list',
      { destination: 'google', contacts: [{ id: '1', emails: 'a@b.c' }] },
      'contacts[0].emails',
    ],
    [
      'an object for a name',
      { destination: 'google', contacts: [{ id: '1', firstName: {} }] },
      'contacts[0].firstName',
    ],
    ['an object among phones', { destination: 'google', contacts: [{ id: '1', phones: [{}] }] }, 'contacts[0].phones'],
    ['a country that is none', { destination: 'google', defaultCountry: 'Narnia', contacts: [] }, 'defaultCountry'],
    ['an unknown validation', { destination: 'google', phoneValidation: 'maybe', contacts: [] }, 'phoneValidation'],
  ])('refuses %s and names the field', async (_, body, path) => {
    const { status, body: problem } = await ask(body);
    expect(status).toBe(400);
    expect(problem.code).toBe('validation');
    expect(problem.errors?.map((error) => error.path)).toContain(path);
  });

  it('needs a key', async () => {
    const { status } = await reach.api('POST', '/v1/match-keys/preview', {}, { authorization: 'Bearer nobody' });
    expect(status).toBe(401);
  });
});
