import { describe, expect, it } from '@jest/globals';
import { DIGEST_OF_EMPTY, sha256 } from './hash.ts';
import { identityKeys, lookupKeys } from './identity-keys.ts';

const keys = (contact: object, defaultCountry?: string) => identityKeys({ id: '1', ...contact }, { defaultCountry });

describe('identityKeys', () => {
  it('hashes canonical forms, by kind', () => {
    const contact = {
      emails: [' A.B+c@Gmail.com'],
      phones: ['(650) 253-0000'],
      externalIds: [' Customer-17 '],
      mobileAdIds: ['AB12CD34-0000-4000-8000-00000000BEEF'],
    };
    expect(keys(contact, 'US')).toEqual([
      { kind: 'email', hash: sha256('a.b+c@gmail.com') },
      { kind: 'phone', hash: sha256('+16502530000') },
      { kind: 'external', hash: sha256('Customer-17') },
      { kind: 'madid', hash: sha256('ab12cd34-0000-4000-8000-00000000beef') },
    ]);
  });

  it('lets plain text and digest of one address meet, wherever the digest stands', () => {
    const plain = keys({ emails: ['Ana@Example.com'] });
    const digest = sha256('ana@example.com');
    expect(keys({ emails: [digest.toUpperCase()] })).toEqual(plain);
    expect(keys({ emailHashes: [` ${digest}`] })).toEqual(plain);
    expect(keys({ emails: ['ana@example.com', digest], emailHashes: [digest] })).toEqual(plain);
  });

  it('reads national phones by the contact’s country first', () => {
    expect(keys({ phones: ['020 7946 0018'], country: 'United Kingdom' }, 'US')).toEqual([
      { kind: 'phone', hash: sha256('+442079460018') },
    ]);
  });

  it('makes no key of what identifies nobody', () => {
    const contact = {
      emails: ['', 'nobody', DIGEST_OF_EMPTY, 'f'.repeat(32)],
      phones: ['+0000000000', '020 7946 0018'],
      externalIds: [' '],
      mobileAdIds: ['00000000-0000-0000-0000-000000000000'],
      emailHashes: ['x', DIGEST_OF_EMPTY],
    };
    expect(keys(contact)).toEqual([]);
    expect(keys({})).toEqual([]);
  });

  it('takes an id that looks like a digest as an id', () => {
    const id = sha256('anything');
    expect(keys({ externalIds: [id] })).toEqual([{ kind: 'external', hash: sha256(id) }]);
  });
});

describe('external ids', () => {
  it('of two namespaces are two keys, and neither is that of the id alone', () => {
    const of = (namespace?: string) => identityKeys({ id: '1', externalIds: ['201'] }, { namespace })[0]!.hash;
    expect(new Set([of('shop'), of('crm'), of()]).size).toBe(3);
    expect(of()).toBe(sha256('201'));
    expect(of('')).toBe(sha256('201'));
  });

  it('are looked for in every namespace, unless one is given', () => {
    const contact = { id: '1', emails: ['ana@example.com'], externalIds: ['201'] };
    expect(lookupKeys(contact)).toEqual([
      { kind: 'email', hash: sha256('ana@example.com') },
      { kind: 'external', hash: sha256('201') },
      { kind: 'external-any', hash: sha256('201') },
    ]);
    expect(lookupKeys(contact, { namespace: 'shop' })).toEqual(identityKeys(contact, { namespace: 'shop' }));
  });
});
