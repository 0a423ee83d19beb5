import type { FieldSql, Sql } from '../conditions/condition.ts';
import { GENDER_WORDS } from '../identity/gender.ts';
import { type Column, presentCount, type Traits } from '../models/table.ts';
import { isoDay } from './values/date.ts';
import type { TraitType } from './values/infer.ts';

/** What contact fields are read from, as contacts hold it; `''` is unknown. */
export interface FieldSource {
  city: string;
  region: string;
  postalCode: string;
  country: string;
  gender: string;
  /** `YYYY-MM-DD`; `--MM-DD` without a year. */
  birthDate: string;
}

/** A contact of whom none of them is known. */
export const NO_FIELDS: FieldSource = { city: '', region: '', postalCode: '', country: '', gender: '', birthDate: '' };

/**
 * An identity column that serves as a trait: it stands in the catalogue beside the account's own traits and is stored
 * once, in its column. `sql` and `of` say the same of every contact.
 */
export interface ContactField {
  name: string;
  type: 'number' | 'category';
  description: string;
  /** Of a row of `contacts`. @param day days since 1970-01-01, in UTC @param row prefix of its columns: `c.` */
  sql(day: number, row?: string): FieldSql;
  /** Of one contact: `NaN` or `''` when it is unknown. */
  of(contact: FieldSource, day: number): number | string;
}

const FULL_DATE = '^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$';
/** Nobody is older: a birth date that says so is a placeholder. */
const OLDEST = 130;

/** Whole years at the start of a day, in UTC. Somebody born on 29 February is a year older on 1 March. */
const age: ContactField = {
  name: 'Contact age',
  type: 'number',
  description: 'Whole years from the birth date to today (UTC). Unknown without a full birth date.',
  sql(day, row = '') {
    const today = isoDay(day);
    const date = `${row}birth_date`;
    const years = `(${Number(today.slice(0, 4))} - toInt32OrZero(substring(${date}, 1, 4)) - (substring(${date}, 6) > '${today.slice(5)}'))`;
    return {
      known: `(match(${date}, '${FULL_DATE}') AND ${years} BETWEEN 0 AND ${OLDEST})`,
      value: `toFloat64(${years})`,
    };
  },
  of({ birthDate }, day) {
    if (!new RegExp(FULL_DATE).test(birthDate)) return Number.NaN;
    const today = isoDay(day);
    const years =
      Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4)) - Number(birthDate.slice(5) > today.slice(5));
    return years >= 0 && years <= OLDEST ? years : Number.NaN;
  },
};

const WORDS = { m: 'male', f: 'female' } as const;
const GENDERS = new Map(
  [...GENDER_WORDS].flatMap(([word, code]) => [word, `${word}.`].map((written) => [written, WORDS[code]] as const)),
);

/** Files say `F`, `Mrs.`, `weiblich`: one value for all of them; what is none of these words stays as it is. */
const gender: ContactField = {
  name: 'Contact gender',
  type: 'category',
  description: 'The gender of the contact: female, male, or another word as the file has it.',
  sql(_day, row = '') {
    const column = `toString(${row}gender)`;
    const list = (words: Iterable<string>) => `[${[...words].map((word) => `'${word}'`).join(', ')}]`;
    return {
      known: `notEmpty(${row}gender)`,
      value: `transform(lowerUTF8(${column}), ${list(GENDERS.keys())}, ${list(GENDERS.values())}, ${column})`,
    };
  },
  of: (contact) => GENDERS.get(contact.gender.toLowerCase()) ?? contact.gender,
};

/** A text column as it is. Codes are categories: the mean of postal codes means nothing. */
const text = (name: string, column: string, field: keyof FieldSource, description: string): ContactField => ({
  name,
  type: 'category',
  description,
  sql: (_day, row = '') => ({ known: `notEmpty(${row}${column})`, value: `toString(${row}${column})` }),
  of: (contact) => contact[field],
});

/** Every contact field, in the order of the catalogue. An account's own trait of the same name hides the field. */
export const CONTACT_FIELDS: readonly ContactField[] = [
  age,
  gender,
  text('Contact city', 'city', 'city', 'The city of the postal address, as the file has it.'),
  text(
    'Contact region',
    'region',
    'region',
    'The state, province or region of the postal address, as the file has it.',
  ),
  text(
    'Contact postal code',
    'postal_code',
    'postalCode',
    'The postal code of the postal address. A place, not a quantity.',
  ),
  text('Contact country', 'country', 'country', 'The country as its ISO 3166-1 code of two letters.'),
];

/** The columns of `contacts` that fields are read from. */
export const FIELD_COLUMNS = 'city, region, postal_code, country, gender, birth_date';

/** The source of a contact field in the catalogue. */
export const FIELD_SOURCE = 'contact-field';

