const TRUE = new Set(['true', 't', 'yes', 'y', '1', 'on', 'ja', 'oui', 'si', 'sí', 'x', 'wahr', 'vrai']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0', 'off', 'nein', 'non', 'falsch', 'faux']);

/** Yes or no as people write it; nothing for anything else. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : undefined;
}

const GRANTED = new Set([
  'granted',
  'opt-in',
  'opted-in',
  'opted in',
  'optin',
  'subscribed',
  'consented',
  'allow',
  'allowed',
]);
const DENIED = new Set([
  'denied',
  'opt-out',
  'opted-out',
  'opted out',
  'optout',
  'unsubscribed',
  'withdrawn',
  'revoked',
  'refused',
]);

/** A consent as people record it; nothing for what says neither. */
export function parseConsent(text: string): 'granted' | 'denied' | undefined {
  const word = text.toLowerCase();
  if (GRANTED.has(word)) return 'granted';
  if (DENIED.has(word)) return 'denied';
  const yes = parseBoolean(word);
  return yes === undefined ? undefined : yes ? 'granted' : 'denied';
}
