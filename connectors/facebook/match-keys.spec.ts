import { describe, expect, it } from '@jest/globals';
import { sha256 } from '../../src/identity/hash.ts';
import { matchKeys } from '../../src/identity/profile.ts';
import type { IdentityInput } from '../../src/identity/types.ts';
import { facebookKeys, MATCH_KEYS } from './match-keys.ts';

const match = (contact: Partial<IdentityInput>) => matchKeys(facebookKeys, { id: '1', ...contact });
const texts = (contact: Partial<IdentityInput>) => match(contact).map(({ key, normalized }) => [key, normalized]);

describe('facebookKeys', () => {
  it('are the keys of Meta’s schema', () => {
    expect(MATCH_KEYS).toEqual('EMAIL PHONE FN LN FI GEN DOBY DOBM DOBD CT ST ZIP COUNTRY MADID EXTERN_ID'.split(' '));
  });

  it.each<[Partial<IdentityInput>, [string, string][]]>([
    [{ emails: ['A.B+c@Gmail.com'] }, [['EMAIL', 'a.b+c@gmail.com']]],
    [{ phones: ['+44 20 7946 0018'] }, [['PHONE', '442079460018']]],
    [
      { firstName: "Anne-Marie O'", lastName: 'García Márquez' },
      [
        ['FN', 'annemarieo'],
        ['LN', 'garcíamárquez'],
        ['FI', 'a'],
      ],
    ],
    [
      { city: 'St. Louis', region: 'Missouri', postalCode: '63101-1234', country: 'us' },
      [
        ['CT', 'stlouis'],
        ['ST', 'mo'],
        ['ZIP', '63101'],
        ['COUNTRY', 'us'],
      ],
    ],
    [
      { mobileAdIds: ['AB12CD34'], externalIds: ['Ab 1'] },
      [
        ['MADID', 'ab12cd34'],
        ['EXTERN_ID', 'Ab 1'],
      ],
    ],
  ])('%j', (contact, wanted) => expect(texts(contact)).toEqual(wanted));

  it('hashes all but ad ids and external ids', () => {
    const plain = facebookKeys.filter((rule) => !rule.hashed).map((rule) => rule.key);
    expect(plain).toEqual(['MADID', 'EXTERN_ID']);
    expect(match({ phones: ['+1 650 253 0000'] })[0]?.value).toBe(sha256('16502530000'));
  });

  it('calls a number in E.164 form right as it is', () => {
    expect(match({ phones: ['+16502530000'] })[0]?.verdict).toBe('ok');
    expect(match({ phones: ['+1 6502530000'] })[0]?.verdict).toBe('fixed');
  });

  it('makes no initial and no date parts of digests', () => {
    const digest = sha256('ana');
    expect(
      match({ firstName: digest, birthDate: digest }).map(({ key, value, reason }) => [key, value, reason]),
    ).toEqual([
      ['FN', digest, undefined],
      ['FI', null, 'digest_unusable'],
      ['DOBY', null, 'digest_unusable'],
      ['DOBM', null, 'digest_unusable'],
      ['DOBD', null, 'digest_unusable'],
    ]);
  });
});
