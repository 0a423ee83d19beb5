import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainPostalCode } from './address.ts';
import { birthYear } from './birth-date.ts';
import { email } from './email.ts';
import { DIGEST_OF_EMPTY, sha256 } from './hash.ts';
import { externalId } from './ids.ts';
import { joinedName } from './names.ts';
import { phone } from './phone.ts';
import { keyMatcher, matchKeys, type Profile } from './profile.ts';
import type { IdentityInput, KeyResult } from './types.ts';

const profile: Profile = [
  { key: 'MAIL', from: 'emails', digests: 'emailHashes', normalise: email, hashed: true },
  { key: 'TEL', from: 'phones', digests: 'phoneHashes', normalise: phone, hashed: true },
  { key: 'NAME', from: 'firstName', normalise: joinedName, hashed: true },
  { key: 'YEAR', from: 'birthDate', normalise: birthYear, hashed: true, digest: 'refuse' },
  { key: 'POST', from: 'postalCode', normalise: plainPostalCode, hashed: false, digest: 'refuse' },
  { key: 'ID', from: 'externalIds', normalise: externalId, hashed: false, digest: 'text' },
];

const match = (contact: Partial<IdentityInput>, options = {}) => matchKeys(profile, { id: '1', ...contact }, options);
const brief = (results: KeyResult[]) => results.map(({ key, value, verdict, reason }) => [key, value, verdict, reason]);
const DIGEST = sha256('ana@example.com');

describe('matchKeys', () => {
  it('gives one result a value, in the profile’s order', () => {
    const results = match({
      externalIds: ['B', 'a'],
      firstName: 'Ana',
      emails: ['ana@example.com', ' Bo@Example.com', 'nobody'],
    });
    expect(results.map(({ key, input, normalized, verdict }) => [key, input, normalized, verdict])).toEqual([
      ['MAIL', 'ana@example.com', 'ana@example.com', 'ok'],
      ['MAIL', ' Bo@Example.com', 'bo@example.com', 'fixed'],
      ['MAIL', 'nobody', null, 'invalid'],
      ['NAME', 'Ana', 'ana', 'fixed'],
      ['ID', 'B', 'B', 'ok'],
      ['ID', 'a', 'a', 'ok'],
    ]);
    expect(results[0]).toEqual({
      key: 'MAIL',
      input: 'ana@example.com',
      normalized: 'ana@example.com',
      value: DIGEST,
      hashed: true,
      verdict: 'ok',
    });
  });

  it('folds values that normalise to the same, also across plain text and digest', () => {
    const results = match({
      emails: ['ana@example.com', 'ANA@example.com', DIGEST.toUpperCase()],
      emailHashes: [DIGEST, sha256('bo@example.com')],
    });
    expect(results.map((result) => result.value)).toEqual([DIGEST, sha256('bo@example.com')]);
  });

  it('gives nothing for what is missing or blank, and says so when nothing is left', () => {
    expect(match({ emails: [], phones: ['', ' '], firstName: ' \t', postalCode: '', emailHashes: [''] })).toEqual([]);
    expect(brief(match({ firstName: '--' }))).toEqual([['NAME', null, 'invalid', 'empty']]);
  });

  it('keeps digests, folds them to lower case, and takes no other digest', () => {
    expect(match({ emails: [DIGEST], firstName: ` ${DIGEST.toUpperCase()}` })).toEqual([
      { key: 'MAIL', input: DIGEST, normalized: null, value: DIGEST, hashed: true, verdict: 'ok' },
      {
        key: 'NAME',
        input: ` ${DIGEST.toUpperCase()}`,
        normalized: null,
        value: DIGEST,
        hashed: true,
        verdict: 'fixed',
      },
    ]);
    expect(brief(match({ emails: ['0123456789abcdef'.repeat(2), 'a'.repeat(40), 'b'.repeat(63)] }))).toEqual([
      ['MAIL', null, 'invalid', 'digest_md5'],
      ['MAIL', null, 'invalid', 'digest_sha1'],
      ['MAIL', null, 'invalid', 'digest_length'],
    ]);
    expect(brief(match({ emailHashes: ['ana@example.com', 'f'.repeat(32)] }))).toEqual([
      ['MAIL', null, 'invalid', 'digest_syntax'],
      ['MAIL', null, 'invalid', 'digest_md5'],
    ]);
  });

  it('refuses digests where the key cannot be made of one, and takes ids that look like one', () => {
    expect(brief(match({ birthDate: DIGEST, postalCode: DIGEST, externalIds: [DIGEST.toUpperCase()] }))).toEqual([
      ['YEAR', null, 'invalid', 'digest_unusable'],
      ['POST', null, 'invalid', 'digest_unusable'],
      ['ID', DIGEST.toUpperCase(), 'ok', undefined],
    ]);
  });

  it('never lets the digest of nothing through, unless it is to be shown', () => {
    const contact = { emails: [DIGEST_OF_EMPTY], emailHashes: [DIGEST_OF_EMPTY], externalIds: [DIGEST_OF_EMPTY] };
    expect(match(contact).map(({ value, reason }) => [value, reason])).toEqual([
      [null, 'digest_of_empty'],
      [null, 'digest_of_empty'],
      [null, 'digest_of_empty'],
    ]);
    expect(brief(match(contact, { keepDigestOfEmpty: true }))).toEqual([
      ['MAIL', DIGEST_OF_EMPTY, 'ok', 'digest_of_empty'],
      ['ID', DIGEST_OF_EMPTY, 'ok', undefined],
    ]);
  });

  it('makes only the keys asked for', () => {
    expect(match({ emails: ['ana@example.com'], firstName: 'Ana' }, { keys: ['NAME'] })).toHaveLength(1);
    expect(match({ emails: ['ana@example.com'] }, { keys: [] })).toEqual([]);
  });

  it('reads national numbers by the contact’s country, else by the default', () => {
    const phones = ['020 7946 0018'];
    const value = (country?: string, defaultCountry?: string) =>
      brief(match({ phones, country }, { defaultCountry }))[0];
    const found = ['TEL', sha256('+442079460018'), 'fixed', undefined];
    expect(value(undefined, 'GB')).toEqual(found);
    expect(value('gb', 'US')).toEqual(found);
    expect(value('United Kingdom', 'US')).toEqual(found);
    expect(value('???', 'GB')).toEqual(found);
    expect(value('US', 'GB')).toEqual(['TEL', null, 'invalid', 'phone_invalid']);
    expect(value()).toEqual(['TEL', null, 'invalid', 'phone_no_region']);
  });

  it('validates phones at the level asked for', () => {
    expect(brief(match({ phones: ['+1 555 123 4567'] }))[0]?.[3]).toBe('phone_invalid');
    expect(brief(match({ phones: ['+1 555 123 4567'] }, { phoneValidation: 'possible' }))[0]?.[1]).toBe(
      sha256('+15551234567'),
    );
  });
});

