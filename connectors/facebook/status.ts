import type { Confirmation } from '../destination.ts';

/** `operation_status` of an audience that Meta flagged against its policies. */
export const FLAGGED = 471;
/** `operation_status` while `usersreplace` runs. */
export const REPLACING = 414;
/** `operation_status` while an upload spreads; the audience can be used, but not replaced. */
export const POPULATING = 441;

type State = Confirmation['state'];

/**
 * `operation_status` codes: what they mean for an upload that Meta has received in full. A text with state
 * `confirmed` or `partial` is a warning; 200 needs none.
 * Source: developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience
 */
export const OPERATION_STATUS: Record<number, { state: State; text: string }> = {
  0: { state: 'pending', text: 'Facebook does not say yet what became of the audience.' },
  100: { state: 'confirmed', text: 'The audience is unused and will be deleted by Facebook unless an ad set uses it.' },
  200: { state: 'confirmed', text: '' },
  400: { state: 'confirmed', text: 'Facebook has a warning about the audience.' },
  410: { state: 'pending', text: 'Facebook has not seen an upload yet.' },
  411: {
    state: 'partial',
    text: 'Few of the contacts match a Facebook account. Send more match keys, or check their quality.',
  },
  412: { state: 'partial', text: 'Many of the entries are invalid.' },
  [REPLACING]: { state: 'pending', text: 'Facebook is still replacing the audience.' },
  415: { state: 'failed', text: 'Facebook could not replace the audience.' },
  421: { state: 'confirmed', text: 'Facebook reports a problem with the pixel behind the audience.' },
  422: { state: 'confirmed', text: 'Facebook reports a problem with the pixel behind the audience.' },
  423: { state: 'confirmed', text: 'Facebook reports a problem with the pixel behind the audience.' },
  431: { state: 'confirmed', text: 'Facebook has a problem with lookalikes of the audience.' },
  432: { state: 'confirmed', text: 'Facebook has a problem with lookalikes of the audience.' },
  433: { state: 'confirmed', text: 'Facebook has a problem with lookalikes of the audience.' },
  434: { state: 'confirmed', text: 'Facebook has a problem with lookalikes of the audience.' },
  [POPULATING]: { state: 'confirmed', text: 'Facebook is still filling the audience; it can be used meanwhile.' },
  442: { state: 'confirmed', text: 'Facebook did not fill the audience in advance.' },
  450: { state: 'confirmed', text: 'Facebook calls the audience out of date.' },
  470: {
    state: 'needs-person',
    text: 'The Facebook account that created the audience is inactive. Someone else must take it over.',
  },
  [FLAGGED]: {
    state: 'needs-person',
    text: 'Facebook flagged the audience. Open Audience Manager, rename it or appeal, then run again.',
  },
  500: { state: 'failed', text: 'Facebook reports an error with the audience.' },
};

/** `delivery_status`: 200 ready, 300 too small or inactive, 400 and above unusable. */
export function deliveryStatus(code = 200): { state: State; text: string } {
  if (code >= 400) return { state: 'needs-person', text: 'Facebook does not let this audience be used in ads.' };
  return { state: 'confirmed', text: code >= 300 ? 'The audience is too small to be shown ads, or inactive.' : '' };
}

/** What an audience's status means; one we do not know does not undo what was received. */
export function operationStatus(code = 200): { state: State; text: string } {
  return OPERATION_STATUS[code] ?? { state: 'confirmed', text: `Facebook gives the audience the status ${code}.` };
}
