import { Logger } from '@nestjs/common';
import type { Settings } from '../../config/settings.ts';
import { clientOf, FailedLogins } from './failed-logins.ts';

describe('failed logins', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('make an address wait once it has sent as many wrong keys as it may, and no other address', async () => {
    const logins = new FailedLogins({ REACH_FAILED_LOGINS_PER_MINUTE: 3 } as Settings);
    for (let i = 0; i < 3; i++) {
      expect(await logins.wait('192.0.2.1')).toBe(0);
      await logins.record('192.0.2.1');
    }
    const seconds = await logins.wait('192.0.2.1');
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(await logins.wait('192.0.2.2')).toBe(0);
    expect(logins.counts).toEqual({ refused: 3, limited: 1 });
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
    ['fe80::1%eth0', 'fe80::'],
    ['', ''],
  ])('from "%s" count for %s', (address, client) => expect(clientOf(address)).toBe(client));
});
