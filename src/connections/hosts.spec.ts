import fc from 'fast-check';
import { assertPublicHost, isPublicAddress } from './hosts.ts';

/** https://www.iana.org/assignments/iana-ipv4-special-registry, its multicast and its reserved space */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

const toText = (address: number): string => [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.');

/** Any address of a range. */
const within = (range: string) => {
  const [net, bits] = range.split('/') as [string, string];
  const start = net.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return fc.integer({ min: 0, max: 2 ** (32 - Number(bits)) - 1 }).map((offset) => toText(start + offset));
};

describe('hosts that users name', () => {
  it.each(SPECIAL_V4)('takes no address in %s for public, nor an IPv6 address that carries one', (range) => {
    fc.assert(
      fc.property(within(range), (address) => {
        const forms = [address, `::ffff:${address}`, `::${address}`, `64:ff9b::${address}`, `64:ff9b:1::${address}`];
        expect(forms.filter(isPublicAddress)).toEqual([]);
      }),
    );
  });

  it.each([
    '::',
    '::1',
    '0:0:0:0:0:ffff:7f00:1',
    '64:ff9b::8.8.8.8',
    '100::1',
    '2001::1',
    '2001:2::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '4000::1',
    'not an address',
    '',
  ])('are not public as %s', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(['8.8.8.8', '172.32.0.1', '192.169.0.1', '198.20.0.1', '::ffff:8.8.8.8', '2606:4700::1111', '2a00:1450::1'])(
    'are public as %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each(['127.0.0.1', 'localhost', '[::1]', '::1', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])(
    'are refused as %s with a text that names the setting',
    async (host) => {
      await expect(assertPublicHost(host)).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining('REACH_ALLOW_PRIVATE_HOSTS'),
      });
    },
  );

  it('allows an IPv6 address in brackets as a host', async () => {
    await expect(assertPublicHost('[2606:4700::1111]')).resolves.toBe(undefined);
  });
});
