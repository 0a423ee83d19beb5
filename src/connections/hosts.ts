import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { DestinationError } from '../../connectors/errors.ts';

/** All that IANA has given out of IPv6 for hosts of the public internet; its own exceptions have other ranges below. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * True for addresses of the public internet by the IANA registries of special-purpose addresses. IPv6 forms that carry
 * an IPv4 address (mapped, translated, 6to4, Teredo) are not: they lead wherever that address does.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST);
}

/**
 * Refuses hosts that users name but that point into our own network.
 * @param host a name or an address, also an IPv6 address in brackets
 * @throws DestinationError `config`
 */
export async function assertPublicHost(host: string): Promise<void> {
  const plain = host.replace(/^\[|\]$/g, '');
  const addresses = ipaddr.isValid(plain)
    ? [plain]
    : (await lookup(plain, { all: true }).catch(() => [])).map((entry) => entry.address);
  if (addresses.length === 0) throw new DestinationError('config', `The host ${host} cannot be found.`);
  if (!addresses.every(isPublicAddress)) {
    throw new DestinationError(
      'config',
      `The host ${host} has a private address. Set REACH_ALLOW_PRIVATE_HOSTS=true to allow it.`,
    );
  }
}
