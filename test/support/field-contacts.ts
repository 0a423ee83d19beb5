import fc from 'fast-check';
import { CONTACT_FIELDS, type FieldSource, fieldTraits } from '../../src/contacts/contact-fields.ts';
import type { Traits } from '../../src/models/table.ts';

const place = fc.constantFrom('', 'Berlin', "l'état", '\\', 'É');

/** People whose contact fields are known, half known or unknown, with birthdays around a day. */
export const fieldSource = (day: number): fc.Arbitrary<FieldSource> =>
  fc.record({
    city: place,
    region: place,
    postalCode: fc.constantFrom('', '02138', '2138', 'W1'),
    country: fc.constantFrom('', 'DE', 'US'),
    gender: fc.constantFrom('', 'f', 'Female', 'Mr.', 'WEIBLICH', 'divers', "it's"),
    birthDate: fc.oneof(
      fc
        .tuple(fc.integer({ min: 0, max: 131 }), fc.integer({ min: -2, max: 2 }))
        .map(([years, days]) =>
          new Date((day - Math.round(years * 365.2425) + days) * 86_400_000).toISOString().slice(0, 10),
        ),
      fc.constantFrom('', '--03-31', '1990', '0000-00-00', 'é990-03-31', '9999-12-31'),
    ),
  });

/** Columns of `contacts` as the warehouse takes them. */
export const fieldColumns = ({ city, region, postalCode, country, gender, birthDate }: FieldSource) => ({
  city,
  region,
  postal_code: postalCode,
  country,
  gender,
  birth_date: birthDate,
});

/** A contact's own traits with its contact fields, as JavaScript reads them. */
export function withFieldTraits(own: Traits, source: FieldSource, day: number): Traits {
  const { num, cat } = fieldTraits(CONTACT_FIELDS, source, day);
  return { num: { ...own.num, ...num }, cat: { ...own.cat, ...cat } };
}

/** Names of contact fields of a type, for traits of models. */
export const fieldNames = (type: 'number' | 'category'): string[] =>
  CONTACT_FIELDS.filter((field) => field.type === type).map(({ name }) => name);
