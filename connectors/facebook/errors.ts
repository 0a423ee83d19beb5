import { tooManyRefusals } from '../bisect.ts';
import { MOST_SKEW_MS } from '../clock-skew.ts';
import { DestinationError, type ErrorRule, type ErrorTable, findErrorRule } from '../errors.ts';

/** The code of an answer that Meta finds too large: ask for less. */
export const TOO_MUCH = '1/reduce';
/** Refusals that Meta tells apart by their words alone. */
const WORDED: [code: number, words: RegExp, subcode: string][] = [
  [100, /invalid appsecret_proof/i, 'proof-refused'],
  [100, /appsecret_proof/, 'proof'],
  [1, /reduce the amount of data/i, 'reduce'],
];

/** `{adAccountId}` stands for the digits of the ad account. */
export const TERMS_URL = 'https://business.facebook.com/ads/manage/customaudiences/tos/?act={adAccountId}';
export const AUDIENCES_URL = 'https://business.facebook.com/adsmanager/audiences?act={adAccountId}';
export const SETTINGS_URL = 'https://business.facebook.com/settings/system-users';

const TERMS: Omit<ErrorRule, 'vendor'> = {
  code: 'policy',
  text: 'The Custom Audience terms are not accepted for this ad account. A person with access to it must accept them.',
  url: TERMS_URL,
};
const PERMISSION: Omit<ErrorRule, 'vendor'> = {
  code: 'config',
  text: 'The token may not do this. Give its system user the ads_management permission and full control of the ad account.',
  url: SETTINGS_URL,
};
const FLAGGED: Omit<ErrorRule, 'vendor'> = {
  code: 'policy',
  text: 'Facebook flagged this audience and blocks changes to it. Open Audience Manager, rename it or appeal, then run again.',
  url: AUDIENCES_URL,
};
const TOKEN: Omit<ErrorRule, 'vendor'> = {
  code: 'auth',
  text: 'The access token is not valid (expired, revoked, or the password changed). Create a new system user token and save it in the connection.',
  url: SETTINGS_URL,
};
const PROOF_REFUSED: Omit<ErrorRule, 'vendor'> = {
  code: 'auth',
  text: 'Facebook refused the proof of the app secret: the secret does not belong to the app of the access token, or the clock of this machine is wrong.',
  url: SETTINGS_URL,
};
const INVALID: Omit<ErrorRule, 'vendor'> = {
  code: 'payload',
  text: 'Facebook refused the request as invalid.',
};
const BLOCKED: Omit<ErrorRule, 'vendor'> = {
  code: 'throttled',
  text: 'Facebook blocks this account for the moment because it saw behaviour against its policies. Check Account Quality; Reach tries again every half hour.',
  url: 'https://business.facebook.com/accountquality',
};

/**
 * What Meta's codes mean to us. Sources: the Marketing API error reference, the rate limiting guide and the Custom
 * Audience guides (developers.facebook.com/documentation/ads-commerce/marketing-api/error-reference).
 */
