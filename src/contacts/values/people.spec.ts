import { Rejection } from '../../identity/normaliser.ts';
import { readEmail } from './email.ts';
import { fullName } from './full-name.ts';
import { genderLetters, readGender } from './gender.ts';
import { oneCellAddress } from './one-cell-address.ts';
import { readPostalCode } from './postal-code.ts';
import { splitMany } from './several.ts';

describe('e-mails', () => {
  it.each([
    ['Anna Berg <Anna@Example.com>', 'anna@example.com'],
    ['"Berg, Anna" <anna@example.com>', 'anna@example.com'],
    ['<anna@example.com>', 'anna@example.com'],
    ['"anna@example.com"', 'anna@example.com'],
    ['mailto:anna@example.com?subject=x', 'anna@example.com'],
    ['anna@example.com.', 'anna@example.com'],
    ['anna@example.com;', 'anna@example.com'],
    ['anna@müller.example', 'anna@xn--mller-kva.example'],
    ['ivy+news@example.com', 'ivy+news@example.com'],
  ])('%s is %s', (text, address) => expect(readEmail(text)).toBe(address));

  it.each([
    ['änne@example.com', 'email_not_ascii'],
    ['a b@example.com', 'email_syntax'],
    ['foo()@bar.com', 'email_syntax'],
    ['a@b', 'email_syntax'],
    ['', 'email_syntax'],
  ])('%j is refused as %s', (text, reason) => expect(readEmail(text)).toEqual(new Rejection(reason)));
});

describe('several values in a cell', () => {
  it.each([
    ['email', 'a@x.co; b@x.co', ['a@x.co', 'b@x.co']],
    ['email', 'a@x.co ::: b@x.co', ['a@x.co', 'b@x.co']],
    ['email', 'a@x.co/b@x.co', ['a@x.co', 'b@x.co']],
    ['email', 'a@x.co\u001fb@x.co', ['a@x.co', 'b@x.co']],
    ['email', '"Berg, Anna" <a@x.co>, Bob <b@x.co>', ['a@x.co', 'b@x.co']],
    ['email', 'a@x.co; n/a', ['a@x.co']],
    ['phone', '+1 650 253 0000, +1 650 253 0001', ['+1 650 253 0000', '+1 650 253 0001']],
    ['phone', '+49 30 901820 / +49 30 901821', ['+49 30 901820', '+49 30 901821']],
    ['phone', '030/901820-12', ['030/901820-12']],
    ['phone', '+1-650-253-0000, ext. 55', ['+1-650-253-0000, ext. 55']],
  ] as const)('%s %j is %j', (kind, cell, parts) => expect(splitMany(kind, cell)).toEqual(parts));
});

describe('full names', () => {
  it.each([
    ['Anna Berg', 'Anna', 'Berg'],
    ['Berg, Anna', 'Anna', 'Berg'],
    ['Anna Maria Berg', 'Anna Maria', 'Berg'],
    ['van der Berg, Jan', 'Jan', 'van der Berg'],
    ['Jan van der Berg', 'Jan', 'van der Berg'],
    ['Maria de la Cruz', 'Maria', 'de la Cruz'],
    ['Ahmed al-Rashid', 'Ahmed', 'al-Rashid'],
    ['Herr Prof. Dr. Bernd Köhler', 'Bernd', 'Köhler'],
    ['Frau Müller', undefined, 'Müller'],
    ['John Berg, Jr.', 'John', 'Berg'],
    ['Berg, Jr., John', 'John', 'Berg'],
    ['Berg, Jr.', undefined, 'Berg'],
    ['Don Draper', 'Don', 'Draper'],
    ['Van Morrison', 'Van', 'Morrison'],
    ['李明', '李明', undefined],
    ['Anna', 'Anna', undefined],
    ['', undefined, undefined],
  ])('%s is %s, %s', (text, firstName, lastName) => expect(fullName(text)).toEqual({ firstName, lastName }));

  it('are read last name first when the file says so', () => {
    expect(fullName('von der Leyen Ursula', 'last-first')).toEqual({ firstName: 'Ursula', lastName: 'von der Leyen' });
  });
});

describe('addresses in one cell', () => {
  it.each([
    '1 Main St  Springfield IL 62701 US',
    '1 Main St  Springfield  IL  62701  US',
    '1 Main St\nSpringfield, IL 62701\nUnited States',
  ])('%j is split into all parts', (text) =>
    expect(oneCellAddress(text)).toEqual({
      street: '1 Main St',
      city: 'Springfield',
      region: 'IL',
      postalCode: '62701',
      country: 'US',
    }),
  );

  it.each(['Hauptstr. 5', '1 Main St, Springfield', 'a  b', ''])('%j is not split', (text) =>
    expect(oneCellAddress(text)).toBeUndefined(),
  );
});

it('restores the leading zeros of a postal code when country and length prove them', () => {
  expect(['US', 'DE', 'AT', undefined].map((country) => readPostalCode('2138', country).code)).toEqual([
    '02138',
    '02138',
    '2138',
    '2138',
  ]);
  expect(readPostalCode('2138-1234', 'US')).toEqual({ code: '02138-1234', isRepaired: true });
  expect(readPostalCode('94043.0', 'US')).toEqual({ code: '94043', isRepaired: false });
});

it('reads genders from words and forms of address, and single letters by their column', () => {
  expect(['Frau Dr.', 'Mme', 'w', 'Herr', 'd', 'H'].map((text) => readGender(text))).toEqual([
    'f',
    'f',
    'f',
    'm',
    'd',
    'H',
  ]);
  const letters = genderLetters(['H', 'M', 'M']);
  expect(['H', 'M'].map((text) => readGender(text, letters))).toEqual(['m', 'f']);
  expect(genderLetters(['M', 'F'])).toEqual({});
});
