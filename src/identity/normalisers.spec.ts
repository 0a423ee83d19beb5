import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as address from './address.ts';
import { birthDay, birthMonth, birthYear, dayPart, monthPart, yearPart } from './birth-date.ts';
import { countryCode } from './countries.ts';
import { email, googleEmail } from './email.ts';
import { gender } from './gender.ts';
import { externalId, mobileAdId } from './ids.ts';
import { familyName, givenName, initial, joinedName } from './names.ts';
import { type FieldContext, type Normaliser, Rejection } from './normaliser.ts';
import { phone, phoneDigits } from './phone.ts';

const within = (country?: string): FieldContext => ({ country, phoneValidation: 'valid' });
/** The text, or `!reason`, or undefined. */
const show = (outcome: ReturnType<Normaliser>) => (outcome instanceof Rejection ? `!${outcome.reason}` : outcome);
const ACUTE = '\u0301';

function table(normalise: Normaliser, rows: [input: string, wanted: string | undefined, country?: string][]): void {
  for (const [input, wanted, country] of rows)
    it(`${JSON.stringify(input)} ${country ?? ''} → ${wanted}`, () => {
      expect(show(normalise(input, within(country)))).toBe(wanted);
    });
}

describe('email', () =>
  table(email, [
    [' Ana.Silva+News@Example.COM\n', 'ana.silva+news@example.com'],
    ['a.b.c@gmail.com', 'a.b.c@gmail.com'],
    ["o'neil!#$%&*+/=?^_`{|}~-@sub.example.co.uk", "o'neil!#$%&*+/=?^_`{|}~-@sub.example.co.uk"],
    ['x@y.z', 'x@y.z'],
    ['x@1-2.example', 'x@1-2.example'],
    ['', '!email_syntax'],
    ['ana', '!email_syntax'],
    ['ana@example', '!email_syntax'],
    ['@example.com', '!email_syntax'],
    ['ana@@example.com', '!email_syntax'],
    ['ana@b@example.com', '!email_syntax'],
    ['.ana@example.com', '!email_syntax'],
    ['ana.@example.com', '!email_syntax'],
    ['a..b@example.com', '!email_syntax'],
    ['an a@example.com', '!email_syntax'],
    ['ana@exam ple.com', '!email_syntax'],
    ['ana@-example.com', '!email_syntax'],
    ['ana@example..com', '!email_syntax'],
    ['ana(x)@example.com', '!email_syntax'],
    ['Ana <ana@example.com>', '!email_syntax'],
    ['ana@example.com,bo@example.com', '!email_syntax'],
    [`${'a'.repeat(400)}@example.com`, '!email_syntax'],
  ]));

describe('googleEmail', () =>
  table(googleEmail, [
    ['cloudySanFrancisco@GMAIL.com', 'cloudysanfrancisco@gmail.com'],
    ['cloudy.sanfrancisco+shopping@gmail.com', 'cloudysanfrancisco@gmail.com'],
    ['a.b.c+d.e+f@googlemail.com', 'abc@googlemail.com'],
    ['a.b+c@example.com', 'a.b+c@example.com'],
    ['a.b+c@hotmail.com', 'a.b+c@hotmail.com'],
    ['a.b+c@mail.gmail.com', 'a.b+c@mail.gmail.com'],
    ['+only@gmail.com', '!email_syntax'],
    ['not an address', '!email_syntax'],
  ]));

describe('joinedName', () =>
  table(joinedName, [
    ['Ana', 'ana'],
    ["  O'Neil-Da Silva Jr. ", 'oneildasilvajr'],
    ['José', 'josé'],
    [`Jose${ACUTE}`, 'josé'],
    ['ŁUKASZ', 'łukasz'],
    ['李 明', '李明'],
    ['山田・太郎', '山田太郎'],
    ['D’Arcy—Smith', 'darcysmith'],
    ['$M+a=r|y~', 'mary'],
    ['Zoë 2', 'zoë2'],
    ['—“”', '!empty'],
    ['', '!empty'],
  ]));

describe('initial', () =>
  table(initial, [
    ['Ana', 'a'],
    ['  élodie', 'é'],
    ["'Ben", 'b'],
    ['7of9', 'o'],
    ['𐐀x', '𐐨'],
    ['123', undefined],
    ['--', '!empty'],
  ]));

describe('givenName', () =>
  table(givenName, [
    ['  Ana   Maria ', 'ana maria'],
    ["Mary-Jane O'X", "mary-jane o'x"],
    ['Dr. Mr. Ana', 'ana'],
    ['Ana Dr.', 'ana'],
    ['Mr Ana', 'mr ana'],
    ['Drew', 'drew'],
    ['Mrs.', '!empty'],
    ['--', '!empty'],
  ]));

