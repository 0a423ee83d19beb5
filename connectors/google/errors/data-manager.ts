import type { ErrorTable } from '../../errors.ts';
import { EU_POLITICAL, GRANTS, POLICY, TERMS } from './pages.ts';

/**
 * Data Manager API, google.ads.datamanager.v1.ErrorReason.
 * @see https://developers.google.com/data-manager/api/devguides/concepts/understand-errors
 */
export const dataManagerErrors: ErrorTable = [
  { vendor: 'INTERNAL_ERROR', code: 'transient', text: 'Google reports an internal error.' },
  { vendor: 'REQUIRED_FIELD_MISSING', code: 'payload', text: 'A required field is missing.' },
  { vendor: 'INVALID_FORMAT', code: 'payload', text: 'A value has the wrong format.' },
  { vendor: 'INVALID_HEX_ENCODING', code: 'payload', text: 'A digest is not hexadecimal.' },
  { vendor: 'INVALID_BASE64_ENCODING', code: 'payload', text: 'A digest is not base64.' },
  { vendor: 'INVALID_SHA256_FORMAT', code: 'payload', text: 'A digest is not SHA-256.' },
  { vendor: 'INVALID_POSTAL_CODE', code: 'payload', text: 'Google does not accept the postal code.' },
  { vendor: 'INVALID_COUNTRY_CODE', code: 'payload', text: 'Google does not accept the country code.' },
  { vendor: 'INVALID_REGION_CODE', code: 'payload', text: 'Google does not accept the country code.' },
  { vendor: 'INVALID_AUDIENCE_MEMBER', code: 'payload', text: 'Google does not accept this member.' },
  { vendor: 'NO_IDENTIFIERS_PROVIDED', code: 'payload', text: 'The member has no identifier.' },
  { vendor: 'TOO_MANY_USER_IDENTIFIERS', code: 'payload', text: 'More than 10 identifiers for one member.' },
  { vendor: 'FIELD_VALUE_TOO_LONG', code: 'payload', text: 'A value is longer than Google accepts.' },
  {
    vendor: 'INVALID_ENUM_VALUE',
    code: 'config',
    text: 'Google does not know one of the fixed values of the request. Its API may have changed: update Reach.',
  },
  {
    vendor: 'INVALID_NUMBER_FORMAT',
    code: 'config',
    text: 'A number of the request has the wrong format. Check account and list numbers.',
  },
  { vendor: 'TOO_MANY_AUDIENCE_MEMBERS', code: 'config', text: 'More than 10,000 members in one request.' },
  { vendor: 'TOO_MANY_DESTINATIONS', code: 'config', text: 'More than 10 lists in one request.' },
  { vendor: 'TOO_MANY_ELEMENTS', code: 'config', text: 'A part of the request has more elements than Google accepts.' },
  {
    vendor: 'MULTIPLE_DATA_TYPES_NOT_ALLOWED',
    code: 'config',
    text: 'One request may hold one kind of identifier only.',
  },
  {
    vendor: 'DUPLICATE_DESTINATION_REFERENCE',
    code: 'config',
    text: 'The same list reference appears twice in one request.',
  },
  {
    vendor: 'INVALID_USER_LIST_TYPE',
    code: 'config',
    text: 'The list in Google Ads is not a Customer Match list for contact data. Rename it, or deliver under another name, so that Reach can create its own.',
  },
  {
    vendor: 'INVALID_USER_LIST_ID',
    code: 'audience-missing',
    text: 'Google does not know the list any more. It may have been deleted in Google Ads.',
  },
  {
    vendor: 'INVALID_DESTINATION',
    code: 'config',
    text: 'Google does not accept account and list together. Check the account number, and the manager account if access goes through one.',
  },
  { vendor: 'INVALID_RESOURCE_NAME', code: 'config', text: 'Google does not accept the account or list number.' },
  {
    vendor: 'OPERATING_ACCOUNT_LOGIN_ACCOUNT_MISMATCH',
    code: 'config',
    text: 'This use needs the same account for sign-in and for the lists. Leave the manager account empty.',
  },
  {
    vendor: 'UNSUPPORTED_OPERATING_ACCOUNT_FOR_DATA_PARTNER',
    code: 'config',
    text: 'The account cannot be reached as a data partner.',
  },
  {
    vendor: 'UNSUPPORTED_LINKED_ACCOUNT_FOR_DATA_PARTNER',
    code: 'config',
    text: 'The linked account cannot be reached as a data partner.',
  },
  {
    vendor: 'DATA_PARTNER_USER_LIST_MUTATE_NOT_ALLOWED',
    code: 'config',
    text: 'A data partner may not change lists that belong to the account.',
  },
  {
    vendor: 'TERMS_AND_CONDITIONS_NOT_SIGNED',
    code: 'policy',
    text: 'The Customer Match terms are not accepted for this account. Accept them in Google Ads: Tools, Shared library, Audience manager.',
    url: TERMS,
  },
  {
    vendor: 'ADVERTISER_TOS_NOT_ACCEPTED',
    code: 'policy',
    text: 'The advertiser has not accepted the terms of service.',
    url: TERMS,
  },
  {
    vendor: 'ADVERTISER_NOT_ALLOWLISTED_FOR_UPLOADED_DATA',
    code: 'policy',
    text: 'This account may not use lists made from uploaded data yet. Google asks for a good policy and payment history.',
    url: POLICY,
  },
  {
    vendor: 'ADVERTISER_NOT_ALLOWLISTED_FOR_THIRD_PARTY_PARTNER_DATA',
    code: 'policy',
    text: 'This account may not use third-party data.',
    url: POLICY,
  },
  {
    vendor: 'NOT_ALLOWLISTED',
    code: 'policy',
    text: 'Google has not released this feature for the account.',
    url: POLICY,
  },
  {
    vendor: 'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED',
    code: 'policy',
    text: 'The account must state whether it runs political ads in the European Union. Do so in Google Ads, then deliver again.',
    url: EU_POLITICAL,
  },
  {
    vendor: 'SENSITIVE_USER_LIST_IMMUTABLE',
    code: 'policy',
    text: 'Google marked the list as sensitive and does not let it be changed.',
    url: POLICY,
  },
  {
    vendor: 'USER_LIST_TYPE_NOT_SUPPORTED_FOR_ACCOUNT',
    code: 'policy',
    text: 'This account cannot have Customer Match lists.',
    url: POLICY,
  },
  { vendor: 'OWNERSHIP_REQUIRED_FOR_UPDATE', code: 'config', text: 'The list belongs to another account.' },
  { vendor: 'USER_LIST_MUTATION_NOT_SUPPORTED', code: 'config', text: 'The list cannot be changed.' },
  {
    vendor: 'USER_LIST_NAME_RESERVED',
    code: 'config',
    text: 'The name is reserved by Google. Choose another name template.',
  },
  {
    vendor: 'DISPLAY_NAME_ALREADY_USED',
    code: 'config',
    text: 'The account already has another list of this name. Choose another name template.',
  },
  {
    vendor: 'INVALID_DISPLAY_NAME',
    code: 'config',
    text: 'Google does not accept the list name. Choose another name template.',
  },
  { vendor: 'INVALID_DESCRIPTION', code: 'config', text: 'Google does not accept the list description.' },
  { vendor: 'MEMBERSHIP_DURATION_TOO_LONG', code: 'config', text: 'Members can stay on a list for at most 540 days.' },
  {
    vendor: 'IMMUTABLE_FIELD_FOR_UPDATE',
    code: 'config',
    text: 'The list has a setting that cannot be changed after creation.',
  },
  {
    vendor: 'INVALID_UPDATE_MASK',
    code: 'config',
    text: 'Google does not know one of the fields to change. Its API may have changed: update Reach.',
  },
  {
    vendor: 'INVALID_FILTER',
    code: 'config',
    text: 'Google does not understand the search for the list name. Choose a name without special characters.',
  },
  {
    vendor: 'INVALID_REMOVE_AS_OF_TIME',
    code: 'config',
    text: 'Google does not accept the time before which members are removed: it lies in the future or too far back. Set the clock of this machine right and run the resync again.',
  },
  {
    vendor: 'REQUIRED_PREREQUISITE_LINK_MISSING',
    code: 'config',
    text: 'The account lacks a link to another Google account that this use needs. Create the link in Google Ads, then deliver again.',
  },
  { vendor: 'INVALID_PAGE_TOKEN', code: 'transient', text: 'Google forgot where the listing was.' },
  { vendor: 'INVALID_REQUEST_ID', code: 'unknown', text: 'Google does not know the request it was asked about.' },
  {
    vendor: 'DIFFERENT_LOGIN_ACCOUNTS_NOT_ALLOWED_FOR_DATA_PARTNER',
    code: 'config',
    text: 'One request may use one data partner only.',
  },
  {
    vendor: 'LINKED_ACCOUNT_ONLY_ALLOWED_WITH_DATA_PARTNER_LOGIN_ACCOUNT',
    code: 'config',
    text: 'A linked account needs a data partner account for sign-in.',
  },
  {
    vendor: 'UNSUPPORTED_USER_LIST_UPLOAD_KEY_TYPES',
    code: 'config',
    text: 'The list takes another kind of identifier.',
  },
  {
    vendor: 'UNSUPPORTED_INGESTED_USER_LIST_INFO_CONFIG',
    code: 'config',
    text: 'The account cannot have a list with these settings.',
  },
  {
    vendor: 'UNSUPPORTED_ACCOUNT_TYPES_FOR_USER_LIST_TYPE',
    code: 'config',
    text: 'This type of account cannot have Customer Match lists.',
  },
  {
    vendor: 'SERVICE_DISABLED',
    code: 'config',
    text: 'The Data Manager API is not enabled in your Google Cloud project.',
    url: 'https://console.cloud.google.com/apis/library/datamanager.googleapis.com',
  },
  {
    vendor: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    code: 'auth',
    text: 'The sign-in does not cover the Data Manager API. Sign in again with the scope https://www.googleapis.com/auth/datamanager.',
    url: GRANTS,
  },
  { vendor: 'ACCESS_TOKEN_EXPIRED', code: 'auth', text: 'The access token has expired.' },
  {
    vendor: 'RATE_LIMIT_EXCEEDED',
    code: 'throttled',
    text: 'The quota of your Google Cloud project is used up for the moment.',
  },
];

/** Refusals after acceptance, ProcessingErrorReason without its prefix: why records of a request were not used. */
export const processingErrors: ErrorTable = [
  {
    vendor: 'processing/DENIED_CONSENT',
    code: 'payload',
    text: 'Consent is denied for these people, or by the account settings.',
  },
  {
    vendor: 'processing/NO_CONSENT',
    code: 'payload',
    text: "The account has not given Google's ad services consent to use its data.",
  },
  {
    vendor: 'processing/UNKNOWN_CONSENT',
    code: 'payload',
    text: 'Google could not tell whether these people consented. Send their consent.',
  },
  { vendor: 'processing/INVALID_FORMAT', code: 'payload', text: 'The records have the wrong format.' },
  { vendor: 'processing/DECRYPTION_ERROR', code: 'payload', text: 'Google could not decrypt the records.' },
  { vendor: 'processing/INTERNAL_ERROR', code: 'transient', text: 'Google failed on these records.' },
];
