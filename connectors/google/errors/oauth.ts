import type { ErrorTable } from '../../errors.ts';
import { CREDENTIALS, GRANTS } from './pages.ts';

/** Token endpoint, RFC 6749 section 5.2 and https://developers.google.com/identity/protocols/oauth2. */
export const oauthErrors: ErrorTable = [
  {
    vendor: 'oauth/invalid_grant',
    code: 'auth',
    text: 'Google no longer accepts the refresh token: it expired, was revoked, or belongs to another OAuth client. Sign in again and store the new refresh token. Tokens of a project in "Testing" end after 7 days: publish the consent screen.',
    url: GRANTS,
  },
  {
    vendor: 'oauth/invalid_client',
    code: 'auth',
    text: 'Google does not know the OAuth client, or the client secret is wrong. Copy both again from the Google Cloud console.',
    url: CREDENTIALS,
  },
  {
    vendor: 'oauth/unauthorized_client',
    code: 'auth',
    text: 'The refresh token was issued to another OAuth client. Use the client that issued it, or sign in again.',
    url: CREDENTIALS,
  },
  {
    vendor: 'oauth/deleted_client',
    code: 'auth',
    text: 'The OAuth client was deleted. Create a new one and sign in again.',
    url: CREDENTIALS,
  },
  {
    vendor: 'oauth/disabled_client',
    code: 'auth',
    text: 'The OAuth client is disabled. Enable it in the Google Cloud console.',
    url: CREDENTIALS,
  },
  {
    vendor: 'oauth/invalid_scope',
    code: 'auth',
    text: 'The refresh token does not cover the scope Reach needs. Sign in again and allow it.',
    url: GRANTS,
  },
  {
    vendor: 'oauth/access_denied',
    code: 'auth',
    text: 'The person who signed in refused access. Sign in again and allow it.',
    url: GRANTS,
  },
  {
    vendor: 'oauth/admin_policy_enforced',
    code: 'auth',
    text: 'A Google Workspace administrator blocks this app. Ask them to allow it.',
  },
  {
    vendor: 'oauth/org_internal',
    code: 'auth',
    text: 'The OAuth client is limited to one organization. Sign in with an account of it.',
  },
  { vendor: 'oauth/rate_limit_exceeded', code: 'throttled', text: 'Google asks to request tokens less often.' },
  {
    vendor: 'oauth/temporarily_unavailable',
    code: 'transient',
    text: "Google's token service is not available for the moment.",
  },
  { vendor: 'oauth/server_error', code: 'transient', text: "Google's token service failed." },
  { vendor: 'oauth/internal_failure', code: 'transient', text: "Google's token service failed." },
  {
    vendor: 'oauth/invalid_request',
    code: 'config',
    text: 'Google could not read the token request. Check client id and refresh token for missing characters.',
  },
];
