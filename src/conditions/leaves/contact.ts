import { checkChoice, checkText } from '../check.ts';
import type { ConsentLeaf, ConsentState, Contactable, ContactableLeaf, EveryoneLeaf } from '../condition.ts';
import { at, type Checker, type LeafKind } from '../leaf.ts';
import { hint } from '../nearest.ts';
import { AD_PURPOSES, isAdPurpose, purposesNamed } from '../purposes.ts';

/** `{"everyone": true}` */
export const everyoneLeaf: LeafKind<EveryoneLeaf> = {
  fields: ['everyone'],
  check(node, path, checker) {
    if (node.everyone !== true) checker.refuse(at(path, 'everyone'), 'wrong_type', 'Write {"everyone": true}.');
  },
  sql: () => 'true',
  text: () => 'everyone',
};

const filled = (...columns: string[]) => `(${columns.map((column) => `notEmpty(${column})`).join(' AND ')})`;
const either = (...tests: string[]) => `(${tests.join(' OR ')})`;

const EMAIL = either(filled('emails'), filled('email_hashes'));
const PHONE = either(filled('phones'), filled('phone_hashes'));
const ADDRESS = filled('first_name', 'last_name', 'postal_code');

/**
 * What each channel needs. Google takes e-mail, phone, or a whole address; Facebook also takes a mobile ad id, an
 * external id, or a name with any place. `address` is the form platforms match on (the delivery supplies a missing
 * country); `mail` is what a letter needs. Whether a value is valid is only known once it is encoded.
 */
export const CONTACTABLE: Readonly<Record<Contactable, string>> = {
  email: EMAIL,
  phone: PHONE,
  address: ADDRESS,
  mail: either(filled('last_name', 'street', 'city'), filled('last_name', 'street', 'postal_code')),
  mobileAdId: filled('mobile_ad_ids'),
  externalId: filled('external_ids'),
  google: either(EMAIL, PHONE, ADDRESS),
  facebook: either(
    EMAIL,
    PHONE,
    filled('mobile_ad_ids'),
    filled('external_ids'),
    filled('first_name', 'last_name', 'city'),
    ADDRESS,
  ),
};

/** `{"contactable": "email"}` */
export const contactableLeaf: LeafKind<ContactableLeaf> = {
  fields: ['contactable'],
  check(node, path, checker) {
    checkChoice(checker, node.contactable, at(path, 'contactable'), Object.keys(CONTACTABLE), 'unknown_channel');
  },
  sql: (leaf) => CONTACTABLE[leaf.contactable],
  text: (leaf) => `contactable by ${leaf.contactable}`,
};

const STATES: ConsentState[] = ['granted', 'denied', 'unspecified'];

/** Refuses a purpose that nobody was asked about: it would silently hold for everybody or for nobody. */
function checkPurpose(checker: Checker, name: string, path: string): void {
  const recorded = checker.context.purposes ?? new Set();
  if (purposesNamed(name).every((purpose) => isAdPurpose(purpose) || recorded.has(purpose))) return;
  const near = hint(name, new Set(['advertising', ...AD_PURPOSES, ...recorded]));
  checker.refuse(path, 'unknown_purpose', `No consent for "${name}" was imported.${near}`);
}

/** `{"consent": "advertising", "is": "granted"}`: of several purposes all must be granted, and one denied is denied. */
export const consentLeaf: LeafKind<ConsentLeaf> = {
  fields: ['consent', 'is'],
  check(node, path, checker) {
    if (checkText(checker, node.consent, at(path, 'consent'))) checkPurpose(checker, node.consent, at(path, 'consent'));
    checkChoice(checker, node.is, at(path, 'is'), STATES, 'unknown_state');
  },
  sql(leaf, compiler) {
    const states = purposesNamed(leaf.consent).map((purpose) => `consent[${compiler.bind('String', purpose)}]`);
    const granted = `(${states.map((state) => `${state} = 'granted'`).join(' AND ')})`;
    const denied = either(...states.map((state) => `${state} = 'denied'`));
    return { granted, denied, unspecified: `(NOT ${either(granted, denied)})` }[leaf.is];
  },
  text: (leaf) => `consent for ${leaf.consent} is ${leaf.is}`,
};
