/** A value that cannot be used, with the stable code that reports show. */
export class Rejection {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * How sure a number must be. `valid`: of an assigned range (the rule). `possible`: of a right length for its country.
 * `digits`: whatever digits there are, which is what the platforms' own libraries do; for rehearsals with made-up numbers.
 */
export const PHONE_VALIDATIONS = ['valid', 'possible', 'digits'] as const;
export type PhoneValidation = (typeof PHONE_VALIDATIONS)[number];

/** What a normaliser may know of the person besides the value. */
export interface FieldContext {
  /** ISO 3166-1 alpha-2, upper case: the contact's country, else the audience's default. */
  country?: string;
  phoneValidation: PhoneValidation;
}

/**
 * Turns one value as given into the text that a platform hashes or takes. Undefined: the value does not hold this part
 * at all (a birth date without a day). Pure, and stable: its own output comes back unchanged.
 */
export type Normaliser = (text: string, context: FieldContext) => string | Rejection | undefined;

/** Nothing was left after normalising. */
export const EMPTY = new Rejection('empty');
