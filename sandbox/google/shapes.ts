import { isObject } from '../http.ts';
import { StatusError } from './errors.ts';

/** What a message may hold: `true` for a plain value, an object for a message, a one-element array for a list. */
export type Shape = true | [Shape] | { [field: string]: Shape };

const ACCOUNT: Shape = { accountType: true, accountId: true, product: true };
const CONSENT: Shape = { adUserData: true, adPersonalization: true };
const USER_DATA: Shape = {
  userIdentifiers: [
    {
      emailAddress: true,
      phoneNumber: true,
      address: { givenName: true, familyName: true, regionCode: true, postalCode: true },
    },
  ],
};
const MEMBER: Shape = {
  destinationReferences: [true],
  userData: USER_DATA,
  compositeData: { userData: USER_DATA, ipData: [{ ipAddress: true, observeStartTime: true, observeEndTime: true }] },
  mobileData: { mobileIds: [true] },
  userIdData: { userId: true },
  pairData: { pairIds: [true] },
  consent: CONSENT,
};
const DESTINATION: Shape = {
  reference: true,
  operatingAccount: ACCOUNT,
  loginAccount: ACCOUNT,
  linkedAccount: ACCOUNT,
  productDestinationId: true,
};
const ENCRYPTION: Shape = {
  gcpWrappedKeyInfo: { keyType: true, wipProvider: true, kekUri: true, encryptedDek: true },
  awsWrappedKeyInfo: { keyType: true, roleArn: true, kekUri: true, encryptedDek: true },
};

/** Request messages of IngestionService. Removals carry no consent and no terms. */
export const REQUESTS: Record<'ingest' | 'remove' | 'removeAll', Shape> = {
  ingest: {
    destinations: [DESTINATION],
    audienceMembers: [MEMBER],
    consent: CONSENT,
    validateOnly: true,
    encoding: true,
    encryptionInfo: ENCRYPTION,
    termsOfService: { customerMatchTermsOfServiceStatus: true },
  },
  remove: {
    destinations: [DESTINATION],
    audienceMembers: [MEMBER],
    validateOnly: true,
    encoding: true,
    encryptionInfo: ENCRYPTION,
  },
  removeAll: { destinations: [DESTINATION], removeAsOfTime: true, validateOnly: true },
};

/** Refuses what the JSON mapping of the message would refuse: unknown names and wrong kinds of value. */
export function assertShape(value: unknown, shape: Shape, path = ''): void {
  if (value === undefined || value === null) return;
  if (shape === true) {
    if (typeof value === 'object') throw malformed(`Invalid value at '${path}': expected a plain value.`);
  } else if (Array.isArray(shape)) {
    if (!Array.isArray(value)) throw malformed(`Invalid value at '${path}': expected a list.`);
    for (const [index, item] of value.entries()) assertShape(item, shape[0], `${path}[${index}]`);
  } else {
    if (!isObject(value)) throw malformed(`Invalid value at '${path}': expected an object.`);
    for (const [name, item] of Object.entries(value)) {
      const field = shape[name];
      if (!field)
        throw malformed(`Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`);
      assertShape(item, field, path ? `${path}.${name}` : name);
    }
  }
}

function malformed(message: string): StatusError {
  return new StatusError('INVALID_ARGUMENT', message);
}