export const errors: ErrorTable = [
  { vendor: '1', code: 'transient', text: 'Facebook had an internal error.' },
  { vendor: TOO_MUCH, code: 'transient', text: 'Facebook finds the request too large.' },
  { vendor: '2', code: 'transient', text: 'Facebook is unavailable for the moment.' },
  { vendor: '5000', code: 'transient', text: 'Facebook had an unknown internal error.' },
  { vendor: '21009', code: 'transient', text: 'Facebook could not process the request for the moment.' },
  { vendor: '4', code: 'throttled', text: 'The app made too many calls. Reach waits before it goes on.' },
  { vendor: '17', code: 'throttled', text: 'This token made too many calls. Reach waits before it goes on.' },
  { vendor: '32', code: 'throttled', text: 'Too many calls for this page. Reach waits before it goes on.' },
  { vendor: '341', code: 'throttled', text: 'The app reached a limit. Reach waits before it goes on.' },
  { vendor: '613', code: 'throttled', text: 'The calls exceed a rate limit. Reach waits before it goes on.' },
  {
    vendor: '80003',
    code: 'throttled',
    text: 'The ad account used up its hourly quota of Custom Audience calls. Reach waits until Facebook gives access back.',
  },
  { vendor: '368', ...BLOCKED },
  { vendor: '1404078', ...BLOCKED },
  { vendor: '2859015', ...BLOCKED },

  { vendor: '102', ...TOKEN },
  { vendor: '190', ...TOKEN },
  { vendor: '104', ...PROOF_REFUSED },
  { vendor: '3', ...PERMISSION },
  { vendor: '10', ...PERMISSION },
  { vendor: '200', ...PERMISSION },
  { vendor: '270', ...PERMISSION, text: 'The access tier of the app does not allow this ad account.' },
  {
    vendor: '294',
    ...PERMISSION,
    text: 'The ads_management permission is missing, or the app has no access to the Marketing API.',
  },
  { vendor: '200/1870050', code: 'config', text: 'The ad account does not belong to a business. Add it to one first.' },
  { vendor: '200/1870034', ...TERMS },
  { vendor: '200/1870090', ...TERMS },
  { vendor: '2655', ...TERMS },
  { vendor: '2663', ...TERMS },
  { vendor: '2664', ...TERMS },
  {
    vendor: '200/1870047',
    code: 'policy',
    text: 'The removal would leave the audience too small, so Facebook refuses it. Add people first, or delete the audience.',
    url: AUDIENCES_URL,
  },

  {
    vendor: '100/33',
    code: 'audience-missing',
    text: 'The audience does not exist, or the token may not see it. If it does exist, make the system user an admin of the ad account.',
    url: SETTINGS_URL,
  },
  { vendor: '803', code: 'audience-missing', text: 'The audience does not exist.' },
  { vendor: '1487366', code: 'audience-missing', text: 'The audience was deleted.' },
  { vendor: '1487301', code: 'config', text: 'The audience is not shared with this ad account.' },
  { vendor: '100', ...INVALID },
  {
    vendor: '100/proof-refused',
    ...PROOF_REFUSED,
  },
  {
    vendor: '100/proof',
    code: 'config',
    text: 'The app requires proof of its secret. Save the app secret in the connection.',
  },
  { vendor: '100/1713098', ...INVALID, text: 'Facebook refused the request: a parameter of the audience is invalid.' },
  { vendor: '100/1713228', ...FLAGGED },
  { vendor: '100/1713230', ...FLAGGED },
  { vendor: '100/1713231', ...FLAGGED },
  { vendor: '100/1713232', ...FLAGGED },
  { vendor: '105', ...INVALID, text: 'The request has more parameters than Facebook takes.' },
  { vendor: '194', ...INVALID, text: 'The request misses a parameter that Facebook requires.' },

  {
    vendor: '2650',
    code: 'config',
    text: 'Facebook cannot update this audience: it was filled from another kind of source. Let Reach create a new one.',
    url: AUDIENCES_URL,
  },
  {
    vendor: '2650/1870145',
    code: 'throttled',
    scope: 'audience',
    text: 'The audience is being replaced. Reach waits until that is done.',
  },
  { vendor: '2650/1870148', code: 'transient', text: 'The replacement stopped half way and has to be sent again.' },
  {
    vendor: '2650/1870158',
    code: 'config',
    text: 'The replacement took longer than 90 minutes; what was sent by then is the audience. Add the rest.',
  },
  { vendor: '2650/1870147', code: 'config', text: 'The replacement did not begin with its first batch.' },
  { vendor: '2650/1870159', code: 'config', text: 'The replacement session is already finished.' },
  {
    vendor: '2650/1870144',
    code: 'config',
    text: 'The audience has 100 million people or more and cannot be replaced.',
  },
  { vendor: '2654', code: 'config', text: 'Facebook could not create the audience.', url: AUDIENCES_URL },
  { vendor: '2654/1713092', ...PERMISSION, text: 'The token has no write permission for this ad account.' },
  { vendor: '2656', code: 'config', text: 'The audience has lookalikes and cannot be deleted before them.' },
  {
    vendor: '2635',
    code: 'config',
    text: 'This version of the Marketing API has expired. Set REACH_FACEBOOK_API_VERSION to a newer one.',
    url: 'https://developers.facebook.com/docs/graph-api/changelog/versions',
  },
  tooManyRefusals('Facebook'),
];

