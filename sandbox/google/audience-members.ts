import { isObject } from '../http.ts';
import { badRequest, type FieldViolation, violation } from './errors.ts';
import type { GoogleState, UserList } from './state.ts';

export interface ReadMember {
  /** Field of the member that holds its data: `userData`, `compositeData`, … */
  dataField: string;
  identifiers: string[];
  /** Destination references it goes to; absent means all. */
  references?: string[];
  consent: 'granted' | 'denied' | 'unset';
}

const MAX_MEMBERS = 10_000;
const MAX_IDENTIFIERS = 10;
const MAX_REPORTED = 50;
const CONSENTS = ['CONSENT_GRANTED', 'CONSENT_DENIED', 'CONSENT_STATUS_UNSPECIFIED'];
/** Data type of a member → upload key type its list must have. */
const DATA_TYPES: Record<string, string> = {
  userData: 'CONTACT_ID',
  compositeData: 'CONTACT_ID',
  mobileData: 'MOBILE_ID',
  userIdData: 'USER_ID',
  pairData: 'PAIR_ID',
};

interface Reading {
  state: GoogleState;
  encoding: unknown;
  problems: FieldViolation[];
}

/** Reads and judges every member of a request. @throws StatusError with up to 50 field violations. */
export function readMembers(state: GoogleState, body: Record<string, unknown>, lists: UserList[]): ReadMember[] {
  const raw = (body.audienceMembers ?? []) as Record<string, unknown>[];
  const field = 'audience_members.audience_members';
  if (raw.length === 0) throw badRequest(violation(field, 'REQUIRED_FIELD_MISSING', 'Required field is missing.'));
  if (raw.length > MAX_MEMBERS)
    throw badRequest(violation(field, 'TOO_MANY_AUDIENCE_MEMBERS', 'At most 10,000 audience members are allowed.'));
  assertDataType(raw, lists);
  const reading: Reading = { state, encoding: body.encoding, problems: [] };
  const consent = readConsent(reading, body.consent, 'consent');
  const hashed = raw.some((member) => member.userData ?? member.compositeData);
  if (hashed && body.encoding !== 'HEX' && body.encoding !== 'BASE64')
    reading.problems.push(violation('encoding', 'REQUIRED_FIELD_MISSING', 'encoding is required for user data.'));
  const references = new Set((body.destinations as Record<string, unknown>[]).map((d) => d.reference));
  const members = raw.map((member, index) => readMember(reading, member, `${field}[${index}]`, consent, references));
  if (reading.problems.length > 0) throw badRequest(...reading.problems.slice(0, MAX_REPORTED));
  return members;
}

function assertDataType(raw: Record<string, unknown>[], lists: UserList[]): void {
  const fields = new Set(raw.flatMap((member) => Object.keys(member).filter((name) => name in DATA_TYPES)));
  const types = new Set([...fields].map((name) => DATA_TYPES[name]!));
  if (fields.size > 1)
    throw badRequest(
      violation('audience_members', 'MULTIPLE_DATA_TYPES_NOT_ALLOWED', 'Only one data type is allowed in a request.'),
    );
  const wrong = [...types].find((type) => lists.some((list) => !list.uploadKeyTypes.includes(type)));
  if (wrong)
    throw badRequest(
      violation(
        'destinations.product_destination_id',
        'INVALID_USER_LIST_TYPE',
        `The user list does not take ${wrong}.`,
      ),
    );
}

function readMember(
  reading: Reading,
  member: Record<string, unknown>,
  field: string,
  requestConsent: ReadMember['consent'],
  known: Set<unknown>,
): ReadMember {
  const kinds = Object.keys(member).filter((name) => name in DATA_TYPES);
  if (kinds.length !== 1)
    reading.problems.push(violation(field, 'INVALID_AUDIENCE_MEMBER', 'Exactly one data type is needed.'));
  const references = member.destinationReferences as string[] | undefined;
  if (references?.some((reference) => !known.has(reference)))
    reading.problems.push(
      violation(`${field}.destination_references`, 'INVALID_DESTINATION', 'Unknown destination reference.'),
    );
  const own = readConsent(reading, member.consent, `${field}.consent`);
  return {
    dataField: kinds[0] ?? 'userData',
    identifiers: readIdentifiers(reading, member, field),
    references: references?.length ? references : undefined,
    consent: own === 'unset' ? requestConsent : own,
  };
}

