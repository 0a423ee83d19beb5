import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Call } from '../http.ts';
import { S3Error } from './errors.ts';

/**
 * AWS Signature Version 4 in the Authorization header, checked as the service does.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const LARGEST_SKEW_MS = 15 * 60_000;

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** @throws S3Error with the service's code for whatever is not as it should be */
export function assertSigned(call: Call, keys: Keys, now: Date): void {
  const given = call.headers.authorization;
  if (!given) throw new S3Error(403, 'AccessDenied');
  const [, accessKeyId, day, region, signedHeaders = '', signature = ''] = AUTHORIZATION.exec(given) ?? [];
  if (!accessKeyId) throw new S3Error(400, 'AuthorizationHeaderMalformed');
  if (accessKeyId !== keys.accessKeyId) throw new S3Error(403, 'InvalidAccessKeyId');
  if (region !== keys.region) throw new S3Error(400, 'AuthorizationHeaderMalformed');
  const stamp = call.headers['x-amz-date'] ?? '';
  if (Math.abs(now.getTime() - dateOf(stamp)) > LARGEST_SKEW_MS) throw new S3Error(403, 'RequestTimeTooSkewed');
  assertBody(call);
  const names = signedHeaders.split(';');
  if (!names.includes('host') || !names.includes('x-amz-date')) throw new S3Error(403, 'SignatureDoesNotMatch');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonicalRequest(call, names))].join('\n');
  const key = [String(day), keys.region, 's3', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${keys.secretAccessKey}`,
  );
  if (!timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex'))) throw new S3Error(403, 'SignatureDoesNotMatch');
}

/** The digest in the header must be that of the body; without TLS there is no leaving it unsigned. */
function assertBody({ headers, bytes }: Call): void {
  const stated = headers['x-amz-content-sha256'];
  if (!stated) throw new S3Error(400, 'InvalidRequest');
  if (stated !== sha256(bytes)) throw new S3Error(400, 'XAmzContentSHA256Mismatch');
}

function canonicalRequest({ method, target, headers }: Call, names: string[]): string {
  const [path = '/', query = ''] = target.split(/\?(.*)/s);
  const pairs = query === '' ? [] : query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  return [
    method,
    path,
    pairs.sort().join('&'),
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    names.join(';'),
    headers['x-amz-content-sha256'],
  ].join('\n');
}

/** Milliseconds of `20261103T090807Z`. */
function dateOf(stamp: string): number {
  return Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
