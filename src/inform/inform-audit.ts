import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { Caller } from '../accounts/auth.ts';

const EVERY_MS = 60_000;

interface Tally {
  caller: Caller;
  requests: number;
  contacts: number;
  /** Contacts whose stored traits were used. */
  known: number;
}

/** Who scored how many contacts: one entry of the audit log a key and minute, so that no request waits for it. */
@Injectable()
export class InformAudit implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(InformAudit.name);
  private tallies = new Map<string, Tally>();
  private timer?: NodeJS.Timeout;

  constructor(private readonly accounts: AccountsService) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), EVERY_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  count(caller: Caller, results: { known: boolean }[]): void {
    const key = `${caller.accountId}\n${caller.keyId ?? caller.name}`;
    const tally = this.tallies.get(key) ?? { caller, requests: 0, contacts: 0, known: 0 };
    tally.requests += 1;
    tally.contacts += results.length;
    for (const { known } of results) if (known) tally.known += 1;
    this.tallies.set(key, tally);
  }

  /** Writes what was counted so far. */
  async flush(): Promise<void> {
    const tallies = [...this.tallies.values()];
    this.tallies = new Map();
    for (const { caller, ...counts } of tallies) {
      await this.accounts
        .audit(caller, 'inform.score', 'contacts', counts)
        .catch((err: unknown) => this.logger.error({ msg: 'scoring could not be audited', err }));
    }
  }
}
