import type { GoogleState, UserList } from '../google/state.ts';
import type { AdsProblem, FieldPath } from './failures.ts';

/** `EMAIL=…`, `PHONE=…`, `ADDRESS=…`, `MOBILE=…` or `USER=…`. */
export type Identifier = string;

interface Address {
  hashed_first_name?: string;
  hashed_last_name?: string;
  country_code?: string;
  postal_code?: string;
}
interface UserIdentifier {
  hashed_email?: string;
  hashed_phone_number?: string;
  mobile_id?: string;
  third_party_user_id?: string;
  address_info?: Address | null;
}
export interface UserData {
  user_identifiers?: UserIdentifier[];
  consent?: object | null;
}

/** Identifiers a UserData may carry. */
const MAX_IDENTIFIERS = 20;
/** Kind of identifier → upload key type its list must have. */
const KEY_TYPES: Record<string, string> = {
  hashed_email: 'CONTACT_ID',
  hashed_phone_number: 'CONTACT_ID',
  address_info: 'CONTACT_ID',
  mobile_id: 'MOBILE_ID',
  third_party_user_id: 'USER_ID',
};

/** Reads the identifiers of one operation and says what is wrong with them. */
export function readUserData(
  state: GoogleState,
  list: UserList,
  data: UserData,
  path: FieldPath,
  problems: AdsProblem[],
): Identifier[] {
  const report = (code: string, message: string, at: FieldPath) =>
    problems.push({ kind: 'offline_user_data_job_error', code, message, path: at });
  const given = data.user_identifiers ?? [];
  if (given.length === 0) report('MISSING_USER_IDENTIFIER', 'The user identifier is missing valid data.', path);
  if (given.length > MAX_IDENTIFIERS)
    report(
      'TOO_MANY_USER_IDENTIFIERS',
      `At most ${MAX_IDENTIFIERS} user identifiers are allowed in an operation.`,
      path,
    );
  const hash = (value: string, at: FieldPath) => {
    if (/^[0-9a-f]{64}$/i.test(value) && value === value.toLowerCase()) return value;
    state.journal.inspectUnhashed('googleAds', at.map(([name]) => name).join('.'), value);
    if (!/^[0-9a-f]{64}$/i.test(value)) report('INVALID_SHA256_FORMAT', 'The SHA256 encoded value is malformed.', at);
    return value.toLowerCase();
  };
  return given.map((identifier, index) => {
    const at: FieldPath = [...path, ['user_identifiers', index]];
    const kind = Object.keys(KEY_TYPES).find((name) => identifier[name as keyof UserIdentifier]);
    if (!kind) {
      report('MISSING_USER_IDENTIFIER', 'Exactly one identifier must be specified.', at);
      return '';
    }
    if (!list.uploadKeyTypes.includes(KEY_TYPES[kind]!))
      report('INCOMPATIBLE_UPLOAD_KEY_TYPE', "The upload data does not fit the list's upload key type.", [
        ...at,
        [kind],
      ]);
    if (kind === 'hashed_email') return `EMAIL=${hash(identifier.hashed_email!, [...at, [kind]])}`;
    if (kind === 'hashed_phone_number') return `PHONE=${hash(identifier.hashed_phone_number!, [...at, [kind]])}`;
    if (kind === 'mobile_id') return `MOBILE=${identifier.mobile_id}`;
    if (kind === 'third_party_user_id') return `USER=${identifier.third_party_user_id}`;
    return readAddress(identifier.address_info!, [...at, [kind]], hash, report);
  });
}

function readAddress(
  address: Address,
  at: FieldPath,
  hash: (value: string, at: FieldPath) => string,
  report: (code: string, message: string, at: FieldPath) => void,
): Identifier {
  const { hashed_first_name: first, hashed_last_name: last, country_code: country, postal_code: postal } = address;
  if (!first || !last || !country || !postal)
    report('MISSING_USER_IDENTIFIER', 'An address needs first name, last name, country and postal code.', at);
  if (country && !/^[A-Z]{2}$/i.test(country)) report('INVALID_COUNTRY_CODE', 'The country code is not valid.', at);
  const hashes = [first, last].map((value) => (value ? hash(value, at) : ''));
  return `ADDRESS=${hashes.join('/')}/${(country ?? '').toUpperCase()}/${(postal ?? '').toLowerCase().replaceAll(/[ -]/g, '')}`;
}
