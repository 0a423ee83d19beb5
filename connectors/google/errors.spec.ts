import { describe, expect, it } from '@jest/globals';
import type { DestinationDefinition } from '../destination.ts';
import { DestinationRegistry } from '../registry.ts';
import { refusalOf } from './data-manager.ts';
import { google } from './definition.ts';
import { errors } from './errors.ts';
import { failure, ruleOf, seconds, statusName } from './failure.ts';

describe('Google errors', () => {
  it('makes a definition that the registry accepts', () => {
    expect(new DestinationRegistry([google as unknown as DestinationDefinition]).get('google')).toBeDefined();
  });

  it.each(errors.map((rule) => [rule.vendor, rule] as const))('means by %s what the table says', (vendor, rule) => {
    const [code = '', subcode] = vendor.split('/');
    expect(failure([{ code, subcode }])).toMatchObject({
      code: rule.code,
      vendorCode: vendor,
      message: rule.text,
      url: rule.url,
    });
    expect(rule.text).toMatch(/^[A-Z].*[.?]$/s);
  });

  it.each([
    // What common clients get wrong: a 400 that is worth another try, and a 401 that is not about the token.
    [{ code: 'databaseError', subcode: 'CONCURRENT_MODIFICATION' }, 'transient'],
    [{ code: 'offlineUserDataJobError', subcode: 'INVALID_SHA256_FORMAT' }, 'payload'],
    [{ code: 'authenticationError', subcode: 'CUSTOMER_NOT_FOUND' }, 'config'],
    [{ code: 'authenticationError', subcode: 'OAUTH_TOKEN_REVOKED' }, 'auth'],
    [{ code: 'quotaError', subcode: 'RESOURCE_TEMPORARILY_EXHAUSTED' }, 'throttled'],
    [{ code: 'notAllowlistedError', subcode: 'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE' }, 'policy'],
    [{ code: 'rangeError', subcode: 'TOO_HIGH' }, 'config'],
    [{ code: 'oauth', subcode: 'invalid_grant' }, 'auth'],
    [{ code: 'ABORTED' }, 'transient'],
    [{ code: 'RESOURCE_EXHAUSTED' }, 'throttled'],
  ])('reads %j as %s', (vendor, code) => {
    expect(ruleOf(vendor)?.code).toBe(code);
  });

  it('tells the way out of the closed allow-list', () => {
    const error = failure([{ code: 'notAllowlistedError', subcode: 'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE' }]);
    expect(error.message).toContain('api: data-manager');
    expect(error.url).toBe('https://developers.google.com/data-manager/api');
  });

  it('says what to do about a revoked grant', () => {
    expect(failure([{ code: 'oauth', subcode: 'invalid_grant' }]).message).toContain('Sign in again');
  });

  it('keeps the name of a code it does not know, and the meaning of the next it does', () => {
    expect(failure([{ code: 'BRAND_NEW' }, { code: 'PERMISSION_DENIED' }])).toMatchObject({
      code: 'config',
      vendorCode: 'BRAND_NEW',
      message: expect.stringContaining('(BRAND_NEW)'),
    });
    expect(failure([{ code: 'BRAND_NEW' }])).toMatchObject({ code: 'unknown', vendorCode: 'BRAND_NEW' });
    expect(failure([])).toMatchObject({ code: 'unknown' });
  });

  it('prefers the accusation of a field to the reason, and the reason to the status', () => {
    const details = [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'NOT_ALLOWLISTED' },
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field: 'destinations[0]', reason: 'INVALID_DESTINATION' }],
      },
    ];
    const codeOf = (body: object, status = 400) =>
      refusalOf({ status, headers: {} }, body, new Date()).error.vendorCode;
    expect(codeOf({ error: { status: 'INVALID_ARGUMENT', details } })).toBe('INVALID_DESTINATION');
    expect(codeOf({ error: { status: 'INVALID_ARGUMENT', details: details.slice(0, 1) } })).toBe('NOT_ALLOWLISTED');
    expect(codeOf({ error: { status: 'PERMISSION_DENIED' } }, 403)).toBe('PERMISSION_DENIED');
    expect(codeOf({}, 599)).toBe('599');
  });

  it('reads durations and gRPC codes', () => {
    expect([seconds('12.2s'), seconds('30'), seconds(undefined), seconds('Wed, 21 Oct')]).toEqual([
      13,
      30,
      undefined,
      undefined,
    ]);
    expect([statusName(0), statusName(14), statusName(99)]).toEqual(['OK', 'UNAVAILABLE', 'UNKNOWN']);
  });
});
