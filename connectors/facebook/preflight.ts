import { clockPrerequisite } from '../clock-skew.ts';
import type { Prerequisite } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import { accountNode, listAudiences } from './audiences.ts';
import { AUDIENCES_URL, SETTINGS_URL, TERMS_URL } from './errors.ts';
import type { GraphApi } from './graph-api.ts';
import { SLOW_PERCENT } from './usage.ts';
import { versionPrerequisite } from './versions.ts';

export const AUDIENCE_CAP = 500;

/** `account_status` of an ad account; only 1 and 9 can run ads. */
const ACCOUNT_STATUS: Record<number, string> = {
  1: 'active',
  2: 'disabled',
  3: 'unsettled',
  7: 'pending risk review',
  8: 'pending settlement',
  9: 'in grace period',
  100: 'pending closure',
  101: 'closed',
};

/** What Meta says of a token; `expires_at` in seconds since 1970, 0 for never. */
interface TokenData {
  is_valid?: boolean;
  /** When the person has to allow access to data again; 0 for never. */
  data_access_expires_at?: number;
  expires_at?: number;
  scopes?: string[];
}
interface AccountData {
  name?: string;
  account_status?: number;
  tos_accepted?: { custom_audience_tos?: number };
}
type Answer<T> = { value: T; error?: undefined } | { value?: undefined; error: DestinationError };
type Verdict = Pick<Prerequisite, 'ok' | 'detail' | 'daysLeft' | 'room' | 'untried'>;

/** Each thing that deliveries need, checked by reading only. An unusable answer is a verdict, never an exception. */
export async function check(api: GraphApi): Promise<Prerequisite[]> {
  const me = await attempt(() => api.call<{ name?: string }>('GET', ['me'], { fields: 'id,name' }));
  const account = await attempt(async () => {
    const node = await accountNode(api).get(['name', 'account_status', 'tos_accepted']);
    return node._data as AccountData;
  });
  const valid = me.error === undefined || account.error === undefined;
  const inspected = valid ? await attempt(() => inspect(api)) : { error: me.error };
  const granted = valid ? await attempt(() => permissions(api)) : { error: me.error };
  const count = account.error ? { error: account.error } : await attempt(() => countCustom(api));
  const url = (template: string) => template.replace('{adAccountId}', api.adAccountId);
  return [
    {
      name: 'token',
      title: 'Access token is valid',
      ...tokenVerdict(me, account, inspected.value, api.now()),
      url: SETTINGS_URL,
    },
    {
      name: 'scopes',
      title: 'Token may manage ads',
      ...scopesVerdict(granted.value ?? inspected.value?.scopes, account),
      url: SETTINGS_URL,
    },
    { name: 'account', title: 'Ad account is active', ...accountVerdict(account, me), url: url(AUDIENCES_URL) },
    { name: 'terms', title: 'Custom Audience terms are accepted', ...termsVerdict(account), url: url(TERMS_URL) },
    { name: 'audience-cap', title: 'Room for more audiences', ...capVerdict(count), url: url(AUDIENCES_URL) },
    { name: 'quota', title: 'Quota of calls is left', ...quotaVerdict(api) },
    clockPrerequisite(api.skewMs, 'Facebook'),
    versionVerdict(api, account.error ?? me.error),
  ];
}

async function attempt<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof DestinationError) return { error };
    return { error: new DestinationError('unknown', 'Facebook answered in a form that Reach does not know.') };
  }
}

const unknown = ({ message }: DestinationError): Verdict => ({
  ok: false,
  untried: true,
  detail: `Could not be checked: ${message}`,
});

async function permissions(api: GraphApi): Promise<string[]> {
  const { data } = await api.call<{ data: { permission: string; status: string }[] }>('GET', ['me', 'permissions']);
  return data.filter((p) => p.status === 'granted').map((p) => p.permission);
}