describe('familyName', () =>
  table(familyName, [
    ['Silva', 'silva'],
    [' Silva,Jr.  ', 'silva'],
    ['Silva Jr. III', 'silva'],
    ['Silva, PhD, MD', 'silva'],
    ['da  Silva', 'da silva'],
    ['Md', 'md'],
    ['Junior', 'junior'],
    ['Smith-Jones', 'smith-jones'],
  ]));

describe('gender', () =>
  table(gender, [
    ['F', 'f'],
    [' Male ', 'm'],
    ['Mr.', 'm'],
    ['Woman', 'f'],
    ['Ma\u0308nnlich', 'm'],
    ['x', '!gender_unknown'],
    ['unknown', '!gender_unknown'],
    ['1', '!gender_unknown'],
    ['', '!gender_unknown'],
  ]));

describe('parts of a birth date', () => {
  it.each([
    ['1990-05-01', '1990', '05', '01'],
    [' 1990-5-1 ', '1990', '05', '01'],
    ['1990/12/31', '1990', '12', '31'],
    ['1990.12.31', '1990', '12', '31'],
    ['19901231', '1990', '12', '31'],
    ['1990-12-31T23:59:59Z', '1990', '12', '31'],
    ['1990-12-31 00:00', '1990', '12', '31'],
    ['1990', '1990', undefined, undefined],
    ['1990-07', '1990', '07', undefined],
    ['--07-04', undefined, '07', '04'],
    ['1990-13-32', '1990', '!birth_month_range', '!birth_day_range'],
    ['1990-00-00', '1990', '!birth_month_range', '!birth_day_range'],
    ['0990-01-01', '!birth_year_range', '01', '01'],
    ['1990-January-01', '1990', '!birth_month_range', '01'],
    ['31/12/1990', '!birth_date_format', '!birth_date_format', '!birth_date_format'],
    ['90-12-31', '!birth_date_format', '!birth_date_format', '!birth_date_format'],
    ['yesterday', '!birth_date_format', '!birth_date_format', '!birth_date_format'],
  ])('%j → %s %s %s', (date, year, month, day) => {
    expect([birthYear(date), birthMonth(date), birthDay(date)].map(show)).toEqual([year, month, day]);
  });

  it('are checked one by one', () => {
    expect(['1990', ' 1990 ', '999', '19900', 'x'].map((text) => show(yearPart(text)))).toEqual([
      '1990',
      '1990',
      '!birth_year_range',
      '!birth_year_range',
      '!birth_year_range',
    ]);
    expect(['1', '09', '12', '13', '1.5', '-1', ''].map((text) => show(monthPart(text)))).toEqual([
      '01',
      '09',
      '12',
      ...Array(4).fill('!birth_month_range'),
    ]);
    expect(['1', '31', '32', '0', 'x'].map((text) => show(dayPart(text)))).toEqual([
      '01',
      '31',
      ...Array(3).fill('!birth_day_range'),
    ]);
  });
});

describe('joinedCity', () =>
  table(address.joinedCity, [
    ['St. John’s', 'stjohns'],
    ['San José', 'sanjos'],
    [`San Jose${ACUTE}`, 'sanjos'],
    ['Paris 16', 'paris'],
    ['Москва', '!empty'],
    ['12345', '!empty'],
  ]));

describe('joinedRegion', () =>
  table(address.joinedRegion, [
    ['CA', 'ca'],
    ['California', 'ca'],
    [' new-york ', 'ny'],
    ['West Virginia', 'wv'],
    ['State of Kansas', 'ks'],
    ['Arkansas, USA', 'ar'],
    ['Washington, D.C.', 'dc'],
    ['Puerto Rico', 'pr'],
    ['Québec', 'qc'],
    ['British Columbia', 'bc', 'CA'],
    ['Georgia', 'ga', 'US'],
    ['Georgia', 'georgia', 'CA'],
    ['Florida', 'florida', 'UY'],
    ['NSW', 'nsw', 'AU'],
    ['New South Wales', 'newsouthwales'],
    ['Bavaria', 'bavaria'],
    ['***', '!empty'],
  ]));

describe('shortPostalCode', () =>
  table(address.shortPostalCode, [
    ['94105', '94105'],
    [' 94105-1234 ', '94105'],
    ['941051234', '94105', 'US'],
    ['941051234', '941051234'],
    ['K1A 0B1', 'k1a0b1'],
    ['SW1A 1AA', 'sw1a1aa'],
    ['SW1A 1AA', 'sw1a1', 'GB'],
    ['M1 1AE', 'm11', 'GB'],
    ['M1 1', 'm11', 'GB'],
    ['-94105', '!postal_code_syntax'],
    ['9', '!postal_code_syntax'],
    ['', '!empty'],
  ]));

