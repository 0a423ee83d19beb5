import { describe, expect, test } from '@jest/globals';
import { DestinationError } from '../errors.ts';
import { errors, failure, translate } from './errors.ts';

const said = (message: string, code?: string | number) => Object.assign(new Error(message), { code });

describe('an error of the server or the link', () => {
  test.each<[string, string | number | undefined, string, string, string]>([
    ['_xstat: Permission denied /x', 3, 'stat', 'config', '3/stat'],
    ['Permission denied', 3, 'open', 'config', '3'],
    ['Failure', 4, 'write', 'config', '4/write'],
    ['Failure', 4, 'stat', 'unknown', '4'],
    ['No space left on device', 4, 'open', 'config', 'disk-full'],
    ['Quota exceeded', 4, 'close', 'config', 'disk-full'],
    ['Unknown status', 14, 'write', 'config', '14'],
    ['Unknown status', 15, 'write', 'config', '15'],
    ['connect: Remote host refused connection', 'ECONNREFUSED', 'connect', 'transient', 'ECONNREFUSED'],
    ['getConnection: getaddrinfo ENOTFOUND x', 'ENOTFOUND', 'connect', 'config', 'ENOTFOUND'],
    ['getConnection: All configured authentication methods failed', undefined, 'connect', 'auth', 'login-refused'],
    ['Cannot parse privateKey: Malformed OpenSSH private key', undefined, 'connect', 'auth', 'private-key'],
    ['Encrypted private OpenSSH key detected, but no passphrase given', undefined, 'connect', 'auth', 'private-key'],
    ['Host denied (verification failed)', undefined, 'connect', 'config', 'host-key'],
    ['Timed out while waiting for handshake', undefined, 'connect', 'transient', 'timeout'],
    ['Keepalive timeout', undefined, 'write', 'transient', 'timeout'],
    ['Handshake failed: no matching key exchange algorithm', undefined, 'connect', 'config', 'handshake'],
    ['Unable to start subsystem: sftp', undefined, 'connect', 'config', 'no-sftp'],
    ['put: Unexpected end event', 'ERR_GENERIC_CLIENT', 'write', 'transient', 'lost'],
    ['No response from server', undefined, 'write', 'transient', 'lost'],
    ['Too many connections from this host', undefined, 'connect', 'throttled', 'too-many-connections'],
    ['something else altogether', 'EWEIRD', 'write', 'unknown', 'EWEIRD'],
  ])('%s (%s) while %s is %s', (message, code, operation, kind, vendorCode) => {
    expect(translate(said(message, code), operation)).toMatchObject({
      name: 'DestinationError',
      code: kind,
      vendorCode,
    });
  });
});

test('what is ours already passes unchanged', () => {
  const error = new DestinationError('config', 'x');
  expect(translate(error, 'write')).toBe(error);
});

test('the words of a server are not repeated, for they may hold what a log may not', () => {
  expect(translate(said('cannot write row planted@example.com', 4), 'write').message).not.toContain('planted');
});

test('a busy server names a time to wait, others do not', () => {
  expect(failure('too-many-connections').retryAfterSeconds).toBe(60);
  expect(failure('lost').retryAfterSeconds).toBeUndefined();
  expect(() => failure('nothing of the kind')).toThrow();
});

test('no vendor code is declared twice', () => {
  expect(new Set(errors.map(({ vendor }) => vendor)).size).toBe(errors.length);
});
