import { mask } from '../values/mask.ts';
import { RowBinaryWriter } from './row-binary.ts';

/** Everything that an import may refuse, and what it says to the person who reads the rejects file. */
export const REJECTS = {
  ragged_row: 'The row has another number of cells than the header.',
  text_after_quote: 'A quoted cell is followed by text; double the quotes inside a quoted cell.',
  quote_never_closed: 'A quote opens in the row and does not close before the next row; close it, or double it.',
  row_too_long: 'The row is longer than 4,000,000 characters.',
  repeated_header: 'The row repeats the header.',
  second_header: 'The row names the columns once more.',
  total_row: 'The row holds the sum of others.',
  json_syntax: 'The line is not valid JSON.',
  json_too_deep: 'The objects of the line are nested too deeply.',
  json_not_an_object: 'The line is not a JSON object.',
  nul_byte: 'The cell holds a NUL byte.',
  encoding: 'The cell holds bytes that the file’s encoding does not have; declare the right encoding.',
  erased_person:
    'The row names a person who was erased; it was dropped. An admin can lift this at the receipt of the erasure.',
  no_key: 'The row has no usable value for the key.',
  unknown_contact: 'No contact has this key; import the contacts first.',
  email_syntax: 'Not an e-mail address.',
  email_not_ascii: 'An e-mail address with letters beyond ASCII before the @; no ad platform takes it.',
  email_domain: 'An e-mail address whose domain is no international domain name.',
  phone_invalid: 'Not a valid phone number.',
  phone_rounded: 'A spreadsheet has rounded the number (4.91E+11); export the column as text.',
  phone_no_region: 'A national phone number without a country; map a country or set defaultCountry.',
  mobile_ad_id_syntax: 'Not a mobile advertising id.',
  mobile_ad_id_zero: 'The all-zero id of people who opted out of tracking.',
  digest_unusable: 'A digest cannot be used in this field.',
  digest_md5: 'An MD5 digest; platforms take SHA-256 only.',
  digest_sha1: 'A SHA-1 digest; platforms take SHA-256 only.',
  digest_sha384: 'A SHA-384 digest; platforms take SHA-256 only.',
  digest_sha512: 'A SHA-512 digest; platforms take SHA-256 only.',
  digest_length: 'A damaged digest: SHA-256 has 64 hex digits.',
  digest_of_empty: 'The SHA-256 of nothing; it stands for nobody.',
  country_unknown: 'Not a country name or ISO code.',
  birth_date: 'Not a date of the past.',
  date_ambiguous: 'Day and month cannot be distinguished; say dateOrder in the mapping.',
  number_ambiguous: 'Thousands and decimals cannot be distinguished; say decimal in the mapping.',
  not_a_number: 'Not a number.',
  not_a_boolean: 'Neither yes nor no.',
  not_a_date: 'Not a date.',
  not_a_consent: 'Neither granted nor denied; counts as not said. Give the word a meaning in the mapping.',
  consent_time: 'Not the time of a statement; the time of the upload counts instead.',
  too_long: 'Longer than 1,000 characters.',
  test_order: 'A test order; left out.',
  order_cancelled: 'The order was cancelled; it is kept in the stream of cancelled orders.',
  order_refunded: 'The order was refunded in full; it is kept in the stream of cancelled orders.',
  event_time_missing: 'The event has no time.',
  event_time: 'Not a time between 1970 and 2100.',
  event_value: 'The value of the event is not a number.',
} as const;
export type RejectCode = keyof typeof REJECTS;

/** Refused things by code, and their rows in the form of `STAGED.rejects`. */
export class RejectLog {
  readonly counts: Record<string, number> = {};
  total = 0;
  readonly rows = new RowBinaryWriter();
  private readonly prefix: Uint8Array;

  constructor(account: string, importId: string) {
    this.prefix = RowBinaryWriter.prefix(account, importId);
  }

  /** `value` is kept masked; `note` replaces the code's general text. */
  add(line: number, column: string, code: string, value: string, note?: string): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1;
    this.total++;
    this.rows.raw(this.prefix);
    this.rows.int64(line);
    this.rows.text(column);
    this.rows.text(code);
    this.rows.text(note ?? REJECTS[code as RejectCode] ?? code);
    this.rows.text(mask(value));
  }
}
