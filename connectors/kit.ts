import * as classValidator from 'class-validator';
import { keyMatcher } from '../src/identity/profile.ts';
import { KeepsSecrets, Label, Secret } from './declared.ts';
import type { ClassOf } from './destination.ts';
import { DestinationError, findErrorRule } from './errors.ts';
import { checkReceiver } from './http/check.ts';
import { HttpClient, parsed } from './http/client.ts';
import { encoder, WIRE_IDENTIFIERS, wireOf } from './http/encode.ts';
import { failure, httpErrors, refusalOf } from './http/errors.ts';
import { confirmationOf, PieceSender, plainCode, plainWords } from './http/receipts.ts';
import { RECEIVER_URL } from './http/url.ts';
import { IDENTIFIERS, PROFILES } from './match-keys.ts';
import { Pace, Paces } from './pacing.ts';

/**
 * What a connector in a package of its own is given. It is passed in, so that a package needs none of our code at run
 * time and both sides share one copy of every class. Within a major version things are added, never taken away.
 */
export const kit = {
  // The contract.
  DestinationError,
  findErrorRule,
  Secret,
  KeepsSecrets,
  Label,
  declareFields,
  /** The rules for fields: `IsString`, `Matches`, … */
  rules: classValidator,
  // Match keys without a platform's own rules, and the machine for those with.
  encoder,
  WIRE_IDENTIFIERS,
  wireOf,
  IDENTIFIERS,
  PROFILES,
  keyMatcher,
  // HTTP: allowed hosts only, one deadline a call, errors by status, batches in pieces.
  HttpClient,
  RECEIVER_URL,
  httpErrors,
  failure,
  refusalOf,
  checkReceiver,
  PieceSender,
  confirmationOf,
  parsed,
  plainCode,
  plainWords,
  // Limits on calls a minute and a day, counted over all processes.
  Pace,
  Paces,
};

export type ConnectorKit = typeof kit;

/** What a package exports by default. */
export type ConnectorFactory = (kit: ConnectorKit) => unknown;

/** Applies decorators to the fields of a class, for authors who compile none. */
export function declareFields(target: ClassOf<object>, fields: Record<string, PropertyDecorator[]>): void {
  for (const [name, decorators] of Object.entries(fields))
    for (const decorate of decorators) decorate(target.prototype as object, name);
}

export type * from './destination.ts';
export type * from './errors.ts';
export type { Wire, WireKey } from './http/encode.ts';
