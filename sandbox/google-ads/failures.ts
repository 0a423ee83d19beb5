import { randomUUID } from 'node:crypto';
import grpc from '@grpc/grpc-js';
import type { AdsProtos } from './protos.ts';

/** Where in a request an error lies: field names, with an index where the field repeats. */
export type FieldPath = [name: string, index?: number][];

/** One error of a GoogleAdsFailure, e.g. `{ kind: 'offline_user_data_job_error', code: 'INVALID_SHA256_FORMAT' }`. */
export interface AdsProblem {
  kind: string;
  code: string;
  message: string;
  path?: FieldPath;
}

const FAILURE = 'errors.GoogleAdsFailure';
const TRAILER = 'google.ads.googleads.v25.errors.googleadsfailure-bin';

const GRPC_STATUS: Record<string, grpc.status> = {
  authentication_error: grpc.status.UNAUTHENTICATED,
  authorization_error: grpc.status.PERMISSION_DENIED,
  not_allowlisted_error: grpc.status.PERMISSION_DENIED,
  quota_error: grpc.status.RESOURCE_EXHAUSTED,
  internal_error: grpc.status.INTERNAL,
};

/** A refused call, in the form of the Google Ads API. */
export class AdsError extends Error {
  readonly problems: AdsProblem[];
  readonly status: grpc.status;

  constructor(problems: AdsProblem[], status?: grpc.status) {
    super(problems[0]?.message ?? 'failed');
    this.problems = problems;
    this.status = status ?? GRPC_STATUS[problems[0]?.kind ?? ''] ?? grpc.status.INVALID_ARGUMENT;
  }
}

export function refuse(kind: string, code: string, message: string, path?: FieldPath): AdsError {
  return new AdsError([{ kind, code, message, path }]);
}

/** The gRPC error with the failure in its trailers. */
export function serviceError(protos: AdsProtos, error: AdsError): Partial<grpc.ServiceError> {
  const metadata = new grpc.Metadata();
  const requestId = randomUUID().replaceAll('-', '').slice(0, 22);
  metadata.set('request-id', requestId);
  if (error.problems.length > 0) metadata.set(TRAILER, protos.encode(FAILURE, failure(error.problems, requestId)));
  return { code: error.status, details: error.message, metadata };
}

/** A google.rpc.Status that carries the failures of single operations. */
export function partialFailure(protos: AdsProtos, problems: AdsProblem[]): object | undefined {
  if (problems.length === 0) return undefined;
  const value = protos.encode(FAILURE, failure(problems, ''));
  return {
    code: grpc.status.INVALID_ARGUMENT,
    message: problems[0]!.message,
    details: [{ type_url: `type.googleapis.com/google.ads.googleads.v25.${FAILURE}`, value }],
  };
}

function failure(problems: AdsProblem[], requestId: string): object {
  return {
    request_id: requestId,
    errors: problems.map(({ kind, code, message, path = [] }) => ({
      error_code: { [kind]: code },
      message,
      location: { field_path_elements: path.map(([field_name, index]) => ({ field_name, index })) },
    })),
  };
}