describe('plainPostalCode', () =>
  table(address.plainPostalCode, [
    [' 94105-1234 ', '94105-1234'],
    ['SW1A 1AA', 'SW1A 1AA'],
    ['n/a', '!postal_code_syntax'],
    ['--', '!postal_code_syntax'],
    ['94105; DROP', '!postal_code_syntax'],
    ['', '!postal_code_syntax'],
  ]));

describe('countries', () => {
  table(address.smallCountry, [
    ['PT', 'pt'],
    [' u.s. ', 'us'],
    ['USA', 'us'],
    ['Great Britain', 'gb'],
    ['uk', 'gb'],
    ['Côte d’Ivoire', 'ci'],
    ['Trinidad and Tobago', 'tt'],
    ['Deutschland', 'de'],
    ['zz', '!country_unknown'],
    ['Narnia', '!country_unknown'],
    ['', '!country_unknown'],
  ]);
  table(address.capitalCountry, [
    [' pt ', 'PT'],
    ['uk', 'GB'],
    ['usa', '!country_unknown'],
    ['Portugal', '!country_unknown'],
    ['zz', '!country_unknown'],
    ['u2', '!country_unknown'],
  ]);

  it.each([
    ['Österreich', 'AT'],
    ['Oesterreich', 'AT'],
    ['Schweiz', 'CH'],
    ['Allemagne', 'DE'],
    ['Estados Unidos', 'US'],
    ['Sverige', 'SE'],
    ['Lotwa', 'LV'],
    ['日本', 'JP'],
    ['Россия', 'RU'],
    ['Germany (DE)', 'DE'],
    ['DE - Germany', 'DE'],
    ['Korea, Republic of', 'KR'],
    ['The Bahamas', 'BS'],
    ['DEU', 'DE'],
    ['D', 'DE'],
    ['NA', 'NA'],
  ])('reads %s as %s', (text, code) => expect(countryCode(text)).toBe(code));

  it.each(['N/A', 'n.a.', 'N.A.', '#N/A', 'Germany/Austria', 'Austria (DE)', 'Kongo', 'd', 'EU', 'constructor'])(
    'takes %s for no country',
    (text) => expect(countryCode(text)).toBeUndefined(),
  );

  it('knows every English name that the runtime knows', () => {
    const names = new Intl.DisplayNames(['en'], { type: 'region' });
    for (const code of ['US', 'KR', 'CZ', 'BO', 'VN', 'AG', 'MK', 'XK'])
      expect(countryCode(names.of(code) ?? '')).toBe(code);
  });
});

describe('ids', () => {
  table(mobileAdId, [
    [' AB12CD34-0000-4000-8000-00000000BEEF ', 'ab12cd34-0000-4000-8000-00000000beef'],
    ['ab12cd3400004000800000000000beef', 'ab12cd3400004000800000000000beef'],
    ['00000000-0000-0000-0000-000000000000', '!mobile_ad_id_zero'],
    ['a'.repeat(64), '!digest_unusable'],
    ['not an id', '!mobile_ad_id_syntax'],
  ]);
  table(externalId, [
    [' Customer-17 ', 'Customer-17'],
    ['0123456789ABCDEF0123456789ABCDEF', '0123456789ABCDEF0123456789ABCDEF'],
    ['  ', '!empty'],
  ]);
});

describe('streetLine', () =>
  table(address.streetLine, [
    [' 1  Main\tSt ', '1 Main St'],
    ['', '!empty'],
  ]));

describe('every normaliser', () => {
  const normalisers: Record<string, Normaliser> = {
    email,
    googleEmail,
    phone,
    joinedName,
    initial,
    givenName,
    familyName,
    gender,
    yearPart,
    monthPart,
    dayPart,
    joinedCity: address.joinedCity,
    joinedRegion: address.joinedRegion,
    shortPostalCode: address.shortPostalCode,
    plainPostalCode: address.plainPostalCode,
    smallCountry: address.smallCountry,
    capitalCountry: address.capitalCountry,
    streetLine: address.streetLine,
    mobileAdId,
    externalId,
  };
  const words = fc.constantFrom(
    'Ana',
    'Mr.',
    'Jr.',
    ',',
    "O'",
    '-',
    ' ',
    '.',
    'É',
    'İ',
    'ß',
    ACUTE,
    '😀',
    '+',
    '@gmail.com',
    '94105',
    'ΑΣ',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.emailAddress(),
    fc.array(words).map((parts) => parts.join('')),
  );

  it.each(Object.entries(normalisers))('%s gives its own output back unchanged, and never nothing', (_, normalise) => {
    fc.assert(
      fc.property(text, fc.constantFrom(undefined, 'US', 'GB', 'IT'), (input, country) => {
        const once = normalise(input, within(country));
        if (typeof once !== 'string') return;
        expect(once).not.toBe('');
        expect(normalise(once, within(country))).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('phoneDigits is the E.164 number without its plus', () => {
    expect(phoneDigits('(650) 253-0000', within('US'))).toBe('16502530000');
  });
});
