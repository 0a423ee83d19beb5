import { DestinationError, type ErrorTable, findErrorRule } from '../errors.ts';
import { FILE_ERRORS } from '../files/errors.ts';
import { retryAfter } from '../retry-after.ts';

/** Codes of S3, some of other storages that speak its language, and broken connections. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const errors: ErrorTable = [
  { vendor: 'InvalidAccessKeyId', code: 'auth', text: 'The storage does not know the access key id. Enter it again.' },
  {
    vendor: 'SignatureDoesNotMatch',
    code: 'auth',
    text: 'The secret access key does not belong to the access key id. Enter it again.',
  },
  { vendor: 'ExpiredToken', code: 'auth', text: 'The credentials have expired. Enter new ones.' },
  { vendor: 'InvalidToken', code: 'auth', text: 'The credentials are not valid here. Enter them again.' },
  {
    vendor: 'AccessDenied',
    code: 'config',
    text: 'These credentials may not do this. They need s3:PutObject and s3:AbortMultipartUpload in the folder, and s3:GetObject unless "Proof of arrival" is none.',
  },
  { vendor: 'AllAccessDisabled', code: 'config', text: 'The bucket is locked. Ask its owner.' },
  {
    vendor: 'AccountProblem',
    code: 'policy',
    text: 'Something is wrong with the account that owns the bucket. Look into its billing.',
  },
  {
    vendor: 'NoSuchBucket',
    code: 'config',
    text: 'There is no such bucket. Create it, or correct its name and region.',
  },
  { vendor: 'InvalidBucketName', code: 'config', text: 'The bucket cannot have this name.' },
  { vendor: 'PermanentRedirect', code: 'config', text: 'The bucket is in another region. Enter that region.' },
  {
    vendor: 'AuthorizationHeaderMalformed',
    code: 'config',
    text: 'The bucket is in another region. Enter that region.',
  },
  {
    vendor: 'RequestTimeTooSkewed',
    code: 'config',
    text: "This machine's clock is off by more than 15 minutes. Set it right.",
  },
  { vendor: 'KMS.DisabledException', code: 'config', text: 'The KMS key is disabled. Enable it, or choose another.' },
  { vendor: 'KMS.NotFoundException', code: 'config', text: 'There is no such KMS key in this region.' },
  {
    vendor: 'InvalidArgument',
    code: 'config',
    text: 'The storage does not take a setting of this connection, most likely its encryption.',
  },
  {
    vendor: 'InvalidRequest',
    code: 'config',
    text: 'The storage does not take this request, most likely for a rule of the bucket.',
  },
  { vendor: 'MethodNotAllowed', code: 'config', text: 'The storage does not support this operation.' },
  { vendor: 'NotImplemented', code: 'config', text: 'The storage does not support this operation.' },
  {
    vendor: 'EntityTooLarge',
    code: 'config',
    text: 'The file is larger than the storage takes. Set fewer rows per file.',
  },
  { vendor: 'QuotaExceeded', code: 'config', text: 'The quota of the bucket is used up. Make room, then run again.' },
  { vendor: 'XMinioStorageFull', code: 'config', text: "The storage's disks are full. Make room, then run again." },
  { vendor: 'too-many-parts', code: 'config', text: 'The file is larger than 10,000 pieces. Set fewer rows per file.' },
  { vendor: 'SlowDown', code: 'throttled', text: 'The storage gets too many requests. Reach waits and tries again.' },
  {
    vendor: 'TooManyRequests',
    code: 'throttled',
    text: 'The storage gets too many requests. Reach waits and tries again.',
  },
  { vendor: 'ServiceUnavailable', code: 'transient', text: 'The storage is out of service at the moment.' },
  { vendor: 'InternalError', code: 'transient', text: 'The storage failed.' },
  { vendor: 'RequestTimeout', code: 'transient', text: 'The storage waited too long for the data.' },
  { vendor: 'OperationAborted', code: 'transient', text: 'The storage is busy with the same object.' },
  { vendor: 'BadDigest', code: 'transient', text: 'The data arrived damaged.' },
  { vendor: 'XAmzContentSHA256Mismatch', code: 'transient', text: 'The data arrived damaged.' },
  { vendor: 'InvalidPart', code: 'restart', text: 'A piece of the file is not there; the upload must begin again.' },
  {
    vendor: 'InvalidPartOrder',
    code: 'restart',
    text: 'The pieces of the file are out of order; the upload must begin again.',
  },
  {
    vendor: 'EntityTooSmall',
    code: 'restart',
    text: 'A piece of the file is too small; the upload must begin again.',
  },
  {
    vendor: 'NoSuchUpload',
    code: 'restart',
    text: 'The unfinished upload is gone; it must begin again at its first batch.',
  },
  { vendor: 'NoSuchKey', code: 'transient', text: 'The file is not there.' },
  ...FILE_ERRORS,
  { vendor: 'timeout', code: 'transient', text: 'The storage did not answer in time.' },
  { vendor: 'cancelled', code: 'transient', text: 'The upload was stopped from our side.' },
  { vendor: 'ENOTFOUND', code: 'config', text: 'The host name is not known. Check the address or the region.' },
  { vendor: 'ECONNREFUSED', code: 'transient', text: 'The host refused the connection. Check the address.' },
  { vendor: 'EAI_AGAIN', code: 'transient', text: 'The host name could not be looked up just now.' },
  { vendor: 'ETIMEDOUT', code: 'transient', text: 'The host did not answer. Check the address and the firewall.' },
  { vendor: 'EPIPE', code: 'transient', text: 'The host closed the connection.' },
  { vendor: 'EHOSTUNREACH', code: 'transient', text: 'No route to the host.' },
  { vendor: 'ECONNRESET', code: 'transient', text: 'The host reset the connection.' },
  {
    vendor: 'certificate',
    code: 'config',
    text: "The storage's certificate is not valid for this host. Nothing was sent.",
  },
];

/** Answers to HEAD have no body, so only the status tells. */
const BY_STATUS: Record<number, string> = {
  301: 'PermanentRedirect',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  429: 'TooManyRequests',
  500: 'InternalError',
  502: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'InternalError',
};
const WAIT_SECONDS = 10;

