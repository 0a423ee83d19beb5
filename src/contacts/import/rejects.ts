import { mask } from '../values/mask.ts';
import { RowBinaryWriter } from './row-binary.ts';

/** The codes of everything that an import may reject, with their texts in the rejects file. */
export const REJECTS = {
  ragged_row: 'The row has more or fewer cells than the header.',
  text_after_quote: 'Text follows a quoted cell; double the quotes inside a quoted cell.',
  quote_never_closed: 'A quote opens in the row and does not close before the next row; close or double it.',
  row_too_long: 'The row is longer than 4,000,000 characters.',
  repeated_header: 'The row repeats the header.',
  second_header: 'The row is a second header.',
  total_row: 'The row is a total of other rows.',
  json_syntax: 'The line is not valid JSON.',
  json_too_deep: 'The object of the line is nested too deeply.',
  json_not_an_object: 'The line is not a JSON object.',
  nul_byte: 'The cell holds a NUL byte.',
  encoding: 'The cell holds bytes that are invalid in the encoding of the file; choose the right encoding.',
  erased_person:
    'The row belongs to a person who was erased; it was dropped. An admin can lift this on the receipt of the erasure.',
  no_key: 'The row has no usable value for the key.',
  unknown_contact: 'No contact has this key; import the contacts first.',
  email_syntax: 'Not an e-mail address.',
  email_not_ascii: 'An e-mail address with non-ASCII letters before the @; no ad platform accepts it.',
  email_domain: 'An e-mail address with an invalid domain.',
  phone_invalid: 'Not a valid phone number.',
  phone_rounded: 'A spreadsheet has rounded the number (4.91E+11); export the column as text.',
  phone_no_region: 'A national phone number without a country; map a country or set defaultCountry.',
  mobile_ad_id_syntax: 'Not a mobile advertising id.',
  mobile_ad_id_zero: 'The all-zero id, which devices send after an opt-out of tracking.',
  digest_unusable: 'A digest; this field needs the plain value.',
  digest_md5: 'An MD5 digest; platforms accept SHA-256 only.',
  digest_sha1: 'A SHA-1 digest; platforms accept SHA-256 only.',
  digest_sha384: 'A SHA-384 digest; platforms accept SHA-256 only.',
  digest_sha512: 'A SHA-512 digest; platforms accept SHA-256 only.',
  digest_length: 'An incomplete digest; SHA-256 has 64 hex digits.',
  digest_of_empty: 'The SHA-256 digest of an empty value; it identifies nobody.',
  country_unknown: 'Not a country name or ISO code.',
  birth_date: 'Not a valid birth date in the past.',
  date_ambiguous: 'Day and month cannot be distinguished; set dateOrder in the mapping.',
  number_ambiguous: 'Thousands and decimals cannot be distinguished; set decimal in the mapping.',
  not_a_number: 'Not a number.',
  number_too_large: 'Beyond 2^53: a number this large loses digits. Import ids as a category.',
  not_a_boolean: 'Neither yes nor no.',
  not_a_date: 'Not a date.',
  not_a_consent: 'An unknown word for consent; it counts as no statement. Give it a meaning in the mapping.',
  consent_time: 'Not a valid time of a consent statement; the upload time counts instead.',
  too_long: 'Longer than 1,000 characters.',
  test_order: 'A test order; it was skipped.',
  order_cancelled: 'The order was cancelled; it is stored in the stream of cancelled orders.',
  order_refunded: 'The order was fully refunded; it is stored in the stream of cancelled orders.',
  event_time_missing: 'The event has no time.',
  event_time: 'Not a time between 1970 and 2100.',
  event_value: 'The value of the event is not a number.',
} as const;
export type RejectCode = keyof typeof REJECTS;

/** Rejects by code, and their rows in the form of `STAGED.rejects`. */
export class RejectLog {
  readonly counts: Record<string, number> = {};
  total = 0;
  readonly rows = new RowBinaryWriter();
  private readonly prefix: Uint8Array;

  constructor(account: string, importId: string) {
    this.prefix = RowBinaryWriter.prefix(account, importId);
  }

  /** `value` is stored masked; `note` replaces the general text of the code. */
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
