import type { EncodedMember } from '../destination.ts';
import { type Identifier, isWire, type Piece } from './encode.ts';
import { nameOf, ruleOf } from './failure.ts';
import type { Fault } from './google-ads.ts';
import type { Refused } from './member-sender.ts';

/** Most identifiers of one operation. @see https://developers.google.com/google-ads/api/docs/remarketing/audience-segments/customer-match/get-started */
export const IDENTIFIERS_PER_OPERATION = 20;
/** Google recommends at most this many identifiers a call. */
const IDENTIFIERS_PER_CALL = 10_000;

export const told = (code: Fault['code']) => ({
  verdict: 'rejected' as const,
  code: nameOf(code),
  text: ruleOf(code)?.text ?? `Google refused this member: ${nameOf(code)}.`,
});

export const operationOf = (way: 'create' | 'remove', identifiers: Identifier[]) => ({
  [way]: { user_identifiers: identifiers.map(userIdentifier) },
});

export const usableOf = (members: EncodedMember[]) =>
  members.flatMap(({ contactId, wire }) => (isWire(wire) ? [{ contactId, wire }] : []));

export function malformedOf(members: EncodedMember[]): Refused {
  const malformed = members.filter(({ wire }) => !isWire(wire));
  return new Map(malformed.map(({ contactId }) => [contactId, told({ code: 'reach', subcode: 'malformed' })]));
}

/** Puts faults down to the contacts of a call. @returns how many accuse nobody */
export function blame(faults: Fault[], call: Piece[], refused: Refused): number {
  let nobody = 0;
  for (const { code, operation } of faults) {
    const accused = operation === undefined ? undefined : call[operation];
    if (accused) refused.set(accused.contactId, told(code));
    else nobody++;
  }
  return nobody;
}

/** A fault by the position among the members. One of what stands before them has none. */
export function shifted(fault: Fault, before: number): Fault {
  const { operation, ...rest } = fault;
  return operation === undefined || operation < before ? rest : { ...rest, operation: operation - before };
}

/** Groups operations so that no call holds more identifiers than Google recommends. */
export function callsOf(all: Piece[]): Piece[][] {
  const calls: Piece[][] = [];
  let room = 0;
  for (const piece of all) {
    if (piece.identifiers.length > room) {
      calls.push([]);
      room = IDENTIFIERS_PER_CALL;
    }
    calls.at(-1)!.push(piece);
    room -= piece.identifiers.length;
  }
  return calls;
}

function userIdentifier(identifier: Identifier): object {
  if ('emailAddress' in identifier) return { hashed_email: identifier.emailAddress };
  if ('phoneNumber' in identifier) return { hashed_phone_number: identifier.phoneNumber };
  const { givenName, familyName, regionCode, postalCode } = identifier.address;
  return {
    address_info: {
      hashed_first_name: givenName,
      hashed_last_name: familyName,
      country_code: regionCode,
      postal_code: postalCode,
    },
  };
}
