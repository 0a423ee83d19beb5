import type { ErrorTable } from '../../errors.ts';
import { GRANTS, POLICY, TERMS } from './pages.ts';

const ALLOW_LIST =
  'Google closed Customer Match in the Google Ads API to developer tokens that did not use it between October 2025 and March 2026, and this token is one of them. Switch the connection to the Data Manager API (api: data-manager), which needs no developer token; lists and members stay.';

/**
 * Google Ads API v25: error class / code, as in GoogleAdsFailure; the class alone is the fallback.
 * @see https://developers.google.com/google-ads/api/docs/common-errors
 */
export const googleAdsErrors: ErrorTable = [
  {
    vendor: 'notAllowlistedError/CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE',
    code: 'policy',
    text: ALLOW_LIST,
    url: 'https://developers.google.com/data-manager/api',
  },
  {
    vendor: 'notAllowlistedError',
    code: 'policy',
    text: 'Google has not released this feature for the account or token.',
  },
  { vendor: 'authenticationError/CUSTOMER_NOT_FOUND', code: 'config', text: 'Google knows no account of this number.' },
  {
    vendor: 'authenticationError/CLIENT_CUSTOMER_ID_INVALID',
    code: 'config',
    text: 'The account number is not valid.',
  },
  {
    vendor: 'authenticationError/DEVELOPER_TOKEN_INVALID',
    code: 'config',
    text: 'Google does not know the developer token.',
    url: 'https://ads.google.com/aw/apicenter',
  },
  {
    vendor: 'authenticationError/NOT_ADS_USER',
    code: 'config',
    text: 'The signed-in person has no Google Ads account.',
  },
  {
    vendor: 'authenticationError',
    code: 'auth',
    text: 'Google does not accept the sign-in. Sign in again and store the new refresh token.',
    url: GRANTS,
  },
  {
    vendor: 'authorizationError/MISSING_TOS',
    code: 'policy',
    text: 'The terms of service are not accepted for this account.',
    url: TERMS,
  },
  {
    vendor: 'authorizationError/CUSTOMER_NOT_ENABLED',
    code: 'config',
    text: 'The account is not active, or is cancelled.',
  },
  {
    vendor: 'authorizationError/DEVELOPER_TOKEN_NOT_APPROVED',
    code: 'config',
    text: 'The developer token only works with test accounts. Apply for basic access.',
    url: 'https://ads.google.com/aw/apicenter',
  },
  {
    vendor: 'authorizationError/DEVELOPER_TOKEN_PROHIBITED',
    code: 'config',
    text: 'The developer token may not be used with this Google Cloud project.',
  },
  {
    vendor: 'authorizationError/DEVELOPER_TOKEN_NOT_ON_ALLOWLIST',
    code: 'policy',
    text: ALLOW_LIST,
    url: 'https://developers.google.com/data-manager/api',
  },
  {
    vendor: 'authorizationError/USER_PERMISSION_DENIED',
    code: 'config',
    text: 'The signed-in person may not use this account. Check the account number, and the manager account if access goes through one.',
  },
  {
    vendor: 'authorizationError',
    code: 'config',
    text: 'The signed-in person or the developer token may not do this in this account.',
  },
  { vendor: 'quotaError/ACCESS_PROHIBITED', code: 'policy', text: 'Google blocked the developer token.' },
  { vendor: 'quotaError', code: 'throttled', text: 'The quota of the developer token is used up for the moment.' },
  {
    vendor: 'internalError/ERROR_CODE_NOT_PUBLISHED',
    code: 'unknown',
    text: 'Google reports an error without naming it.',
  },
  { vendor: 'internalError', code: 'transient', text: 'Google reports an internal error.' },
  {
    vendor: 'databaseError/CONCURRENT_MODIFICATION',
    code: 'transient',
    text: 'Another request changed the same list at the same time.',
  },
  { vendor: 'databaseError/REQUEST_TOO_LARGE', code: 'config', text: 'The request was larger than Google accepts.' },
  { vendor: 'databaseError', code: 'config', text: 'Google could not store the change.' },
  {
    vendor: 'offlineUserDataJobError/INVALID_USER_LIST_ID',
    code: 'audience-missing',
    text: 'Google does not know the list any more. It may have been deleted in Google Ads.',
  },
  {
    vendor: 'offlineUserDataJobError/INVALID_USER_LIST_TYPE',
    code: 'config',
    text: 'The list in Google Ads is not a Customer Match list for contact data.',
  },
  {
    vendor: 'offlineUserDataJobError/INCOMPATIBLE_UPLOAD_KEY_TYPE',
    code: 'config',
    text: 'The list takes another kind of identifier.',
  },
  {
    vendor: 'offlineUserDataJobError/CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS',
    code: 'policy',
    text: 'The customer data terms are not accepted for this account, or consent is denied for the whole delivery.',
    url: TERMS,
  },
  {
    vendor: 'offlineUserDataJobError/CUSTOMER_IDENTIFIER_NOT_ALLOWED',
    code: 'policy',
    text: 'Google does not allow this kind of identifier for the account.',
    url: POLICY,
  },
  {
    vendor: 'offlineUserDataJobError/JOB_ALREADY_STARTED',
    code: 'transient',
    text: 'The upload job had already been started. A new one takes what is left.',
  },
  {
    vendor: 'offlineUserDataJobError/EXTERNAL_UPDATE_ID_ALREADY_EXISTS',
    code: 'transient',
    text: 'The upload job exists already.',
  },
  {
    vendor: 'offlineUserDataJobError/CONFLICTING_OPERATION',
    code: 'config',
    text: 'Adds and removes cannot share an upload job.',
  },
  {
    vendor: 'offlineUserDataJobError/INVALID_OPERATION_ORDER',
    code: 'config',
    text: 'A list can only be emptied by the first operation of an upload job.',
  },
  { vendor: 'offlineUserDataJobError', code: 'payload', text: 'Google does not accept this member.' },
  {
    vendor: 'userListError/NAME_ALREADY_USED',
    code: 'config',
    text: 'The account already has another list of this name. Choose another name template.',
  },
  {
    vendor: 'userListError/INVALID_NAME',
    code: 'config',
    text: 'Google does not accept the list name, or the account has another list of this name.',
  },
  {
    vendor: 'userListError/ADVERTISER_NOT_ON_ALLOWLIST_FOR_USING_UPLOADED_DATA',
    code: 'policy',
    text: 'This account may not use lists made from uploaded data yet. Google asks for a good policy and payment history.',
    url: POLICY,
  },
  {
    vendor: 'userListError/CAN_NOT_MUTATE_SENSITIVE_USERLIST',
    code: 'policy',
    text: 'Google marked the list as sensitive and does not let it be changed.',
    url: POLICY,
  },
  {
    vendor: 'userListError/ADVERTISER_TOS_NOT_ACCEPTED',
    code: 'policy',
    text: 'The advertiser has not accepted the terms of service.',
    url: TERMS,
  },
  { vendor: 'userListError', code: 'config', text: 'Google does not accept the list.' },
  {
    vendor: 'rangeError/TOO_HIGH',
    code: 'config',
    text: 'A value is too high. Members can stay on a list for at most 540 days.',
  },
  { vendor: 'rangeError', code: 'config', text: 'A value is outside what Google allows.' },
  { vendor: 'fieldError', code: 'config', text: 'Google does not accept a field of the request.' },
  { vendor: 'requestError', code: 'config', text: 'Google does not accept the request.' },
  { vendor: 'headerError', code: 'config', text: 'Google does not accept the manager account number.' },
  { vendor: 'collectionSizeError', code: 'config', text: 'The request has more parts than Google accepts.' },
  {
    vendor: 'mutateError/RESOURCE_NOT_FOUND',
    code: 'audience-missing',
    text: 'Google does not know the list any more. It may have been deleted in Google Ads.',
  },
  { vendor: 'mutateError', code: 'config', text: 'Google could not make the change.' },
  {
    vendor: 'queryError',
    code: 'config',
    text: 'Google does not understand the question. Its API may have changed: update Reach.',
  },
];