function readIdentifiers(reading: Reading, member: Record<string, unknown>, field: string): string[] {
  if (isObject(member.mobileData))
    return plain(reading, member.mobileData.mobileIds, `${field}.mobile_data.mobile_ids`, 'MOBILE');
  if (isObject(member.userIdData)) return plain(reading, [member.userIdData.userId], `${field}.user_id_data`, 'USER');
  if (isObject(member.pairData)) return plain(reading, member.pairData.pairIds, `${field}.pair_data.pair_ids`, 'PAIR');
  const composite = isObject(member.compositeData) ? member.compositeData : undefined;
  const data = composite ? composite.userData : member.userData;
  const path = `${field}.${composite ? 'composite_data.' : ''}user_data.user_identifiers`;
  const list = (isObject(data) ? data.userIdentifiers : undefined) as Record<string, unknown>[] | undefined;
  if (!list?.length) {
    reading.problems.push(violation(path, 'REQUIRED_FIELD_MISSING', 'At least one user identifier is required.'));
    return [];
  }
  if (list.length > MAX_IDENTIFIERS)
    reading.problems.push(violation(path, 'TOO_MANY_USER_IDENTIFIERS', 'At most 10 user identifiers are allowed.'));
  return list.map((identifier, index) => readIdentifier(reading, identifier, `${path}[${index}]`));
}

function readIdentifier(reading: Reading, identifier: Record<string, unknown>, field: string): string {
  const kinds = Object.keys(identifier);
  if (kinds.length !== 1) {
    reading.problems.push(violation(field, 'REQUIRED_FIELD_MISSING', 'Exactly one identifier must be set.'));
    return '';
  }
  if (kinds[0] === 'emailAddress') return `EMAIL=${hash(reading, identifier.emailAddress, `${field}.email_address`)}`;
  if (kinds[0] === 'phoneNumber') return `PHONE=${hash(reading, identifier.phoneNumber, `${field}.phone_number`)}`;
  return readAddress(reading, identifier.address as Record<string, unknown>, `${field}.address`);
}

function readAddress(reading: Reading, address: Record<string, unknown>, field: string): string {
  const parts = ['givenName', 'familyName', 'regionCode', 'postalCode'] as const;
  for (const part of parts.filter((name) => !address[name]))
    reading.problems.push(
      violation(`${field}.${snake(part)}`, 'REQUIRED_FIELD_MISSING', 'All four address parts are required.'),
    );
  const given = address.givenName ? hash(reading, address.givenName, `${field}.given_name`) : '';
  const family = address.familyName ? hash(reading, address.familyName, `${field}.family_name`) : '';
  const [region, postal] = [String(address.regionCode ?? ''), String(address.postalCode ?? '')];
  if (address.regionCode && !/^[A-Za-z]{2}$/.test(region))
    reading.problems.push(violation(`${field}.region_code`, 'INVALID_REGION_CODE', 'Region code is not valid.'));
  if (address.postalCode && !/^[A-Za-z0-9][A-Za-z0-9 -]{1,11}$/.test(postal))
    reading.problems.push(violation(`${field}.postal_code`, 'INVALID_POSTAL_CODE', 'Postal code is not valid.'));
  return `ADDRESS=${given}/${family}/${region.toUpperCase()}/${postal.toLowerCase().replaceAll(/[ -]/g, '')}`;
}

/** A hash as lower-case hex, whatever its encoding. */
function hash(reading: Reading, value: unknown, field: string): string {
  const text = String(value);
  const base64 = reading.encoding === 'BASE64';
  const wellFormed = base64 ? /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) : /^(?:[0-9a-f]{2})+$/i.test(text);
  const hex = base64 ? Buffer.from(text, 'base64').toString('hex') : text.toLowerCase();
  if (!wellFormed || hex.length !== 64) {
    reading.state.journal.inspectUnhashed('google', field, text);
    const reason = wellFormed ? 'INVALID_SHA256_FORMAT' : base64 ? 'INVALID_BASE64_ENCODING' : 'INVALID_HEX_ENCODING';
    reading.problems.push(violation(field, reason, 'The encoded value is malformed.'));
  } else if (!base64 && hex !== text) reading.state.journal.inspectUnhashed('google', field, text);
  return hex;
}

function plain(reading: Reading, values: unknown, field: string, kind: string): string[] {
  const list = (Array.isArray(values) ? values : []).filter(Boolean).map(String);
  if (list.length === 0)
    reading.problems.push(violation(field, 'REQUIRED_FIELD_MISSING', 'Required field is missing.'));
  if (list.length > MAX_IDENTIFIERS)
    reading.problems.push(violation(field, 'TOO_MANY_USER_IDENTIFIERS', 'At most 10 are allowed.'));
  if (kind === 'MOBILE' && list.some((id) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)))
    reading.problems.push(violation(field, 'INVALID_MOBILE_ID_FORMAT', 'Mobile ID format is not valid.'));
  return list.map((id) => `${kind}=${id}`);
}

function readConsent(reading: Reading, consent: unknown, field: string): ReadMember['consent'] {
  if (!isObject(consent)) return 'unset';
  const values = Object.values(consent).map(String);
  if (values.some((value) => !CONSENTS.includes(value)))
    reading.problems.push(violation(field, 'INVALID_ENUM_VALUE', 'Enum value cannot be used.'));
  if (values.includes('CONSENT_DENIED')) return 'denied';
  return values.includes('CONSENT_GRANTED') ? 'granted' : 'unset';
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
