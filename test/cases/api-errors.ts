import type { Receipt } from '../../connectors/destination.ts';
import { DestinationError } from '../../connectors/errors.ts';
import { batchOf, facebookBatch, googleBatch, outcome, platforms } from './platforms.ts';

/** Errors as public implementations record them, played to our connectors. */

export interface ErrorRow {
  id: string;
  platform: 'facebook' | 'google';
  http_status: number | null;
  response: unknown;
  retryable: boolean | null;
  note: string;
  url?: string;
}

interface AdsError {
  errorCode: Record<string, string>;
  message?: string;
  location?: { fieldPathElements: { fieldName: string; index?: number }[] };
}
interface RestError {
  error: { code: number; details?: { errors?: AdsError[] }[] };
}

const STATUS_TO_GRPC: Record<number, number> = { 400: 3, 401: 16, 403: 7, 404: 5, 409: 10, 429: 8, 500: 13, 503: 14 };

/** @returns what is wrong, or undefined */
export async function checkError(row: ErrorRow): Promise<string | undefined> {
  const result = row.platform === 'facebook' ? await onFacebook(row) : await onGoogle(row);
  const isSuccess =
    (row.response as { partialFailureError?: { code: number } }).partialFailureError?.code === 0 &&
    row.http_status === 200;
  if (isSuccess) return result instanceof DestinationError ? `should be a success, is ${result.code}` : undefined;
  if (!(result instanceof DestinationError)) {
    const rejected = result.outcomes.filter(({ verdict }) => verdict === 'rejected');
    if (rejected.length === 0) return 'was taken for a success';
    return row.retryable === true ? 'should be tried again, but rejects the member' : undefined;
  }
  if (row.retryable === null) return undefined;
  const retries = result.code === 'transient' || result.code === 'throttled';
  if (retries !== row.retryable) return `should ${row.retryable ? '' : 'not '}be tried again, but is ${result.code}`;
  const refreshes = /refresh token/.test(row.note) && row.http_status === 401;
  return refreshes && platforms.oauth.seen.length < 2 ? 'asked for no fresh token' : undefined;
}

function onFacebook(row: ErrorRow): Promise<Receipt | DestinationError> {
  const status = row.http_status ?? (typeof row.response === 'string' ? 500 : 400);
  platforms.facebook.answer({ status, body: row.response });
  const member = platforms.facebookEncode({ emails: ['case@example.org'] });
  return platforms.onFacebook((facebook) => outcome(facebook.add(facebookBatch([member]))));
}

function onGoogle(row: ErrorRow): Promise<Receipt | DestinationError> {
  const member = platforms.googleEncode({ emails: ['case@example.org'] });
  if (row.url?.includes('datamanager')) {
    const answer = { status: row.http_status!, body: row.response };
    platforms.dataManager.answer(answer, answer);
    return platforms.onDataManager((google) => outcome(google.add(googleBatch([member]))));
  }
  const partial = (row.response as { partialFailureError?: { code: number } }).partialFailureError;
  if (partial) {
    platforms.ads
      .answer('CreateOfflineUserDataJob', { resource_name: 'customers/7693729833/offlineUserDataJobs/1' })
      .answer('AddOfflineUserDataJobOperations', { partial_failure_error: platforms.ads.partial(partial.code) });
  } else {
    const failure = grpcFailure((row.response as RestError).error);
    const method = row.url?.includes(':create') ? 'CreateOfflineUserDataJob' : 'AddOfflineUserDataJobOperations';
    if (method.startsWith('Add'))
      platforms.ads.answer('CreateOfflineUserDataJob', {
        resource_name: 'customers/7693729833/offlineUserDataJobs/1',
      });
    platforms.ads.answer(method, failure).answer(method, failure);
  }
  return platforms.onGoogleAds((google) => outcome(google.add(batchOf([member], googleBatch([]).upload.options))));
}

/** The same error as gRPC sends it: the connector speaks gRPC to this API, other implementations REST. */
export function grpcFailure({ code, details = [] }: RestError['error']): Error {
  const errors = details.flatMap((detail) => detail.errors ?? []).map(protoError);
  return platforms.ads.failure(STATUS_TO_GRPC[code] ?? 2, ...errors);
}

export const protoError = ({ errorCode, location }: AdsError) => ({
  error_code: Object.fromEntries(Object.entries(errorCode).map(([kind, name]) => [snakeCase(kind), name])),
  message: 'As Google words it.',
  ...(location
    ? {
        location: {
          field_path_elements: location.fieldPathElements.map(({ fieldName, index }) => ({
            field_name: snakeCase(fieldName),
            ...(index === undefined ? {} : { index }),
          })),
        },
      }
    : {}),
});

const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
