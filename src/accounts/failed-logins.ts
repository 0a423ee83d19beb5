import { Injectable, Logger } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Settings } from '../../config/settings.ts';

const SECONDS = 60;
/** One subscriber of IPv6 has a whole network of this size. */
const IPV6_PREFIX = 64;

/** Keys that were refused, by the address that sent them: an address that guesses has to wait. */
@Injectable()
export class FailedLogins {
  private readonly logger = new Logger(FailedLogins.name);
  private readonly limiter: RateLimiterMemory;
  /** Since the start of the process. */
  readonly counts = { refused: 0, limited: 0 };

  constructor(settings: Settings) {
    this.limiter = new RateLimiterMemory({ points: settings.REACH_FAILED_LOGINS_PER_MINUTE, duration: SECONDS });
  }

  /** @returns seconds until an address may try a key again; 0 when it may */
  async wait(address: string): Promise<number> {
    const state = await this.limiter.get(clientOf(address));
    if (!state || state.remainingPoints > 0) return 0;
    this.counts.limited++;
    return Math.ceil(state.msBeforeNext / 1000);
  }

  /** Counts and logs a key that was refused. */
  async record(address: string): Promise<void> {
    this.counts.refused++;
    const state = await this.limiter.penalty(clientOf(address));
    if (state.remainingPoints > 0) this.logger.warn({ msg: 'an API key was refused', address });
    else this.logger.warn({ msg: 'an API key was refused; the address has to wait', address, seconds: SECONDS });
  }
}

/** What counts as one client: an IPv4 address, or a network of IPv6. */
export function clientOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_PREFIX}`).toString();
}
