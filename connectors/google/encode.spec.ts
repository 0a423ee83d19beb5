import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IdentityInput } from '../../src/identity/types.ts';
import type { EncodeContext, Json } from '../destination.ts';
import { encoder, IDENTIFIERS, type Identifier, isWire, pieces, remainder, type Wire } from './encode.ts';
import { MATCH_KEYS } from './match-keys.ts';
import { GoogleOptions } from './settings.ts';
import { upload } from './spec-support.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const context = (changes: Partial<EncodeContext<GoogleOptions>> = {}): EncodeContext<GoogleOptions> => ({
  options: new GoogleOptions(),
  matchKeys: MATCH_KEYS,
  attributes: [],
  segment: upload().segment,
  ...changes,
});
const encode = (identity: Partial<IdentityInput>, changes: Partial<EncodeContext<GoogleOptions>> = {}) =>
  encoder(context(changes))({ contactId: 'c1', identity: { id: 'c1', ...identity }, attributes: {} });
const identifiers = (
  identity: Partial<IdentityInput>,
  changes: Partial<EncodeContext<GoogleOptions>> = {},
): Identifier[] => (encode(identity, changes).wire as Wire | null)?.identifiers ?? [];

const ada = { firstName: 'Ada', lastName: 'Lovelace', country: 'gb', postalCode: 'SW1A 1AA' };

