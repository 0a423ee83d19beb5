import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { AccountsService } from '../accounts/accounts.service.ts';
import { MetricsReader } from '../deliveries/metrics.reader.ts';

/** Figures for Prometheus: of this process, and of deliveries as the stores have them. No label names a person. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();
  private readonly runs: Gauge<'account' | 'verdict'>;
  private readonly contacts: Gauge<'account' | 'verdict'>;
  private readonly withdrawn: Gauge<'account'>;

  constructor(
    private readonly accounts: AccountsService,
    private readonly reader: MetricsReader,
  ) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry, prefix: 'reach_' });
    this.runs = new Gauge({
      name: 'reach_runs',
      help: 'Runs by verdict; under_way for those not finished.',
      labelNames: ['account', 'verdict'],
      registers,
    });
    this.contacts = new Gauge({
      name: 'reach_sent_contacts',
      help: 'Contacts in acknowledged batches, by the platform’s answer.',
      labelNames: ['account', 'verdict'],
      registers,
    });
    this.withdrawn = new Gauge({
      name: 'reach_withdrawn_but_delivered',
      help: 'Contacts that may not be delivered any more and that a destination still holds: 0 after the next run of every delivery.',
      labelNames: ['account'],
      registers,
    });
  }

  async expose(): Promise<string> {
    for (const gauge of [this.runs, this.contacts, this.withdrawn]) gauge.reset();
    for (const account of await this.accounts.all()) {
      const figures = await this.reader.read(account);
      for (const { verdict, count } of figures.runs) this.runs.set({ account, verdict }, count);
      for (const { verdict, count } of figures.contacts) this.contacts.set({ account, verdict }, count);
      this.withdrawn.set({ account }, figures.withdrawnButDelivered);
    }
    return this.registry.metrics();
  }
}
