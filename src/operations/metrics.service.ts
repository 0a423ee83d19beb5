import { Injectable } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { AccountId } from '../accounts/auth.ts';
import { FailedLogins } from '../accounts/failed-logins.ts';
import { MetricsReader } from '../deliveries/metrics.reader.ts';

/** Figures for Prometheus: of this process, and of an account's deliveries as the stores have them. No label names a person. */
@Injectable()
export class MetricsService {
  private readonly ofProcess = new Registry();

  constructor(
    private readonly reader: MetricsReader,
    failedLogins: FailedLogins,
  ) {
    const registers = [this.ofProcess];
    collectDefaultMetrics({ register: this.ofProcess, prefix: 'reach_' });
    new Counter({
      name: 'reach_failed_logins_total',
      help: 'API keys that were refused, and requests of addresses that had to wait after too many of them.',
      labelNames: ['outcome'],
      registers,
      collect() {
        this.reset();
        for (const [outcome, count] of Object.entries(failedLogins.counts)) this.inc({ outcome }, count);
      },
    });
  }

  async expose(account: AccountId): Promise<string> {
    // a registry of its own: two accounts may ask at the same time
    const ofAccount = new Registry();
    const registers = [ofAccount];
    const runs = new Gauge({
      name: 'reach_runs',
      help: 'Runs by verdict; under_way for those not finished.',
      labelNames: ['account', 'verdict'],
      registers,
    });
    const contacts = new Gauge({
      name: 'reach_sent_contacts',
      help: 'Contacts in acknowledged batches, by the platform’s answer.',
      labelNames: ['account', 'verdict'],
      registers,
    });
    const withdrawn = new Gauge({
      name: 'reach_withdrawn_but_delivered',
      help: 'Contacts that may not be delivered any more and that a destination still holds: 0 after the next run of every delivery.',
      labelNames: ['account'],
      registers,
    });
    const figures = await this.reader.read(account);
    for (const { verdict, count } of figures.runs) runs.set({ account, verdict }, count);
    for (const { verdict, count } of figures.contacts) contacts.set({ account, verdict }, count);
    withdrawn.set({ account }, figures.withdrawnButDelivered);
    return `${await this.ofProcess.metrics()}\n${await ofAccount.metrics()}`;
  }
}
