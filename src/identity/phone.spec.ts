import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import examples from 'libphonenumber-js/examples.mobile.json';
import parsePhoneNumber, { type CountryCode, getCountries, getExampleNumber } from 'libphonenumber-js/max';
import { isValidE164, nationalE164 } from './e164.ts';
import { type PhoneValidation, Rejection } from './normaliser.ts';
import { phone, phoneDigits } from './phone.ts';

const read = (text: string, country?: string, phoneValidation: PhoneValidation = 'valid') => {
  const outcome = phone(text, { country, phoneValidation });
  return outcome instanceof Rejection ? `!${outcome.reason}` : outcome;
};

describe('phone', () => {
  it.each<[text: string, country: string | undefined, wanted: string]>([
    ['+16502530000', undefined, '+16502530000'],
    ['+1 (650) 253-0000', undefined, '+16502530000'],
    ['(650) 253-0000', 'US', '+16502530000'],
    ['1 650 253 0000', 'US', '+16502530000'],
    ['650-253-0000 ext. 12', 'US', '+16502530000'],
    ['Phone: 650.253.0000', 'US', '+16502530000'],
    ['16502530000.0', 'US', '+16502530000'],
    ['020 7946 0018', 'GB', '+442079460018'],
    ['+44 (0)20 7946 0018', 'US', '+442079460018'],
    ['011 44 20 7946 0018', 'US', '+442079460018'],
    ['0044 20 7946 0018', 'DE', '+442079460018'],
    ['06 6981 2345', 'IT', '+390669812345'],
    ['8 (495) 123-45-67', 'RU', '+74951234567'],
    ['06 1 234 5678', 'HU', '+3612345678'],
    ['011 15-2345-6789', 'AR', '+5491123456789'],
    ['(0xx) 1123456789', 'AR', '+541123456789'],
    // The many ways in which a plus is lost or doubled.
    ['＋４４ ２０ ７９４６ ００１８', undefined, '+442079460018'],
    ['++44 20 7946 0018', undefined, '+442079460018'],
    ['+0044 20 7946 0018', undefined, '+442079460018'],
    ['+ 00 44 20 7946 0018', undefined, '+442079460018'],
    ['0044 20 7946 0018', undefined, '+442079460018'],
    ['442079460018', undefined, '+442079460018'],
    ['442079460018', 'US', '+442079460018'],
    ['tel:+44-20-7946-0018', undefined, '+442079460018'],
    [' TEL:020-7946-0018;ext=9;phone-context=+44', 'US', '+442079460018'],
    ['tel:020-7946-0018;phone-context=example.com', 'GB', '+442079460018'],
    ['٠١٠ ٠١٢٣ ٤٥٦٧', 'EG', '+201001234567'],
    // No country, no guess.
    ['020 7946 0018', undefined, '!phone_no_region'],
    ['(415) 555-2671', undefined, '!phone_no_region'],
    ['4155552671', undefined, '!phone_no_region'],
    ['020 7946 0018', 'AQ', '!phone_no_region'],
    // Not numbers.
    ['+1 555 123 4567', undefined, '!phone_invalid'],
    ['(555) 123-4567', 'US', '!phone_invalid'],
    ['6666666666', 'US', '!phone_invalid'],
    ['+0000000000', undefined, '!phone_invalid'],
    ['+', undefined, '!phone_invalid'],
    ['1.65025E+10', 'US', '!phone_rounded'],
    ['4,91512E+12', 'DE', '!phone_rounded'],
    ['49 (0)30 901820', 'DE', '+4930901820'],
    ['49 (0)30 901820', 'US', '+4930901820'],
    ['43 (0)1 5131234', 'DE', '+4315131234'],
    ['49 (0)30 901820', undefined, '+4930901820'],
    ['49 030 901820', 'DE', '+4930901820'],
    ['49-0151-23456789', 'DE', '+4915123456789'],
    ['4915123456789', 'DE', '+4915123456789'],
    ['4921 123456', 'DE', '+494921123456'],
    ['39 06 6981 2345', 'IT', '+390669812345'],
    ['49 (0)30 901820 ext. 12', 'DE', '+4930901820'],
    ['1-800-FLOWERS', 'US', '!phone_invalid'],
    ['9'.repeat(40), 'US', '!phone_invalid'],
    ['', 'US', '!phone_invalid'],
  ])('%j in %s → %s', (text, country, wanted) => expect(read(text, country)).toBe(wanted));

  it.each<[PhoneValidation, string, string | undefined, string]>([
    ['possible', '(555) 123-4567', 'US', '+15551234567'],
    ['possible', '+1 555 123 4567', undefined, '+15551234567'],
    ['possible', '123', 'US', '!phone_invalid'],
    ['possible', '(555) 123-4567', undefined, '!phone_no_region'],
    ['digits', '(555) 123-4567', undefined, '+5551234567'],
    ['digits', '(555) 123-4567', 'US', '+15551234567'],
    ['digits', '00555123', undefined, '+555123'],
    ['digits', '0000', undefined, '!phone_invalid'],
    ['digits', 'none', 'US', '!phone_invalid'],
  ])('%s: %j in %s → %s', (validation, text, country, wanted) => expect(read(text, country, validation)).toBe(wanted));

  it('never writes a plus on Facebook', () => {
    expect(phoneDigits('+44 20 7946 0018', { phoneValidation: 'valid' })).toBe('442079460018');
    expect(phoneDigits('none', { phoneValidation: 'valid' })).toBeInstanceOf(Rejection);
  });
});

describe('the short cuts', () => {
  const numbers = getCountries().flatMap((country) => getExampleNumber(country, examples) ?? []);
  /** An example number with up to three digits changed, so that about half are no longer valid. */
  const nearby = fc
    .tuple(fc.constantFrom(...numbers), fc.array(fc.tuple(fc.nat(20), fc.nat(9)), { maxLength: 3 }))
    .map(([number, changes]) => ({
      country: number.country as CountryCode,
      callingCode: number.countryCallingCode,
      digits: changes.reduce(
        (text, [at, digit]) => (at < text.length ? text.slice(0, at) + digit + text.slice(at + 1) : text),
        String(number.nationalNumber),
      ),
    }));

  it('judge E.164 as the library does, in every country', () => {
    for (const { number } of numbers) expect([number, isValidE164(number)]).toEqual([number, true]);
    fc.assert(
      fc.property(nearby, ({ callingCode, digits }) => {
        const text = `+${callingCode}${digits}`;
        const parsed = parsePhoneNumber(text);
        expect([text, isValidE164(text)]).toEqual([text, parsed?.isValid() === true && parsed.number === text]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('read a national number as the library does, or leave it to the library', () => {
    fc.assert(
      fc.property(nearby, fc.constantFrom('', '0', '1', '00'), ({ country, digits }, before) => {
        const text = before + digits;
        const short = nationalE164(text, country);
        const parsed = parsePhoneNumber(text, country);
        if (short) expect([text, country, short]).toEqual([text, country, parsed?.isValid() && parsed.number]);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(['+', '+0', '+999123456789', '+80012345678x', '6502530000', '+1650253000', ''])('do not know %j', (text) =>
    expect(isValidE164(text)).toBe(false),
  );
});
