import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { type CarriedOut, ComparisonRepository } from './comparison.repository.ts';
import { type RunRow, RunsRepository } from './runs.repository.ts';
import { snapshotsKeptSince } from './snapshot-retention.ts';
import type { RunVerdict } from './states.ts';

/** Why nobody is where the plan of such a run has them. */
const NOT_CARRIED_OUT: Partial<Record<RunVerdict, string>> = {
  'partly-failed': 'some of its segments failed, so its plan was carried out in part only',
  failed: 'it failed, so its plan was not carried out',
  cancelled: 'it was stopped, so its plan was not carried out',
  refused: 'it was refused, so nothing was sent',
  expired: 'nobody decided about its hold in time, so nothing was sent',
};

/** What changed between runs of a delivery. */
@Injectable()
export class ComparisonService {
  constructor(
    private readonly repository: ComparisonRepository,
    private readonly runs: RunsRepository,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Contacts by the segment they were in after the other run and after this one.
   * @throws Problem 409 `not_comparable` unless both runs did what they had planned for everyone, and both snapshots are kept
   */
  async compare(account: AccountId, id: string, otherId: string) {
    const [run, other] = [await this.row(account, id), await this.row(account, otherId)];
    if (run.deliveryId !== other.deliveryId)
      throw Problem.invalid('with', 'other_delivery', 'Both runs must be of the same delivery.');
    const keptSince = snapshotsKeptSince(this.settings, this.clock.now());
    const flow = await this.repository.flow(account, carriedOut(other, keptSince), carriedOut(run, keptSince));
    return {
      run: id,
      with: otherId,
      flow: flow.map(({ fromSegment, toSegment, contacts }) => ({
        from: fromSegment || null,
        to: toSegment || null,
        contacts,
      })),
    };
  }

  private async row(account: AccountId, id: string): Promise<RunRow> {
    const row = await this.runs.findRun(account, id);
    if (!row) throw Problem.notFound('run', id);
    return row;
  }
}

function carriedOut(run: RunRow, keptSince: Date): CarriedOut {
  const { id, planId, finishedAt } = run;
  const isTooOld = finishedAt && finishedAt < keptSince;
  const why = whyNotComparable(run) ?? (isTooOld ? 'it is too old, and its unchanged members were deleted' : undefined);
  if (why || !planId)
    throw Problem.conflict('not_comparable', `Run ${id} cannot be compared: ${why ?? 'it was never planned'}.`);
  return { id, planId };
}

/** Why the plan of a run does not say where everyone was once it had ended. */
export function whyNotComparable({ verdict, trigger }: Pick<RunRow, 'verdict' | 'trigger'>): string | undefined {
  if (trigger === 'withdrawal') return 'it only took people out who may not be delivered, and says nothing of others';
  return verdict ? NOT_CARRIED_OUT[verdict] : 'it has not ended';
}
