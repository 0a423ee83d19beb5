import { expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import { RateGuard } from './rate.guard.ts';

it('takes a list longer than a request may have for the longest, so that one broken request shuts nobody out', () => {
  const guard = new RateGuard(Object.assign(new Settings(), { REACH_INFORM_PER_SECOND: 100 }));
  let retryAfter = '';
  const send = (contacts: number) =>
    guard.canActivate({
      switchToHttp: () => ({
        getRequest: () => ({ caller: { accountId: 'acc_1' }, body: { contacts: Array(contacts) } }),
        getResponse: () => ({ setHeader: (_: string, seconds: string) => (retryAfter = seconds) }),
      }),
    } as unknown as ExecutionContext);
  expect(send(5_000_000)).toBe(true);
  expect(() => send(1)).toThrow('More than 100 contacts a second');
  expect(Number(retryAfter)).toBeLessThanOrEqual(5);
});
