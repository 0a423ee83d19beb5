import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { AlertsService } from '../alerts/alerts.service.ts';
import { ChangesRepository } from '../deliveries/changes.repository.ts';
import { RunListeners } from '../deliveries/run-listeners.ts';
import { RunsService } from '../deliveries/runs.service.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { READ_MONITOR } from './jobs.ts';
import { type MonitorRow, MonitorsRepository } from './monitors.repository.ts';
import { type Basis, driftBetween, type Reading, readingOf, sameBasis } from './reading.ts';

/** Reads what every run of a monitor found, and says when the cohort is not what it was. */
@Injectable()
export class ReadingsService implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly monitors: MonitorsRepository,
    private readonly plans: ChangesRepository,
    private readonly runs: RunsService,
    private readonly listeners: RunListeners,
    private readonly alerts: AlertsService,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.listeners.onFinished(async ({ id: runId, accountId, deliveryId }) => {
      const monitor = await this.monitors.ofDelivery(accountId as AccountId, deliveryId);
      if (monitor) await this.jobs.enqueue(READ_MONITOR, { accountId, monitorId: monitor.id, runId });
    });
  }

  /** Reads what runs found that ended just as a process died. */
  async onApplicationBootstrap(): Promise<void> {
    for (const unread of await this.monitors.unread()) await this.jobs.enqueue(READ_MONITOR, unread);
  }

  @HandlesJob(READ_MONITOR)
  async read({ accountId, monitorId, runId }: { accountId: string; monitorId: string; runId: string }): Promise<void> {
    const account = accountId as AccountId;
    const monitor = await this.monitors.find(account, monitorId);
    if (!monitor) return;
    const run = await this.runs.row(account, runId);
    if (!run.planId || !run.finishedAt || run.trigger === 'retry') return; // which does not look at everyone
    const { personaSetId, outcomes } = run.definition as unknown as Basis;
    const basis = { personaSetId, outcomes };
    const reading = { ...readingOf(await this.plans.summary(account, run.planId)), basis };
    const baseline = await this.baseline(monitor, runId);
    const comparable = baseline && sameBasis(baseline.basis, basis);
    const drift = comparable ? driftBetween(baseline, reading) : undefined;
    await this.monitors.addReading({
      id: runId,
      accountId: account,
      monitorId,
      at: run.plannedAt ?? run.finishedAt,
      verdict: run.verdict ?? '',
      reading: { ...reading, ...(drift && { drift }) },
    });
    // shares by other personas or bands are no drift of the cohort: it is measured anew from here
    if (baseline && !comparable) await this.monitors.update(account, monitorId, { baselineRunId: runId });
    await this.judge(account, monitor, drift ?? {});
  }

  private async baseline(monitor: MonitorRow, runId: string): Promise<Reading | undefined> {
    const account = monitor.accountId as AccountId;
    const row = monitor.baselineRunId
      ? await this.monitors.reading(account, monitor.id, monitor.baselineRunId)
      : await this.monitors.firstReading(account, monitor.id);
    return row && row.id !== runId ? row.reading : undefined;
  }

  private async judge(account: AccountId, monitor: MonitorRow, drift: NonNullable<Reading['drift']>): Promise<void> {
    const key = `monitor-drift/${monitor.id}`;
    const { driftLimit } = monitor;
    const over = Object.entries(drift).filter(([, { psi }]) => driftLimit !== null && psi > driftLimit);
    if (over.length === 0) return this.alerts.recover(account, key);
    const named = over.map(([name, { psi, band }]) => `${name} ${psi.toFixed(3)} (${band})`).join(', ');
    await this.alerts.raise(account, {
      key,
      title: 'A monitored cohort has drifted',
      text: `${monitor.name}: the stability index is above ${driftLimit}: ${named}.`,
      subject: monitor.id,
    });
  }
}