async function inspect(api: GraphApi): Promise<TokenData> {
  const { data } = await api.call<{ data: TokenData }>('GET', ['debug_token'], { input_token: api.accessToken });
  return data;
}

async function countCustom(api: GraphApi): Promise<number> {
  let count = 0;
  for await (const audience of listAudiences(api))
    if (audience.subtype === undefined || audience.subtype === 'CUSTOM') count++;
  return count;
}

/** Some tokens cannot read themselves; one that can read the ad account is valid all the same. */
function tokenVerdict(
  me: Answer<{ name?: string }>,
  account: Answer<AccountData>,
  token: TokenData | undefined,
  now: Date,
): Verdict {
  if (me.error && account.error) {
    return { ok: false, detail: (account.error.code === 'auth' ? account.error : me.error).message };
  }
  const whose = me.value?.name ? `Belongs to ${me.value.name}.` : 'Facebook accepts the token.';
  if (token?.is_valid === false)
    return { ok: false, detail: `${whose} It is no longer valid: create a new one.`, daysLeft: 0 };
  const ends = [token?.expires_at, token?.data_access_expires_at].filter((end) => end !== undefined && end > 0);
  if (ends.length === 0) return { ok: true, detail: whose };
  const days = Math.max(0, Math.floor((Math.min(...(ends as number[])) * 1000 - now.getTime()) / 86_400_000));
  return { ok: true, detail: `${whose} Expires in ${days} days: create a new one before that.`, daysLeft: days };
}

function scopesVerdict(granted: string[] | undefined, account: Answer<AccountData>): Verdict {
  if (granted) {
    return granted.includes('ads_management')
      ? { ok: true, detail: 'ads_management is granted.' }
      : { ok: false, detail: 'ads_management is missing. Create the token again with this permission.' };
  }
  if (account.error) return unknown(account.error);
  return { ok: true, detail: 'Facebook does not list the permissions; the ad account can be read.' };
}

function accountVerdict({ value, error }: Answer<AccountData>, me: Answer<unknown>): Verdict {
  if (error && me.error) return unknown(error);
  if (error) {
    return {
      ok: false,
      detail:
        error.code === 'audience-missing'
          ? 'The ad account does not exist, or the token may not see it.'
          : error.message,
    };
  }
  const status = value.account_status;
  const ok = status === undefined || status === 1 || status === 9;
  const text = status === undefined ? 'reachable' : (ACCOUNT_STATUS[status] ?? `in status ${status}`);
  return { ok, detail: `${value.name ?? 'The ad account'} is ${text}.` };
}

function termsVerdict({ value, error }: Answer<AccountData>): Verdict {
  if (error) return unknown(error);
  return Number(value.tos_accepted?.custom_audience_tos) === 1
    ? { ok: true, detail: 'Accepted.' }
    : { ok: false, detail: 'A person with access to the ad account must accept the Custom Audience terms.' };
}

function capVerdict({ value, error }: Answer<number>): Verdict {
  if (error) return unknown(error);
  const room = Math.max(0, AUDIENCE_CAP - value);
  return { ok: room > 0, detail: `${value} of ${AUDIENCE_CAP} customer lists exist.`, room };
}

/** What the usage headers of the calls of this check said; Meta sends none below some volume. */
function quotaVerdict({ usage: { percent, regainSeconds } }: GraphApi): Verdict {
  const wait = regainSeconds > 0 ? ` Facebook gives access back in ${Math.ceil(regainSeconds / 60)} minutes.` : '';
  const slow = percent >= SLOW_PERCENT ? ' Reach slows down.' : '';
  return { ok: percent < 100, detail: `${Math.round(percent)} % of the hourly quota is used.${slow}${wait}` };
}

/** An answer of error 2635 says more than the table of versions. */
function versionVerdict(api: GraphApi, error?: DestinationError): Prerequisite {
  const known = versionPrerequisite(api.version, api.now(), api.versionWarning);
  return error?.vendorCode === '2635' ? { ...known, ok: false, detail: error.message } : known;
}
