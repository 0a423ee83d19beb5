import type { Answer } from '../http.ts';

export interface GraphErrorParts {
  code: number;
  subcode?: number;
  message?: string;
  title?: string;
  userMessage?: string;
  status?: number;
  transient?: boolean;
  headers?: Record<string, string>;
}

/** An error in the form of the Graph API. */
export class GraphError extends Error {
  readonly parts: GraphErrorParts;

  constructor(parts: GraphErrorParts) {
    super(parts.message ?? 'Invalid parameter');
    this.parts = parts;
  }
}

const STATUS: Record<number, number> = { 1: 500, 2: 500, 10: 403, 190: 401, 200: 403, 270: 403, 294: 403 };
const TRANSIENT = new Set([1, 2, 4, 17, 32, 341, 613, 5000, 80003]);

/** The envelope every Graph error travels in. */
export function errorAnswer(parts: GraphErrorParts, traceId: string): Answer {
  const { code, subcode, message, title, userMessage } = parts;
  const error = {
    message: message ?? `(#${code}) Invalid parameter`,
    type: code === 190 || code === 200 || code === 100 ? 'OAuthException' : 'FacebookApiException',
    code,
    error_subcode: subcode,
    is_transient: parts.transient ?? TRANSIENT.has(code),
    error_user_title: title,
    error_user_msg: userMessage,
    fbtrace_id: traceId,
  };
  return { status: parts.status ?? STATUS[code] ?? 400, body: { error }, headers: parts.headers };
}

export const invalid = (message: string) => new GraphError({ code: 100, message: `(#100) ${message}` });

/** The documented errors that the sandbox answers by itself. */
export const ERRORS = {
  missing: (id: string) =>
    new GraphError({
      code: 100,
      subcode: 33,
      message: `Unsupported request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
    }),
  token: (subcode?: number) =>
    new GraphError({
      code: 190,
      subcode,
      message: 'Error validating access token: the session is invalid or expired.',
    }),
  proof: () => new GraphError({ code: 100, message: 'Invalid appsecret_proof provided in the API argument' }),
  proofMissing: () =>
    new GraphError({ code: 100, message: 'API calls from the server require an appsecret_proof argument' }),
  permission: (scope: string) => new GraphError({ code: 200, message: `(#200) Requires ${scope} permission` }),
  terms: (account: string) =>
    new GraphError({
      code: 200,
      subcode: 1870090,
      message: '(#200) Custom Audience Terms Not Accepted',
      title: 'Custom Audience Terms Not Accepted',
      userMessage: `To create or edit a customer list custom audience, accept the terms: https://business.facebook.com/ads/manage/customaudiences/tos/?act=${account}`,
    }),
  version: (version: string) =>
    new GraphError({
      code: 2635,
      message: `(#2635) You are calling a deprecated version of the Ads API. Version ${version} is not available.`,
      headers: { 'x-ad-api-version-warning': `Marketing API ${version} has expired. Please upgrade.` },
    }),
  cap: (cap: number) =>
    new GraphError({
      code: 2654,
      message: `(#2654) Failed to create custom audience: the ad account already has ${cap} custom audiences.`,
    }),
  flaggedUpload: () =>
    new GraphError({
      code: 100,
      subcode: 1713230,
      title: 'Audience Upload Blocked',
      userMessage:
        'Before updating user memberships, you must resolve integrity restrictions on this Data File Custom Audience.',
    }),
  flaggedEdit: () =>
    new GraphError({
      code: 100,
      subcode: 1713231,
      title: 'Update Restricted Fields and Rule',
      userMessage:
        'This custom audience has integrity restrictions. Update the restricted fields in your current edit.',
    }),
  flaggedSeed: () => new GraphError({ code: 100, subcode: 1713232, title: 'Lookalike Source Restricted' }),
  tooLow: () =>
    new GraphError({
      code: 200,
      subcode: 1870047,
      message: '(#200) Audience Size too Low',
      userMessage: 'You cannot remove users from this audience because it will result in a low audience size.',
    }),
  hasLookalikes: () =>
    new GraphError({ code: 2656, message: '(#2656) Lookalike audiences exist for this custom audience.' }),
  limit: (minutes: number) =>
    new GraphError({
      code: 80003,
      subcode: 2446079,
      message:
        "(#80003) There have been too many calls to this ad-account's custom audience. Wait a bit and try again.",
      userMessage: `Try again in ${minutes} minutes.`,
    }),
  dataSource: (made: string, sent: string) =>
    new GraphError({
      code: 2650,
      message: `(#2650) The custom audience was created from data source ${made}, which does not support ${sent}`,
    }),
  inProgress: () => new GraphError({ code: 2650, subcode: 1870145, message: '(#2650) Update in progress' }),
  timedOut: () =>
    new GraphError({ code: 2650, subcode: 1870158, message: '(#2650) The session timed out after 90 minutes' }),
  noFirstBatch: () => new GraphError({ code: 2650, subcode: 1870147, message: '(#2650) First batch not detected' }),
  finished: () => new GraphError({ code: 2650, subcode: 1870159, message: '(#2650) The session is already finished' }),
  tooBig: () =>
    new GraphError({ code: 2650, subcode: 1870144, message: '(#2650) The audience has 100M users or more' }),
};
