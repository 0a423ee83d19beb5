import { type Column, holds, withMeaning } from './column.ts';
import { ADDRESS_KINDS, type Meaning } from './languages/language.ts';
import { best, giveOne, type Person } from './roles.ts';

/** What each part counts for a whole address. */
const WORTH: Partial<Record<Meaning, number>> = {
  street: 1,
  address: 1,
  city: 1,
  postalCode: 1,
  country: 0.5,
  region: 0.25,
};
const PARTS: Meaning[] = [
  'street',
  'address',
  'houseNumber',
  'addressLine2',
  'city',
  'postalCode',
  'region',
  'country',
];

/**
 * Chooses one of several addresses and gives its columns their roles: no two addresses feed one contact.
 * @returns the name of the chosen one, empty where the columns name none
 */
export function chooseAddress(person: Person, columns: readonly Column[]): string {
  const parts = withMeaning(columns, ...PARTS);
  const addresses = byAddress(parts);
  const [address, chosen] = bestOf(addresses) ?? ['', []];
  const meanings = new Set(chosen.map((column) => column.meaning));
  // missing parts come from columns without an address, and from addresses that share no part with the chosen one
  const loose = [...addresses]
    .filter(([other, its]) => other !== address && (other === '' || its.every(({ meaning }) => !meanings.has(meaning))))
    .flatMap(([, its]) => its);
  giveParts(person, chosen, loose);
  for (const column of parts) {
    if (person.roles.has(column) || person.leftOut.has(column)) continue;
    person.leftOut.set(column, column.address === address ? 'said_by_another' : 'other_address');
  }
  return address;
}

function byAddress(columns: readonly Column[]): Map<string, Column[]> {
  const addresses = new Map<string, Column[]>();
  for (const column of columns) addresses.set(column.address, [...(addresses.get(column.address) ?? []), column]);
  return addresses;
}

/** The address that is filled best; among equals, the preferred kind of address. */
function bestOf(addresses: Map<string, Column[]>): [string, Column[]] | undefined {
  const scored = [...addresses].map(([address, its]) => ({
    address,
    its,
    score: scoreOf(its),
    place: placeOf(address),
  }));
  const [first] = scored.sort((a, b) => b.score - a.score || a.place - b.place);
  return first && [first.address, first.its];
}

const scoreOf = (columns: readonly Column[]): number => {
  const score = Object.entries(WORTH).reduce((sum, [meaning, worth]) => {
    const filled = withMeaning(columns, meaning as Meaning).map((column) => 0.01 + column.filled);
    return sum + worth * filled.reduce((most, each) => Math.max(most, each), 0);
  }, 0);
  return Math.round(score * 10);
};

function placeOf(address: string): number {
  const [kind = '', number] = address.split(' ');
  const place = (ADDRESS_KINDS as readonly string[]).indexOf(kind) + 1;
  return place * 100 + Number(number ?? (place === 0 ? kind : 0));
}

function giveParts(person: Person, chosen: readonly Column[], loose: readonly Column[]): void {
  const candidates = (meaning: Meaning) => {
    const own = withMeaning(chosen, meaning);
    return own.some((column) => column.filled > 0) ? own : [...own, ...withMeaning(loose, meaning)];
  };
  const city = giveOne(person, 'city', candidates('city'));
  const postalCode = giveOne(person, 'postalCode', candidates('postalCode'));
  giveOne(person, 'region', candidates('region'));
  giveOne(person, 'country', candidates('country'));
  const streets = candidates('street');
  const addresses = candidates('address');
  const isNamed = streets.some((column) => column.filled > 0) || addresses.length === 0;
  for (const column of isNamed ? addresses : streets) person.leftOut.set(column, 'said_by_another');
  const isApart = [city, postalCode].some((column) => column && column.filled > 0);
  const isOne = !isNamed && !isApart && best(addresses)!.values.some(isWholeAddress);
  const street = giveOne(person, isOne ? 'fullAddress' : 'street', isNamed ? streets : addresses);
  if (street && !isOne) giveStreetParts(person, chosen, street);
}

/** Several lines, or a street, a place and a postal code in one. */
const isWholeAddress = (value: string) =>
  /\S\s*[\n,;]\s*\S|\S {2,}\S/.test(value) && /\d/.test(value) && value.split(/[\s,;]+/).length >= 4;

/** House numbers and second lines are joined to the street, unless the street holds them already. */
function giveStreetParts({ roles, leftOut }: Person, columns: readonly Column[], street: Column): void {
  for (const column of withMeaning(columns, 'houseNumber', 'addressLine2')) {
    if (column.filled > 0 && holds(street, column)) leftOut.set(column, 'said_by_another');
    else roles.set(column, 'street');
  }
}