/** Seconds to wait where Meta names none. Calling while blocked prolongs the block. */
const WAIT_SECONDS: Record<string, number> = {
  '80003': 300,
  '4': 300,
  '17': 300,
  '32': 300,
  '341': 300,
  '613': 300,
  '2650/1870145': 60,
  '368': 1800,
  '1404078': 1800,
  '2859015': 1800,
};

/** The `error` object of a Graph answer. */
export interface GraphErrorBody {
  message?: string;
  code?: number;
  error_subcode?: number;
  is_transient?: boolean;
  fbtrace_id?: string;
  error_user_title?: string;
  error_user_msg?: string;
}

/** `code/subcode`, or `code`, or `undefined` when the body has no code. */
export function vendorCode(error: GraphErrorBody): string | undefined {
  if (error.code === undefined) return undefined;
  return error.error_subcode ? `${error.code}/${error.error_subcode}` : String(error.code);
}

/**
 * The error that a Graph answer stands for. Codes we do not know are transient when Meta or the status says so
 * (5xx, 429, negative codes, `is_transient`), and `unknown` otherwise.
 * @param quote makes vendor text safe to show: no identifiers, no secrets. skewMs: what our clock is ahead of Meta's
 */
export function toDestinationError(
  error: GraphErrorBody,
  status: number,
  context: { adAccountId: string; retryAfterSeconds?: number; quote(text: string): string; skewMs?: number },
): DestinationError {
  const code = vendorCode(error);
  const word = WORDED.find(([number, words]) => number === error.code && words.test(error.message ?? ''))?.[2];
  const subcode = word ?? error.error_subcode;
  const rule = error.code === undefined ? undefined : findErrorRule(errors, error.code, subcode);
  const passing = error.is_transient === true || (error.code ?? 0) < 0 || status >= 500 || status === 429;
  const isThrottle = status === 429 && rule?.code !== 'auth' && rule?.code !== 'config';
  const kind = isThrottle
    ? 'throttled'
    : rule && !(rule.code !== 'throttled' && error.is_transient)
      ? rule.code
      : passing
        ? 'transient'
        : 'unknown';
  const said = error.error_user_title ?? error.message;
  const parts = [
    rule?.text ?? 'Facebook answered with an error that Reach does not know.',
    rule?.text === PROOF_REFUSED.text ? clockText(context.skewMs) : '',
    said ? `Facebook says: ${context.quote(said)}.` : '',
    `(${code ? `code ${code}` : `status ${status}`}${error.fbtrace_id ? `, trace ${error.fbtrace_id}` : ''})`,
  ];
  const wait = context.retryAfterSeconds ?? (rule && WAIT_SECONDS[rule.vendor]) ?? (isThrottle ? 300 : undefined);
  return new DestinationError(kind, parts.filter(Boolean).join(' '), {
    vendorCode: word ? `${error.code}/${word}` : (code ?? String(status)),
    retryAfterSeconds: kind === 'throttled' || kind === 'transient' ? wait : undefined,
    url: rule?.url?.replace('{adAccountId}', context.adAccountId),
    scope: rule?.scope,
  });
}

/** Which of the two causes of a refused proof it is, by what the clocks show. */
function clockText(skewMs?: number): string {
  if (skewMs === undefined) return '';
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return Math.abs(skewMs) > MOST_SKEW_MS
    ? `The clock of this machine is ${seconds} s ${skewMs > 0 ? 'ahead' : 'behind'}: set it right.`
    : 'The clock agrees with that of Facebook, so the secret is wrong: save the app secret of the app in the connection.';
}
