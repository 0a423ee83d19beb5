import fc from 'fast-check';
import { splitAddress } from './compound.ts';
import { fullName as splitName } from './full-name.ts';

describe('a whole name', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['Anna Berg', 'Anna', 'Berg'],
    ['Berg, Anna', 'Anna', 'Berg'],
    ['Berg, Anna Maria', 'Anna Maria', 'Berg'],
    ['Anna Maria Berg', 'Anna Maria', 'Berg'],
    ['Dr. Anna Berg', 'Anna', 'Berg'],
    ['Frau Dr. Anna Berg', 'Anna', 'Berg'],
    ['Martin Luther King, Jr.', 'Martin Luther', 'King'],
    ['John Smith III', 'John', 'Smith'],
    ['Jan van der Berg', 'Jan', 'van der Berg'],
    ['Maria de la Cruz', 'Maria', 'de la Cruz'],
    ['Liam Van Dyke', 'Liam', 'Van Dyke'],
    ['Anna', 'Anna', undefined],
    ['', undefined, undefined],
  ])('%s is split', (text, firstName, lastName) => {
    expect(splitName(text)).toEqual({ ...(firstName ? { firstName } : {}), ...(lastName ? { lastName } : {}) });
  });

  it('keeps every word but titles, suffixes and commas', () => {
    const word = fc.constantFrom('Anna', 'Berg', 'van', 'Lee', 'O’Neil', 'García');
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
        const { firstName = '', lastName = '' } = splitName(words.join(' '));
        expect([firstName, lastName].filter(Boolean).join(' ')).toBe(words.join(' '));
      }),
    );
  });
});

describe('a whole address', () => {
  const boston = { street: '1 Main St', city: 'Boston', region: 'MA', postalCode: '02138' };
  it.each<[string, object]>([
    ['1 Main St  Boston MA 02138 US', { ...boston, country: 'US' }],
    ['1 Main St\nBoston, MA 02138\nUS', { ...boston, country: 'US' }],
    ['1 Main St, Boston, MA 02138', boston],
    ['1 Main St, Boston, MA 02138, United States', { ...boston, country: 'United States' }],
    [
      '1 Main St  New York NY 10001-1234 US',
      { street: '1 Main St', city: 'New York', region: 'NY', postalCode: '10001-1234', country: 'US' },
    ],
    [
      'Ring 5, 01067 Dresden, Deutschland',
      { street: 'Ring 5', city: 'Dresden', postalCode: '01067', country: 'Deutschland' },
    ],
    ['10 Downing Street, London, SW1A 2AA', { street: '10 Downing Street', city: 'London', postalCode: 'SW1A 2AA' }],
    ['1 Main St, Boston, MA', { street: '1 Main St', city: 'Boston', region: 'MA' }],
    ['1 Main St', { street: '1 Main St' }],
    ['', {}],
  ])('%j is split', (text, fields) => {
    expect(splitAddress(text)).toEqual(fields);
  });

  it('reads any text without an error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 1000 }), (text) => {
        expect(Object.values(splitAddress(text)).every((value) => text.includes(value) || value.includes(' '))).toBe(
          true,
        );
      }),
    );
  });
});