interface SdkError {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
}

/** Turns whatever came up into the one error that connectors throw; nothing of the SDK's own is passed on. */
export function translate(error: unknown, now: Date): DestinationError {
  if (error instanceof DestinationError) return error;
  const { name = '', message = '', code = inWords(message), $metadata, $response } = Object(error) as SdkError;
  const known = [name, code].find((each) => findErrorRule(errors, each));
  const tls = /CERT|^ERR_TLS|^UNABLE_TO_/.test(code) ? 'certificate' : undefined;
  const timed = name === 'TimeoutError' ? 'timeout' : undefined;
  const vendor = known ?? tls ?? timed ?? BY_STATUS[$metadata?.httpStatusCode ?? 0];
  if (vendor) return failure(vendor, { wait: retryAfter($response?.headers?.['retry-after'], now) });
  const unnamed = /^[\w.-]{1,64}$/.test(name) ? name : 'unnamed';
  return new DestinationError('unknown', `The storage answered with ${unnamed}, which Reach does not know.`, {
    vendorCode: unnamed,
  });
}

/** The operating system's code, where the SDK wraps it into words. */
const inWords = (message: string): string => /\b(E[A-Z_]{4,}|[A-Z_]*CERT[A-Z_]*)$/.exec(message)?.[1] ?? '';

/** The error of a vendor code of our own table. */
export function failure(
  vendorCode: string,
  { more = '', wait }: { more?: string; wait?: number } = {},
): DestinationError {
  const rule = findErrorRule(errors, vendorCode)!;
  return new DestinationError(rule.code, more ? `${rule.text} ${more}` : rule.text, {
    vendorCode,
    retryAfterSeconds: wait ?? (rule.code === 'throttled' ? WAIT_SECONDS : undefined),
  });
}