describe('Google encoding', () => {
  // The first two digests are printed in Google's guide on sending audience members.
  it('matches the digests Google publishes', () => {
    expect(
      identifiers({ emails: ['DanaM@example.com'], phones: ['+1-800-555-0100'] }, { options: new GoogleOptions() }),
    ).toEqual([
      { emailAddress: '1df6b43bc68dd38eca94e6a65b4f466ae537b796c81a526918b40ac4a7b906c7' },
      { phoneNumber: 'fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30' },
    ]);
    expect(identifiers({ emails: ['cloudy.sanfrancisco+shopping@gmail.com'] })).toEqual([
      { emailAddress: '223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4' },
    ]);
  });

  it('sends names hashed, and country and postal code plain', () => {
    expect(identifiers(ada)).toEqual([
      {
        address: { givenName: sha256('ada'), familyName: sha256('lovelace'), regionCode: 'GB', postalCode: 'SW1A 1AA' },
      },
    ]);
  });

  it.each(['firstName', 'lastName', 'country', 'postalCode'] as const)('sends no address without %s', (part) => {
    expect(identifiers({ ...ada, [part]: undefined })).toEqual([]);
    expect(identifiers({ ...ada, [part]: '  ' })).toEqual([]);
  });

  it('takes the default country for contacts that name none', () => {
    expect(identifiers({ ...ada, country: undefined, postalCode: '94045' }, { defaultCountry: 'US' })).toMatchObject([
      { address: { regionCode: 'US' } },
    ]);
  });

  it('declares which of them name a person alone', () => {
    const { wire } = encode({ ...ada, emails: ['a.b@gmail.com', 'a@b.example'], phones: ['+442071838750'] });
    expect(JSON.stringify(wire).match(new RegExp(IDENTIFIERS, 'g'))).toEqual([
      `"emailAddress":"${sha256('ab@gmail.com')}"`,
      `"emailAddress":"${sha256('a@b.example')}"`,
      `"phoneNumber":"${sha256('+442071838750')}"`,
    ]);
  });

  it('leaves out the keys that a delivery does not send', () => {
    const all = { ...ada, emails: ['a@b.example'], phones: ['+442071838750'] };
    expect(identifiers(all, { matchKeys: ['PHONE'] })).toEqual([{ phoneNumber: sha256('+442071838750') }]);
    expect(identifiers(all, { matchKeys: ['EMAIL', 'FN', 'LN', 'COUNTRY'] })).toEqual([
      { emailAddress: sha256('a@b.example') },
    ]);
  });

  it('loses a bad value without losing its neighbours', () => {
    const { wire, keys } = encode({ emails: ['not an address', 'a@b.example'], phones: ['().-', '   '] });
    expect(wire).toEqual({ identifiers: [{ emailAddress: sha256('a@b.example') }] });
    expect(keys.find(({ input }) => input === 'not an address')).toMatchObject({ verdict: 'invalid', value: null });
  });

  it('has nothing to send when nothing is usable', () => {
    expect(encode({ emails: ['nobody'], phones: ['12'] })).toMatchObject({ contactId: 'c1', wire: null, weight: 1 });
  });

  it('sends what was hashed before as it is, and each value once', () => {
    const digest = sha256('a@b.example');
    expect(identifiers({ emails: ['A@b.example', digest.toUpperCase()], emailHashes: [digest] })).toEqual([
      { emailAddress: digest },
    ]);
  });

  it('weighs a person by the members it takes', () => {
    const emails = Array.from({ length: 21 }, (_, n) => `a${n}@b.example`);
    expect(encode({ emails: emails.slice(0, 10) }).weight).toBe(1);
    expect(encode({ emails }).weight).toBe(3);
  });

  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.emailAddress(),
    fc.constantFrom('', ' ', '+1 415 555 2671', '(415) 555-2671', 'DE', '94045-1234', 'Mrs. Müller Jr.'),
  );
  const identity = fc.record(
    {
      emails: fc.array(text, { maxLength: 14 }),
      phones: fc.array(text, { maxLength: 14 }),
      firstName: text,
      lastName: text,
      country: text,
      postalCode: text,
    },
    { requiredKeys: [] },
  );

  it('never makes anything that Google would refuse, whatever the contact holds', () => {
    fc.assert(
      fc.property(identity, (given) => {
        const { wire, weight } = encode(given, { defaultCountry: 'US' });
        if (wire !== null) expect(isWire(wire)).toBe(true);
        const cut = wire === null ? [] : pieces([{ contactId: 'c1', wire: wire as Wire }], 10);
        expect(cut.length).toBeLessThanOrEqual(weight);
        expect(cut.every((piece) => piece.identifiers.length <= 10)).toBe(true);
        expect(JSON.stringify(wire)).not.toContain('e3b0c44298fc1c149afb');
        expect(JSON.parse(JSON.stringify(wire))).toEqual(wire);
      }),
    );
  });

  it('lets no address or number through in clear', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (email) => {
        expect(JSON.stringify(encode({ emails: [email], phones: ['+1 415 555 2671'] }).wire)).not.toMatch(
          /@|4155552671/,
        );
      }),
    );
  });

  it.each<Json>([
    null,
    {},
    { identifiers: 'x' },
    { identifiers: [{ emailAddress: 'A'.repeat(64) }] },
    { identifiers: [{ emailAddress: sha256('') }] },
    { identifiers: [{ mobileId: sha256('x') }] },
    { identifiers: [{}] },
    { identifiers: [{ address: null }] },
    {
      identifiers: [
        { address: { givenName: sha256('a'), familyName: sha256('b'), regionCode: 'us', postalCode: '1' } },
      ],
    },
    { identifiers: [{ address: { givenName: sha256('a'), familyName: sha256('b'), regionCode: 'US' } }] },
    {
      identifiers: [
        { address: { givenName: sha256('a'), familyName: sha256('b'), regionCode: 'US', postalCode: '郵便番号' } },
      ],
    },
  ])('tells a stored form that is not one: %j', (wire) => {
    expect(isWire(wire)).toBe(false);
  });
});

describe('the remainder of a form', () => {
  const email = (name: string) => ({ emailAddress: name });
  const phone = { phoneNumber: 'p' };
  const address = (familyName: string) => ({
    address: { givenName: 'g', familyName, regionCode: 'US', postalCode: '94105' },
  });
  const form = (...identifiers: object[]) => ({ identifiers }) as unknown as Json;

  it.each<[string, Json, Json, Json | null]>([
    ['nothing of the same form', form(email('a'), phone), form(phone, email('a')), null],
    ['nothing when identifiers came on top', form(email('a')), form(email('a'), phone), null],
    ['the identifier that went', form(email('a'), phone), form(email('a')), form(phone)],
    ['an address that changed', form(email('a'), address('x')), form(email('a'), address('y')), form(address('x'))],
    ['all of it beside nothing', form(email('a'), phone), null, form(email('a'), phone)],
  ])('is %s', (_, wire, kept, left) => {
    expect(remainder(wire, kept)?.wire ?? null).toEqual(left);
  });
});
