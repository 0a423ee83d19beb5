import { tooManyRefusals } from '../bisect.ts';
import type { ErrorTable } from '../errors.ts';
import { dataManagerErrors, processingErrors } from './errors/data-manager.ts';
import { googleAdsErrors } from './errors/google-ads.ts';
import { oauthErrors } from './errors/oauth.ts';
import { httpErrors, statusErrors } from './errors/transport.ts';

/** Ours, told before anything is sent or when nothing can be. */
export const ownErrors: ErrorTable = [
  {
    vendor: 'reach/not_processed',
    code: 'throttled',
    scope: 'audience',
    text: 'Google is still processing what was sent, so nobody is taken out yet.',
  },
  {
    vendor: 'reach/incomplete',
    code: 'config',
    text: 'Google did not take everything that was sent, so nobody was taken out of the list: it would lose people who belong there. Run the resync again.',
  },
  {
    vendor: 'reach/clock',
    code: 'config',
    text: 'The clock of this machine and that of Google are minutes apart, so nobody was taken out of the list: the wrong people could be. Set the clock right and run the resync again.',
  },
  {
    vendor: 'reach/malformed',
    code: 'payload',
    text: 'The stored form of this member is not what Google takes, so it was not sent.',
  },
  tooManyRefusals('Google'),
  {
    vendor: 'reach/other_list_type',
    code: 'config',
    text: 'The account has a list of this name that is not for contact data. Rename it there, or choose another name template.',
  },
  {
    vendor: 'reach/read_only',
    code: 'config',
    text: 'The list of this name belongs to someone else and cannot be changed. Choose another name template.',
  },
];

/** Every code this connector knows. */
export const errors: ErrorTable = [
  ...oauthErrors,
  ...statusErrors,
  ...httpErrors,
  ...dataManagerErrors,
  ...processingErrors,
  ...googleAdsErrors,
  ...ownErrors,
];
