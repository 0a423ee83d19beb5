import { chooseAddress } from './address.ts';
import { type Column, withMeaning } from './column.ts';
import type { ColumnRole } from './mapping.ts';
import { giveOne, type Person } from './roles.ts';

/** Finds the columns of the row's own person: identifiers, a name, one coherent address. */
export function findPerson(columns: readonly Column[]): Person {
  const person: Person = { roles: new Map(), leftOut: new Map() };
  const address = chooseAddress(person, columns);
  giveNames(person, columns, address);
  const mine = columns.filter((column) => column.address === '' || column.address === address);
  for (const meaning of ['gender', 'birthDate'] as const) giveOne(person, meaning, withMeaning(mine, meaning));
  giveIdentifiers(person, columns, address);
  giveByForm(person, columns);
  return person;
}

/** The first name and the last name, or where there is neither the whole name. */
function giveNames(person: Person, columns: readonly Column[], address: string): void {
  const named = withMeaning(columns, 'firstName', 'lastName', 'fullName');
  const filled = named.filter((column) => column.filled > 0);
  const mine = ['', address].find((group) => filled.some((column) => column.address === group));
  const group = mine ?? filled[0]?.address ?? named[0]?.address;
  for (const column of named) if (column.address !== group) person.leftOut.set(column, 'other_address');
  const names = named.filter((column) => column.address === group);
  const [first, last, whole] = (['firstName', 'lastName', 'fullName'] as const).map((meaning) =>
    withMeaning(names, meaning),
  );
  const parts = [...first!, ...last!];
  const hasParts = parts.some((column) => column.filled > 0) || whole!.length === 0;
  for (const column of hasParts ? whole! : parts) person.leftOut.set(column, 'said_by_another');
  if (hasParts) {
    giveOne(person, 'firstName', first!);
    giveOne(person, 'lastName', last!);
  } else giveOne(person, 'fullName', whole!);
}

/** E-mails, phones and ad ids, except those of a shipping address: the recipient may be another person. */
function giveIdentifiers({ roles, leftOut }: Person, columns: readonly Column[], address: string): void {
  for (const column of withMeaning(columns, 'email', 'phone', 'mobileAdId')) {
    if (column.address.startsWith('shipping') && column.address !== address) leftOut.set(column, 'other_address');
    else roles.set(column, column.meaning as ColumnRole);
  }
}

/** Columns of e-mails or international phones that are called `Contact`; of any name where no other is an e-mail. */
function giveByForm({ roles }: Person, columns: readonly Column[]): void {
  const given = new Set(roles.values());
  for (const form of ['email', 'phone'] as const) {
    const unnamed = columns.filter(
      (column) => column.form === form && !column.meaning && !column.id && !column.fixed && !column.isOfOther,
    );
    const ofPeople = unnamed.filter((column) => column.isKnown && column.person);
    for (const column of ofPeople) roles.set(column, form);
    if (given.has(form) || ofPeople.length > 0) continue;
    const [most] = [...unnamed].sort((a, b) => b.distinct - a.distinct);
    if (most) roles.set(most, form);
  }
}
