/** What the name of a column can say that its cells hold. Finer than the roles of a mapping. */
export type Meaning =
  | 'email'
  | 'phone'
  | 'mobileAdId'
  | 'firstName'
  | 'lastName'
  | 'fullName'
  /** A first, last or whole name, as the columns beside it tell. */
  | 'name'
  | 'gender'
  | 'birthDate'
  | 'birthYear'
  | 'age'
  | 'street'
  | 'houseNumber'
  | 'addressLine2'
  /** A street, or a whole address in one cell. */
  | 'address'
  | 'city'
  | 'region'
  | 'postalCode'
  | 'country'
  | 'time'
  | 'amount'
  /** A sum over several orders: never the amount of one. */
  | 'aggregate'
  | 'currency'
  | 'status'
  | 'cancelledAt'
  | 'refunded'
  | 'test'
  | 'itemName'
  | 'itemSku'
  | 'itemQuantity'
  | 'itemPrice';

/** Which of several addresses of one person, in order of preference. */
export const ADDRESS_KINDS = ['default', 'mailing', 'billing', 'home', 'shipping', 'work', 'other'] as const;
export type AddressKind = (typeof ADDRESS_KINDS)[number];

/**
 * The words of a language in names of columns, as lists divided by commas, in small letters without accents (ß is ss).
 * A name has a meaning only when every word of it is known: `Email Domain` is no e-mail.
 */
export interface Language {
  /** Best first. `?` after a phrase: only where the values agree. `!`: only as the whole name of a column. */
  meanings: Partial<Record<Meaning, string>>;
  addresses: Partial<Record<AddressKind, string>>;
  /** People that a row may be about, by the namespace of their ids. */
  people: Readonly<Record<string, string>>;
  /** Words for an id. */
  ids: string;
  /** Words for an order. */
  orders: string;
  /** Somebody or something else, whose ids, addresses and numbers are not the person's. */
  others: string;
  /** Words that change nothing. */
  fillers: string;
}
