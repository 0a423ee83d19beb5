import type { ErrorTable } from '../../errors.ts';
import { GRANTS } from './pages.ts';

/** google.rpc.Code by name: the `status` of REST errors and the code of gRPC errors and partial failures. */
export const statusErrors: ErrorTable = [
  { vendor: 'CANCELLED', code: 'transient', text: 'Google cancelled the request.' },
  { vendor: 'UNKNOWN', code: 'unknown', text: 'Google reports an error without naming it.' },
  {
    vendor: 'INVALID_ARGUMENT',
    code: 'unknown',
    text: 'Google could not accept the request and did not say which part.',
  },
  { vendor: 'DEADLINE_EXCEEDED', code: 'transient', text: 'Google took too long to answer.' },
  {
    vendor: 'NOT_FOUND',
    code: 'audience-missing',
    text: 'Google does not know the list any more. It may have been deleted in Google Ads.',
  },
  { vendor: 'ALREADY_EXISTS', code: 'config', text: 'Google already has something of that name.' },
  {
    vendor: 'PERMISSION_DENIED',
    code: 'config',
    text: 'The signed-in person may not use this account, or it does not exist. Check the account number, and the manager account if access goes through one.',
  },
  {
    vendor: 'RESOURCE_EXHAUSTED',
    code: 'throttled',
    text: 'The quota of your Google Cloud project is used up for the moment.',
  },
  { vendor: 'FAILED_PRECONDITION', code: 'config', text: 'The account is not in a state that allows this.' },
  {
    vendor: 'ABORTED',
    code: 'transient',
    text: 'Google gave the request up because another one changed the same list.',
  },
  { vendor: 'OUT_OF_RANGE', code: 'config', text: 'A value is outside what Google allows.' },
  { vendor: 'UNIMPLEMENTED', code: 'config', text: 'Google does not offer this call at the configured address.' },
  { vendor: 'INTERNAL', code: 'transient', text: 'Google reports an internal error.' },
  { vendor: 'UNAVAILABLE', code: 'transient', text: 'Google is not available for the moment.' },
  { vendor: 'DATA_LOSS', code: 'transient', text: 'Google reports that it lost data of the request.' },
  {
    vendor: 'UNAUTHENTICATED',
    code: 'auth',
    text: 'Google does not accept the access token, even after a fresh one was fetched. Sign in again and store the new refresh token.',
    url: GRANTS,
  },
];

/** Plain HTTP answers, for bodies that are not Google's JSON. */
export const httpErrors: ErrorTable = [
  { vendor: '400', code: 'unknown', text: 'Google could not accept the request and did not say why.' },
  {
    vendor: '401',
    code: 'auth',
    text: 'Google does not accept the access token. Sign in again and store the new refresh token.',
    url: GRANTS,
  },
  {
    vendor: '403',
    code: 'config',
    text: 'Google refuses access to this account. Check the account number, the signed-in person and that the API is enabled in your Google Cloud project.',
  },
  { vendor: '404', code: 'config', text: 'There is nothing at the configured Google address.' },
  { vendor: '408', code: 'transient', text: 'Google took too long to read the request.' },
  { vendor: '409', code: 'transient', text: 'Another request changed the same list at the same time.' },
  { vendor: '413', code: 'config', text: 'The request was larger than Google accepts.' },
  { vendor: '429', code: 'throttled', text: 'The quota of your Google Cloud project is used up for the moment.' },
  { vendor: '499', code: 'transient', text: 'The request was cancelled on the way.' },
  { vendor: '500', code: 'transient', text: 'Google reports an internal error.' },
  { vendor: '502', code: 'transient', text: 'A gateway before Google failed.' },
  { vendor: '503', code: 'transient', text: 'Google is not available for the moment.' },
  { vendor: '504', code: 'transient', text: 'A gateway before Google waited too long.' },
  { vendor: 'network', code: 'transient', text: 'The connection to Google failed.' },
  { vendor: 'timeout', code: 'transient', text: 'Google did not answer in time.' },
  {
    vendor: 'cancelled',
    code: 'transient',
    text: 'The call was stopped because the run was cancelled or the process ends.',
  },
  {
    vendor: 'unreadable',
    code: 'transient',
    text: 'The answer is not the JSON that Google sends. Is there a proxy in between?',
  },
];
