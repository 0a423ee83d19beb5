import { assertPublicHost, isPrivateAddress } from './hosts.ts';

describe('hosts that users name', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
  ])('%s is private', (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each(['8.8.8.8', '172.32.0.1', '192.169.0.1', '2606:4700::1111'])('%s is public', (address) =>
    expect(isPrivateAddress(address)).toBe(false),
  );

  it('refuses loopback by address and by name with words that say what to do', async () => {
    await expect(assertPublicHost('127.0.0.1')).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('REACH_ALLOW_PRIVATE_HOSTS'),
    });
    await expect(assertPublicHost('localhost')).rejects.toMatchObject({ code: 'config' });
  });
});