describe('whatever the contact', () => {
  const messy = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.emailAddress(),
    fc.constantFrom(
      '',
      ' ',
      '+',
      '+0000000000',
      DIGEST,
      DIGEST_OF_EMPTY,
      'f'.repeat(32),
      '(650) 253-0000',
      '1990-05-01',
    ),
  );
  const contacts = fc.record<IdentityInput>(
    {
      id: fc.string(),
      emails: fc.array(messy),
      phones: fc.array(messy),
      firstName: messy,
      birthDate: messy,
      postalCode: messy,
      country: messy,
      externalIds: fc.array(messy),
      emailHashes: fc.array(messy),
      phoneHashes: fc.array(messy),
    },
    { requiredKeys: ['id'] },
  );
  const evaluate = keyMatcher(profile, { defaultCountry: 'US' });

  it('every result is whole: a digest, a plain value, or a reason', () => {
    fc.assert(
      fc.property(contacts, (contact) => {
        for (const { value, hashed, verdict, reason, normalized } of evaluate(contact)) {
          expect(value).not.toBe(DIGEST_OF_EMPTY);
          expect(value).not.toBe('');
          expect(normalized).not.toBe('');
          if (verdict === 'invalid') expect([value, hashed, typeof reason]).toEqual([null, false, 'string']);
          else if (hashed) expect(value).toMatch(/^[0-9a-f]{64}$/);
          else expect(value).toBe(normalized);
        }
      }),
    );
  });

  it('a column of plain values and digests gives what the plain column gives', () => {
    const addresses = fc.uniqueArray(fc.tuple(fc.emailAddress(), fc.constantFrom('plain', 'lower', 'UPPER', 'both')));
    fc.assert(
      fc.property(addresses, (rows) => {
        const plain = rows.map(([address]) => address);
        const mixed = rows.flatMap(([address, form]) => {
          const canonical = email(address);
          if (typeof canonical !== 'string' || form === 'plain') return [address];
          const digest = sha256(canonical);
          return form === 'both' ? [address, digest] : [form === 'UPPER' ? digest.toUpperCase() : digest];
        });
        const values = (emails: string[]) =>
          new Set(evaluate({ id: '1', emails }).flatMap(({ value }) => (value ? [value] : [])));
        expect(values(mixed)).toEqual(values(plain));
      }),
    );
  });

  it('one bad value costs nothing but itself', () => {
    fc.assert(
      fc.property(contacts, fc.constantFrom('+0000000000', 'none', '\u0000', '+', '1.0E+9'), (contact, bad) => {
        const without = evaluate(contact);
        const withBad = evaluate({ ...contact, phones: [bad, ...(contact.phones ?? [])] });
        expect(withBad.filter((result) => result.input !== bad)).toEqual(
          without.filter((result) => result.input !== bad),
        );
        expect(withBad.find((result) => result.key === 'TEL')).toMatchObject({ input: bad, verdict: 'invalid' });
      }),
    );
  });
});
