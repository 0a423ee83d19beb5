import { checkChoice, checkText } from '../check.ts';
import type { ConsentLeaf, ConsentState, Contactable, ContactableLeaf, EveryoneLeaf } from '../condition.ts';
import { at, type LeafKind } from '../leaf.ts';

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

/** `{"consent": "advertising", "is": "granted"}` */
export const consentLeaf: LeafKind<ConsentLeaf> = {
  fields: ['consent', 'is'],
  check(node, path, checker) {
    checkText(checker, node.consent, at(path, 'consent'));
    checkChoice(checker, node.is, at(path, 'is'), STATES, 'unknown_state');
  },
  sql(leaf, compiler) {
    const state = `consent[${compiler.bind('String', leaf.consent)}]`;
    return leaf.is === 'unspecified'
      ? `${state} NOT IN ('granted', 'denied')`
      : `${state} = ${compiler.bind('String', leaf.is)}`;
  },
  text: (leaf) => `consent for ${leaf.consent} is ${leaf.is}`,
};
