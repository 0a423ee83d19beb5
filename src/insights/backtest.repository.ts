import { Inject, Injectable } from '@nestjs/common';
import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm';
import type { AccountId } from '../accounts/auth.ts';
import { deliveries, runs, uploads } from '../deliveries/deliveries.tables.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { outcomes, outcomeVersions } from '../outcomes/outcomes.tables.ts';

/** A run that handed members to the platform: which segments of its plan, and when the first of them was accepted. */
export interface SentRun {
  runId: string;
  planId: string;
  segments: string[];
  at: Date;
}

/** Contacts of one decile of the score at the time of a run: those it delivered, or those never delivered until the end. */
export interface BacktestRow {
  /** 1 (highest scores) to 10; 0: without a score. */
  decile: number;
  delivered: boolean;
  contacts: number;
  converted: number;
  /** Mean predicted probability. */
  predicted: number | null;
}

const SENT = "fromUnixTimestamp64Milli({at:Int64}, 'UTC')";

/** What became of people whom deliveries took to a platform. */
@Injectable()
export class BacktestRepository {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly warehouse: Warehouse,
  ) {}

  async delivery(account: AccountId, id: string) {
    const [row] = await this.db
      .select({ id: deliveries.id, name: deliveries.name })
      .from(deliveries)
      .where(and(eq(deliveries.accountId, account), eq(deliveries.id, id)));
    return row;
  }

  /** An outcome with the ids of all its versions: scores of any of them may have been live. */
  async outcome(account: AccountId, id: string) {
    const [outcome] = await this.db
      .select({ id: outcomes.id, name: outcomes.name, attainedEvent: outcomes.attainedEvent })
      .from(outcomes)
      .where(and(eq(outcomes.accountId, account), eq(outcomes.id, id)));
    if (!outcome) return undefined;
    const versions = await this.db
      .select({ id: outcomeVersions.id })
      .from(outcomeVersions)
      .where(and(eq(outcomeVersions.accountId, account), eq(outcomeVersions.outcomeId, id)));
    return { ...outcome, versionIds: versions.map((version) => version.id) };
  }

  /** Runs of a delivery that added members, oldest first. */
  async sentRuns(account: AccountId, deliveryId: string): Promise<SentRun[]> {
    const rows = await this.db
      .select({ runId: runs.id, planId: runs.planId, segment: uploads.segmentKey, at: uploads.acceptedAt })
      .from(uploads)
      .innerJoin(runs, eq(runs.id, uploads.runId))
      .where(
        and(
          eq(runs.accountId, account),
          eq(runs.deliveryId, deliveryId),
          eq(uploads.direction, 'add'),
          inArray(uploads.status, ['accepted', 'confirmed', 'partial']),
          isNotNull(uploads.acceptedAt),
          isNotNull(runs.planId),
        ),
      )
      .orderBy(asc(uploads.acceptedAt));
    const byRun = new Map<string, SentRun>();
    for (const { runId, planId, segment, at } of rows) {
      const run = byRun.get(runId) ?? { runId, planId: planId!, segments: [], at: at! };
      run.segments.push(segment);
      byRun.set(runId, run);
    }
    return [...byRun.values()];
  }

  /**
   * One run. Delivered: whom it took, which is added and neither we nor the platform refused, unless an earlier run had them
   * already. The others: everyone scored whom no run of the delivery took until `days` after.
   */
  async run(
    account: AccountId,
    query: { run: SentRun; all: SentRun[]; versionIds: string[]; stream: string; days: number },
  ): Promise<BacktestRow[]> {
    const { run, all, versionIds, stream, days } = query;
    const until = run.at.getTime() + days * 86_400_000;
    const earlier = all.filter(({ at }) => at < run.at);
    const later = all.filter(({ at }) => at.getTime() <= until);
    return this.warehouse.query<BacktestRow>(
      `SELECT decile, delivered, count() AS contacts, countIf(id IN (SELECT contact_id FROM events FINAL WHERE account_id = {account:String}
           AND stream = {stream:String} AND time > ${SENT} AND time <= addDays(${SENT}, {days:UInt16}))) AS converted,
         if(decile = 0, NULL, avg(p)) AS predicted
       FROM (SELECT if(s.contact_id = '', d.contact_id, s.contact_id) AS id, d.contact_id != '' AS delivered, s.probability AS p,
           if(s.contact_id = '', 0, 10 - toUInt8(least(9, floor(s.percentile / 10)))) AS decile
         FROM (SELECT contact_id, argMax(percentile, at) AS percentile, argMax(probability, at) AS probability FROM score_history
           WHERE account_id = {account:String} AND outcome_version_id IN {versions:Array(String)} AND at <= ${SENT} GROUP BY contact_id) AS s
         FULL OUTER JOIN (${takenBy('these')} AND contact_id NOT IN (${takenBy('earlier')})) AS d ON s.contact_id = d.contact_id)
       WHERE delivered OR id NOT IN (${takenBy('any')}) GROUP BY decile, delivered ORDER BY decile, delivered`,
      {
        account,
        at: run.at.getTime(),
        versions: versionIds,
        stream,
        days,
        ...segmentsOf('these', [run]),
        ...segmentsOf('earlier', earlier),
        ...segmentsOf('any', later),
      },
    );
  }
}

type Which = 'these' | 'earlier' | 'any';

/** Contacts that some runs added, by segments that arrived, without those whom we or the platform refused. */
const takenBy = (which: Which): string =>
  `SELECT DISTINCT contact_id FROM run_members WHERE account_id = {account:String} AND plan_id IN {${which}_plans:Array(String)}
     AND action = 'add' AND concat(plan_id, '/', segment_key) IN {${which}_segments:Array(String)}
     AND (transform(plan_id, {${which}_plans:Array(String)}, {${which}_runs:Array(String)}, ''), contact_id) NOT IN (
       SELECT run_id, contact_id FROM run_outcomes WHERE account_id = {account:String} AND run_id IN {${which}_runs:Array(String)}
         AND direction = 'add' AND field = '' AND verdict IN ('invalid', 'rejected'))`;

const segmentsOf = (which: Which, runs: SentRun[]) => ({
  [`${which}_plans`]: runs.map(({ planId }) => planId),
  [`${which}_runs`]: runs.map(({ runId }) => runId),
  [`${which}_segments`]: runs.flatMap(({ planId, segments }) => segments.map((key) => `${planId}/${key}`)),
});