/** The fields that are in a catalogue, where no trait of the account hides them. */
export const fieldsIn = (catalogue: { name: string; source: string }[]): ContactField[] =>
  CONTACT_FIELDS.filter((field) =>
    catalogue.some(({ name, source }) => name === field.name && source === FIELD_SOURCE),
  );

/** Some fields in SQL on a day, by name. @param row prefix of their columns */
export const fieldSqls = (fields: readonly ContactField[], day: number, row = ''): Map<string, FieldSql> =>
  new Map(fields.map((field) => [field.name, field.sql(day, row)]));

/** Columns of a sample without the contact fields that nobody in it has: they would only be named as missing. */
export function withoutEmptyFields(columns: Column[], fields: readonly ContactField[]): Column[] {
  const names = new Set(fields.map(({ name }) => name));
  return columns.filter((column) => !names.has(column.trait) || presentCount(column) > 0);
}

/**
 * The select items `num` and `cat` of a row of `contacts`: its own traits and the given fields. Making maps costs several
 * times as much as reading them: statements over everyone read the fields' own SQL.
 */
export function traitMaps(fields: readonly ContactField[], day: number): string {
  return `${merged('num', 'Float64', ofType(fields, 'number'), day)}, ${merged('cat', 'String', ofType(fields, 'category'), day)}`;
}

const ofType = (fields: readonly ContactField[], type: ContactField['type']) =>
  fields.filter((field) => field.type === type);

/**
 * The select items `number_names`, `numbers`, `text_names` and `texts` of a row of `contacts`: lists of its own traits and
 * of the given fields, with NaN and '' for those it lacks.
 */
export function traitLists(fields: readonly ContactField[], day: number): string {
  const names = (type: ContactField['type']) => ofType(fields, type).map(({ name }) => `'${name}'`);
  const numbers = ofType(fields, 'number').map((field) => field.sql(day));
  const texts = ofType(fields, 'category').map((field) => field.sql(day).value);
  return [
    joined('mapKeys(num)', 'String', names('number'), 'number_names'),
    joined(
      'mapValues(num)',
      'Float64',
      numbers.map(({ known, value }) => `if(${known}, ${value}, nan)`),
      'numbers',
    ),
    joined('mapKeys(cat)', 'String', names('category'), 'text_names'),
    joined('mapValues(cat)', 'String', texts, 'texts'),
  ].join(', ');
}

/**
 * The select items `n` and `c` of a row with the maps `num` and `cat`: the values of numeric traits and of categories, each
 * in their order, NaN and '' where they are missing. A function over a list of names would copy the whole map for each.
 */
export function valueLists(traits: readonly { name: string; type: TraitType }[]): Sql {
  const params: Record<string, string> = {};
  const list = (chosen: typeof traits, read: (name: string) => string, type: string) => {
    const values = chosen.map(({ name }) => {
      const param = `value_${Object.keys(params).length}`;
      params[param] = name;
      return read(`{${param}:String}`);
    });
    return `[${values.join(', ')}]::Array(${type})`;
  };
  const isCategory = ({ type }: { type: TraitType }) => type === 'category';
  const numbers = traits.filter((trait) => !isCategory(trait));
  const n = list(numbers, (name) => `if(mapContains(num, ${name}), num[${name}], nan)`, 'Float64');
  const c = list(traits.filter(isCategory), (name) => `toString(cat[${name}])`, 'String');
  return { sql: `${n} AS n, ${c} AS c`, params };
}

const joined = (own: string, type: string, more: string[], as: string): string =>
  `${more.length === 0 ? own : `arrayConcat(CAST(${own}, 'Array(${type})'), [${more.join(', ')}])`} AS ${as}`;

function merged(map: 'num' | 'cat', type: string, fields: ContactField[], day: number): string {
  if (fields.length === 0) return map;
  const sqls = fields.map((field) => ({ name: field.name, ...field.sql(day) }));
  const list = (items: string[]) => `[${items.join(', ')}]`;
  const names = list(sqls.map(({ name, known }) => `if(${known}, '${name}', '')`));
  const values = list(sqls.map(({ value }) => value));
  return `mapUpdate(${map}, mapFilter((k, v) -> k != '', CAST((${names}, ${values}), 'Map(LowCardinality(String), ${type})'))) AS ${map}`;
}

/** The fields of one contact as traits. */
export function fieldTraits(fields: readonly ContactField[], contact: FieldSource, day: number): Traits {
  const traits: Traits = { num: {}, cat: {} };
  for (const field of fields) {
    const value = field.of(contact, day);
    if (typeof value === 'string') {
      if (value !== '') traits.cat[field.name] = value;
    } else if (!Number.isNaN(value)) traits.num[field.name] = value;
  }
  return traits;
}
