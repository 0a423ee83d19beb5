import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { DestinationError } from '../../connectors/errors.ts';

const PRIVATE = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(net, bits, 'ipv4');
}
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv6');

/** True for loopback, link-local, shared and private addresses, also when wrapped in IPv6. */
export function isPrivateAddress(address: string): boolean {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  return PRIVATE.check(v4, isIP(v4) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Refuses hosts that users name but that point into our own network.
 * @throws DestinationError `config`
 */
export async function assertPublicHost(host: string): Promise<void> {
  const addresses = isIP(host)
    ? [host]
    : (await lookup(host, { all: true }).catch(() => [])).map((entry) => entry.address);
  if (addresses.length === 0) throw new DestinationError('config', `The host ${host} cannot be found.`);
  if (addresses.some(isPrivateAddress)) {
    throw new DestinationError(
      'config',
      `The host ${host} has a private address. Set REACH_ALLOW_PRIVATE_HOSTS=true to allow it.`,
    );
  }
}
