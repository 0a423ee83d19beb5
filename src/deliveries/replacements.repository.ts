import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';

/** What decides whether and how a segment is replaced. */
export interface ReplacementBasis {
  /** Units of weight of a member, on average, by what was sent so far. */
  weight: number;
  /** Members that come from another segment of the same run, and members that go to one. */
  movesIn: number;
  movesOut: number;
}

export const NO_BASIS: ReplacementBasis = { weight: 1, movesIn: 0, movesOut: 0 };

interface Replacement {
  deliveryId: string;
  segmentKey: string;
  /** As the outbox names the upload. */
  outboxId: string;
}

/** Statements about whole segments that are replaced: when that pays, and what the ledger says after it. */
@Injectable()
export class ReplacementsRepository {
  constructor(private readonly warehouse: Warehouse) {}

  /** By segment, of a complete plan. */
  async basis(account: AccountId, deliveryId: string, planId: string): Promise<Map<string, ReplacementBasis>> {
    const params = { account, delivery: deliveryId, plan: planId };
    const [weights, moves] = await Promise.all([
      this.warehouse.query<{ segment: string; weight: number }>(
        `SELECT toString(segment_key) AS segment, avg(weight) AS weight FROM ledger FINAL
         WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND state IN ('present', 'failed') GROUP BY segment`,
        params,
      ),
      this.warehouse.query<{ segment: string; movesIn: string; movesOut: string }>(
        `SELECT toString(segment_key) AS segment, countIf(action = 'add') AS movesIn, countIf(action = 'remove') AS movesOut
         FROM run_members WHERE account_id = {account:String} AND plan_id = {plan:String} AND action IN ('add', 'remove')
           AND contact_id IN (SELECT contact_id FROM run_members WHERE account_id = {account:String} AND plan_id = {plan:String}
             AND action IN ('add', 'remove') GROUP BY contact_id HAVING uniqExact(action) = 2)
         GROUP BY segment`,
        params,
      ),
    ]);
    const basis = new Map<string, ReplacementBasis>();
    for (const { segment, weight } of weights) basis.set(segment, { ...NO_BASIS, weight: Number(weight) });
    for (const { segment, movesIn, movesOut } of moves)
      basis.set(segment, {
        ...(basis.get(segment) ?? NO_BASIS),
        movesIn: Number(movesIn),
        movesOut: Number(movesOut),
      });
    return basis;
  }

  /**
   * Enters that everyone whom an upload with the whole segment did not bring is gone: who was to leave, and who was to stay
   * but was kept back since. @returns how many
   */
  async enterOmissions(account: AccountId, { deliveryId, segmentKey, outboxId }: Replacement, runId: string) {
    const params = { account, delivery: deliveryId, segment: segmentKey, run: runId, upload: outboxId };
    const { omitted } = await this.warehouse.one<{ omitted: string }>(
      `SELECT count() AS omitted ${OTHERS} AND state IN ('present', 'failed')`,
      params,
    );
    await this.warehouse.command(
      `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version)
       SELECT account_id, delivery_id, segment_key, contact_id, 'removed', 'null', 1, identity_version, {run:String}, 0,
         now64(3), toUInt64(toUnixTimestamp64Micro(now64(6))) ${OTHERS} AND state IN ('present', 'failed')`,
      params,
    );
    return Number(omitted);
  }

  /**
   * A replacement that ended on its way, or a sweep, may have taken out anyone whom it had not brought: they count as not
   * known to be there, and are sent again, or removed.
   */
  async doubtOthers(account: AccountId, { deliveryId, segmentKey, outboxId }: Replacement) {
    await this.warehouse.command(
      `INSERT INTO ledger (account_id, delivery_id, segment_key, contact_id, state, wire, weight, identity_version, run_id, batch_seq, at, version)
       SELECT account_id, delivery_id, segment_key, contact_id, 'failed', wire, weight, identity_version, run_id, batch_seq, now64(3), version + 1
       ${OTHERS} AND state = 'present'`,
      { account, delivery: deliveryId, segment: segmentKey, upload: outboxId },
    );
  }
}

/** What the ledger has of a segment's contacts whom an upload did not bring. */
const OTHERS = `FROM ledger FINAL
  WHERE account_id = {account:String} AND delivery_id = {delivery:String} AND segment_key = {segment:String} AND contact_id NOT IN (
    SELECT contact_id FROM outbox WHERE account_id = {account:String} AND upload_id = {upload:String})`;
