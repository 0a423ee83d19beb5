import { Injectable } from '@nestjs/common';
import type { Allowance } from '../../connectors/destination.ts';
import { Clock } from '../engines/clock.ts';
import { QuotasRepository } from './quotas.repository.ts';

const MINUTE_MS = 60_000;
const MINUTES_A_DAY = 1_440;

/**
 * Counts calls against allowances that belong to a project at the platform, over every process and restart. A day ends
 * 24 hours after the minute of its first call; processes that ask in the same instant may pass it by one call each.
 */
@Injectable()
export class Quotas {
  constructor(
    private readonly repository: QuotasRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns 0 when the call is counted and may start, else milliseconds until it may be asked again */
  async take(name: string, { perMinute, perDay }: Allowance): Promise<number> {
    const now = this.clock.now().getTime();
    const minute = Math.floor(now / MINUTE_MS);
    const yesterday = minute - MINUTES_A_DAY;
    if (perDay !== undefined) {
      const { calls, oldest } = await this.repository.since(name, yesterday - 1);
      if (calls >= perDay && oldest !== null) return (oldest + MINUTES_A_DAY + 1) * MINUTE_MS - now;
    }
    const calls = await this.repository.take(name, minute, perMinute);
    if (calls === undefined) return (minute + 1) * MINUTE_MS - now;
    if (calls === 1) await this.repository.forget(name, yesterday - 1);
    return 0;
  }
}
