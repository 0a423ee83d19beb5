import type { Creative, RuleGroup } from '../../api/types/creatives.ts';
import { asGroup, asSent } from '../../condition/tree.ts';

/** A creative while it is edited; empty texts stand for nothing. */
export interface Draft {
  name: string;
  headline: string;
  body: string;
  imageUrl: string;
  callToAction: string;
  linkUrl: string;
  channels: string[];
  activeFrom: string;
  activeUntil: string;
  rules: RuleGroup;
}

export const draftOf = (creative: Creative | undefined): Draft => ({
  name: creative?.name ?? '',
  headline: creative?.headline ?? '',
  body: creative?.body ?? '',
  imageUrl: creative?.imageUrl ?? '',
  callToAction: creative?.callToAction ?? '',
  linkUrl: creative?.linkUrl ?? '',
  channels: creative?.channels ?? [],
  activeFrom: creative?.activeFrom ?? '',
  activeUntil: creative?.activeUntil ?? '',
  rules: asGroup(creative?.rules),
});

/** The draft as the API takes it. */
export const bodyOf = ({ name, headline, channels, rules, ...optional }: Draft) => ({
  name,
  headline,
  channels,
  rules: asSent(rules) ?? null,
  ...Object.fromEntries(Object.entries(optional).map(([field, text]) => [field, text || null])),
});
