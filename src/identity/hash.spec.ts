import { describe, expect, it } from '@jest/globals';
import { DIGEST_OF_EMPTY, digestFault, parseSha256, sha256 } from './hash.ts';

const MARY = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';

describe('sha256', () => {
  // Vectors that Meta and Google publish in their guides.
  it.each([
    ['mary@example.com', MARY],
    ['15559876543', '1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e'],
    ['dana@example.com', '07e2f1394b0ea80e2adca010ea8318df697001a005ba7452720edda4b0ce57b3'],
    ['+18005550100', 'fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30'],
    ['', DIGEST_OF_EMPTY],
  ])('%j', (text, digest) => expect(sha256(text)).toBe(digest));

  it('hashes UTF-8', () => {
    expect(sha256('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
  });
});

describe('parseSha256', () => {
  it.each([
    [MARY, MARY],
    [MARY.toUpperCase(), MARY],
    [`\t ${MARY}\n`, MARY],
    [MARY.slice(1), undefined],
    [`${MARY}0`, undefined],
    [MARY.replace('f', 'g'), undefined],
    ['', undefined],
  ])('%j', (text, digest) => expect(parseSha256(text)).toBe(digest));
});

describe('digestFault', () => {
  it.each([
    ['0123456789abcdef'.repeat(2), 'digest_md5'],
    [` ${'0123456789ABCDEF'.repeat(2)} `, 'digest_md5'],
    ['a'.repeat(40), 'digest_sha1'],
    ['a'.repeat(63), 'digest_length'],
    ['a'.repeat(65), 'digest_length'],
    ['a'.repeat(128), 'digest_sha512'],
    ['a'.repeat(31), undefined],
    ['z'.repeat(32), undefined],
    ['', undefined],
  ])('%j', (text, fault) => expect(digestFault(text)).toBe(fault));
});
