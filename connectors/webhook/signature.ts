import { createHmac } from 'node:crypto';

/**
 * The value of Reach-Signature: `t=<seconds>,v1=<hex>`, where `v1` is HMAC-SHA256 over `<seconds>.<body>`. One `v1` a
 * secret: receivers accept the request when any of them fits, and refuse what is older than five minutes.
 */
export function signature(body: string, secrets: string[], at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const signed = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`,
  );
  return [`t=${seconds}`, ...signed].join(',');
}
