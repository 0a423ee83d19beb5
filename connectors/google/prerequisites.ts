import { DestinationError, type Prerequisite } from '../destination.ts';
import { ruleOf } from './failure.ts';
import type { AccessTokens } from './oauth.ts';

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
