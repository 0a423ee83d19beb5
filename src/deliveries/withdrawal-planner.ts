import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { Clock } from '../engines/clock.ts';
import { ConsentPolicyService } from '../privacy/consent-policy.service.ts';
import { KeptBackRepository } from './kept-back.repository.ts';
import { layOut } from './layout.ts';
import { NO_BASIS } from './replacements.repository.ts';
import { type DeliveryRow, type RunRow, RunsRepository } from './runs.repository.ts';
import { StaleFormsRepository } from './stale-forms.repository.ts';
import { NO_COUNTS } from './states.ts';

/** Whatever the delivery did when it was in use: nobody leaves because they left its audience. */
const MODE = 'add-only';

/**
 * Plans runs that take people out who may not be delivered any more, and do nothing else: no one is added, changed or sent
 * again, segments stay what they are called, and no guard holds them.
 */
@Injectable()
export class WithdrawalPlanner {
  constructor(
    private readonly keptBack: KeptBackRepository,
    private readonly runs: RunsRepository,
    private readonly stale: StaleFormsRepository,
    private readonly connections: ConnectionsService,
    private readonly consent: ConsentPolicyService,
    private readonly clock: Clock,
  ) {}

  /** Safe to repeat after a crash. */
  async plan(run: RunRow, delivery: DeliveryRow): Promise<void> {
    const account = delivery.accountId as AccountId;
    const plannedAt = this.clock.now();
    const planId = `${run.id}.${plannedAt.getTime().toString(36)}`;
    const deniedCountries = await this.consent.deniedCountries(account);
    const kept = { deliveryId: delivery.id, deniedCountries };
    const counts = await this.keptBack.snapshot(account, planId, kept);
    const stale = await this.stale.plan(account, planId, { ...kept, mode: MODE });
    const { type } = await this.connections.get(account, delivery.connectionId);
    const { capabilities } = this.connections.definition(type);
    const planned = [...(await this.runs.bound(delivery.id))].map(([key, { segment }]) => ({
      segment,
      counts: counts.get(key) ?? NO_COUNTS,
    }));
    const uploads = planned.flatMap((each) =>
      layOut(run, { ...delivery, mode: MODE }, capabilities, each, NO_BASIS, stale.get(each.segment.key)),
    );
    const change = { status: 'sending' as const, planId, plannedAt, definition: { ...delivery } };
    const rows = planned.map(({ segment, counts: plan }) => ({
      runId: run.id,
      key: segment.key,
      segment,
      remote: null,
      planned: plan,
    }));
    await this.runs.savePlan(run.id, change, rows, uploads);
  }
}
