import type { Prerequisite } from '../destination.ts';
import { DestinationError } from '../errors.ts';
import type { UserList } from './driver.ts';
import { ruleOf } from './failure.ts';
import type { AccessTokens } from './oauth.ts';

/** Fewer people than this cannot be shown ads. */
export const SMALLEST_LIST = 100;

/** Runs one question. What Google refuses becomes the detail; only what nobody expects is thrown. */
export async function testOf(name: string, title: string, question: () => Promise<string>): Promise<Prerequisite> {
  try {
    return { name, title, ok: true, detail: await question() };
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error;
    return { name, title, ok: false, detail: error.message, url: error.url };
  }
}

/** Something that cannot be asked beforehand: no fault, but worth knowing. The link is that of the vendor code. */
export function addition(name: string, title: string, detail: string, code: string, subcode?: string): Prerequisite {
  return { name, title, ok: true, detail, url: ruleOf({ code, subcode })?.url };
}

/** Lists that are too small to be used, and how large the others are; the first fifty of the account. */
export function sizesOf(lists: UserList[]): Prerequisite[] {
  const told = lists.filter(({ takesContacts, size }) => takesContacts && size !== undefined);
  if (told.length === 0) return [];
  const small = told.filter(({ size }) => size!.to < SMALLEST_LIST);
  const rates = told.flatMap(({ matchRatePercent: rate }) => (rate ? rate : []));
  const rate = rates.length > 0 ? ` Match rates from ${Math.min(...rates)} to ${Math.max(...rates)} %.` : '';
  const detail = `${told.length - small.length} of ${told.length} contact lists have the ${SMALLEST_LIST} people that ads need.${rate}`;
  return [{ name: 'list-sizes', title: 'Sizes of the lists', ok: true, detail }];
}

/** The first two prerequisites of either API: a token can be fetched, and it covers the scope. */
export async function signIn(tokens: AccessTokens, scope: string): Promise<Prerequisite[]> {
  const token = await testOf('token', 'Google sign-in', async () => {
    await tokens.renew();
    return 'The refresh token gives access tokens.';
  });
  if (!token.ok) return [token];
  const { scopes } = tokens;
  const covered = scopes?.includes(scope) ?? true;
  return [
    token,
    {
      name: 'scopes',
      title: 'Permissions of the sign-in',
      ok: covered,
      detail: !covered
        ? `The sign-in does not cover ${scope}. Sign in again and allow it.`
        : scopes
          ? `The sign-in covers ${scope}.`
          : 'Google does not say what the sign-in covers; the next checks tell.',
      ...(covered ? {} : { url: ruleOf({ code: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' })?.url }),
    },
  ];
}
