/** Characters at the end of an address that are shown, and the fewest that then stay hidden. */
const SHOWN = 4;
const HIDDEN = 8;

/**
 * An address as it may be shown and logged: user, path and query may be credentials, as in the webhooks of Slack. The last
 * characters tell two addresses of one host apart.
 */
export function shownUrl(url: string): string {
  const { origin, username, pathname, search } = new URL(url);
  const rest = `${pathname}${search}`.slice(1);
  if (rest === '') return username ? `${origin}/…` : `${origin}/`;
  return `${origin}/…${rest.length >= SHOWN + HIDDEN ? rest.slice(-SHOWN) : ''}`;
}
