import type { Member, Segment } from '../connectors/destination.ts';
import { layoutOf } from '../connectors/files/columns.ts';
import { encoder } from '../connectors/files/encode.ts';
import { PRESET_NAMES, type PresetName } from '../connectors/files/profile.ts';
import { IDENTIFIERS } from '../connectors/match-keys.ts';
import { checkMapping } from '../src/contacts/mapping/check.ts';
import { suggestMapping } from '../src/contacts/mapping/suggest.ts';

/** Files that Reach delivers, read by Reach again. */

const SEGMENT: Segment = {
  key: 'p_loyal',
  name: 'Spring · Loyal',
  description: '',
  brief: {
    personaKey: 'p_loyal',
    personaName: 'Loyal Families',
    summary: 'Long tenure.',
    color: '#123456',
    size: 10,
    share: 0.5,
    salientTraits: [],
    offer: 'Free month',
    creativeIds: ['cre_1'],
  },
};

const member = (n: number): Member => ({
  contactId: `c${n}`,
  identity: {
    id: `c${n}`,
    emails: [`ada${n}@example.com`, `ada.${n}@example.org`],
    phones: [`+1650253${1000 + n}`],
    mobileAdIds: [`aece52e7-03ee-455a-b3c4-e5728396623${n}`],
    externalIds: [`x-${n}`],
    firstName: ['Ada', 'Bea', 'Cleo'][n],
    lastName: ['Berg', 'Koch', 'Lang'][n],
    street: `${n} High Street`,
    city: 'Boston',
    region: 'MA',
    postalCode: `0213${n}`,
    country: 'US',
    gender: 'f',
    birthDate: `1984-03-0${n + 1}`,
  },
  attributes: { tenure: 40 + n, member: n % 2 === 0 },
});

/** What the suggested mapping makes of a preset's file: the roles of its columns, by their names. */
function rolesOf(preset: PresetName, representation: 'plain' | 'hashed') {
  const context = {
    options: { preset, representation },
    representation,
    matchKeys: Object.keys(IDENTIFIERS),
    attributes: ['tenure', 'member'],
    defaultCountry: 'US',
    segment: SEGMENT,
  };
  const headers = layoutOf(context).columns.map(({ header }) => header);
  // a header that a template repeats is numbered when the file is read
  const columns = headers.map((name, i) => {
    const before = headers.slice(0, i).filter((other) => other === name).length;
    return before > 0 ? `${name}_${before + 1}` : name;
  });
  const encode = encoder(context);
  const sample = [0, 1, 2].map((n) => ({ line: n + 2, cells: encode(member(n)).wire as string[] }));
  const format = { format: 'csv' as const, encoding: 'utf-8', columns, notices: [] };
  const found = suggestMapping({ format, sample });
  if (found.mapping) expect(checkMapping(found.mapping, format)).toEqual([]);
  return {
    key: found.mapping?.key,
    roles: Object.fromEntries(found.columns.map(({ name, suggestion }) => [name, suggestion.as])),
  };
}

const PERSONAL = {
  first_name: 'firstName',
  last_name: 'lastName',
  street: 'street',
  city: 'city',
  region: 'region',
  postal_code: 'postalCode',
  country: 'country',
};
const OF_SEGMENT = { persona_key: 'ignore', persona_name: 'ignore' };
const ATTRIBUTES = { tenure: 'trait', member: 'trait' };

const EXPECTED: Record<PresetName, { key: object | undefined; roles: Record<string, string> }> = {
  generic: {
    key: { column: 'external_id' },
    roles: {
      email: 'email',
      phone: 'phone',
      ...PERSONAL,
      gender: 'gender',
      birth_date: 'birthDate',
      mobile_ad_id: 'mobileAdId',
      external_id: 'externalId',
      ...OF_SEGMENT,
      ...ATTRIBUTES,
    },
  },
  liveramp: {
    key: { field: 'email' },
    roles: {
      FIRSTNAME: 'firstName',
      LASTNAME: 'lastName',
      ADDRESS1: 'street',
      CITY: 'city',
      STATE: 'region',
      ZIP: 'postalCode',
      EMAIL1: 'email',
      EMAIL2: 'email',
      EMAIL3: 'email',
      PHONE1: 'phone',
      PHONE2: 'phone',
      PHONE3: 'phone',
      PERSONA: 'ignore',
      TENURE: 'trait',
      MEMBER: 'trait',
    },
  },
  'mail-house': {
    key: undefined,
    roles: { ...PERSONAL, ...OF_SEGMENT, ...ATTRIBUTES, persona_offer: 'ignore', persona_creatives: 'ignore' },
  },
  'meta-csv': {
    key: { column: 'uid' },
    roles: {
      email: 'email',
      email_2: 'email',
      email_3: 'email',
      phone: 'phone',
      phone_2: 'phone',
      phone_3: 'phone',
      fn: 'firstName',
      ln: 'lastName',
      ct: 'city',
      st: 'region',
      zip: 'postalCode',
      country: 'country',
      dob: 'birthDate',
      gen: 'gender',
      madid: 'mobileAdId',
      uid: 'externalId',
    },
  },
  'google-csv': {
    key: { field: 'email' },
    roles: {
      Email: 'email',
      Email_2: 'email',
      Phone: 'phone',
      Phone_2: 'phone',
      'First Name': 'firstName',
      'Last Name': 'lastName',
      Country: 'country',
      Zip: 'postalCode',
    },
  },
};

describe('a file that Reach wrote', () => {
  it.each(PRESET_NAMES)('by the preset %s is read with the same roles', (preset) => {
    expect(rolesOf(preset, 'plain')).toEqual(EXPECTED[preset]);
  });

  it.each(['generic', 'google-csv'] as const)('by the preset %s in digests is read with the same roles', (preset) => {
    expect(rolesOf(preset, 'hashed').roles).toEqual(EXPECTED[preset].roles);
  });
});
