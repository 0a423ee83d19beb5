import { describe, expect, it } from '@jest/globals';
import { sha256 } from '../../src/identity/hash.ts';
import { matchKeys } from '../../src/identity/profile.ts';
import type { IdentityInput } from '../../src/identity/types.ts';
import { googleKeys, MATCH_KEYS } from './match-keys.ts';

const match = (contact: Partial<IdentityInput>) => matchKeys(googleKeys, { id: '1', ...contact });

describe('googleKeys', () => {
  it('are the identifiers of Customer Match', () => {
    expect(MATCH_KEYS).toEqual(['EMAIL', 'PHONE', 'FN', 'LN', 'COUNTRY', 'ZIP']);
  });

  // Digests that Google publishes in its guide to sending audience members.
  it.each([
    ['dana@example.com', '07e2f1394b0ea80e2adca010ea8318df697001a005ba7452720edda4b0ce57b3'],
    ['DanaM@example.com', '1df6b43bc68dd38eca94e6a65b4f466ae537b796c81a526918b40ac4a7b906c7'],
    ['cloudySanFrancisco@GMAIL.com', '223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4'],
    ['cloudy.sanfrancisco+shopping@gmail.com', '223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4'],
  ])('%s', (address, digest) => expect(match({ emails: [address] })[0]?.value).toBe(digest));

  it('keeps the plus of phones', () => {
    expect(match({ phones: ['+1-800-555-0100'] })[0]?.value).toBe(
      'fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30',
    );
  });

  it('hashes names, and sends country and postal code in plain text', () => {
    const results = match({ firstName: 'Dr. Ana', lastName: "O'Neil, PhD", country: 'pt', postalCode: ' 1100-148 ' });
    expect(results.map(({ key, value, hashed }) => [key, value, hashed])).toEqual([
      ['FN', sha256('ana'), true],
      ['LN', sha256("o'neil"), true],
      ['COUNTRY', 'PT', false],
      ['ZIP', '1100-148', false],
    ]);
  });

  it('never sends a digest where plain text is due', () => {
    const digest = sha256('pt');
    expect(match({ country: digest, postalCode: digest }).map(({ value, reason }) => [value, reason])).toEqual([
      [null, 'digest_unusable'],
      [null, 'digest_unusable'],
    ]);
  });
});
