import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { newcombe, type Share, standardisedDifference, wilson } from '../models/statistics.ts';
import { BacktestRepository, type BacktestRow } from './backtest.repository.ts';
import type { BacktestQuery } from './insights.dto.ts';
import { PersonaInsights } from './persona-insights.service.ts';
import type { Table } from './table.csv.ts';

/** The newest runs that are looked at; each asks the warehouse once. */
export const MOST_RUNS = 20;
const DAY_MS = 86_400_000;
const DECILES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** One decile of one run, or of all complete runs together (`run` is `all`). Shares have 95 % intervals. */
export interface BacktestLine {
  run: string;
  at: string | null;
  /** Whether all days in which an event counts are over. Only then does a run count in `all`. */
  complete: boolean;
  /** 1: the highest tenth of scores at the time of the run; 10: the lowest; 0: delivered without a score. */
  decile: number;
  delivered: number;
  deliveredConverted: number;
  deliveredShare: number | null;
  deliveredLow: number | null;
  deliveredHigh: number | null;
  /** Mean probability that the model gave those delivered. */
  deliveredPredicted: number | null;
  others: number;
  othersConverted: number;
  othersShare: number | null;
  othersLow: number | null;
  othersHigh: number | null;
  /** Share of those delivered less that of the others. */
  difference: number | null;
  differenceLow: number | null;
  differenceHigh: number | null;
}

/** What deliveries of scored people did afterwards. */
@Injectable()
export class BacktestService {
  constructor(
    private readonly repository: BacktestRepository,
    private readonly personaInsights: PersonaInsights,
    private readonly clock: Clock,
  ) {}

  /**
   * Conversions after each run by decile of the score at the time, against people who were scored and not delivered. The
   * difference within deciles, weighted by those delivered, compares like with like as far as the score knows them.
   */
  async backtest(account: AccountId, query: BacktestQuery): Promise<Table<BacktestLine> & Record<string, unknown>> {
    const asOf = this.clock.now();
    const { outcomeId, deliveryId, days } = query;
    const outcome = await this.repository.outcome(account, outcomeId);
    if (!outcome) throw Problem.notFound('outcome', outcomeId);
    const delivery = await this.repository.delivery(account, deliveryId);
    if (!delivery) throw Problem.notFound('delivery', deliveryId);
    const stream = query.stream ?? outcome.attainedEvent?.event;
    if (!stream) {
      const message = 'The outcome is attained by a cohort. Name the stream whose events count as converting.';
      throw Problem.invalid('stream', 'stream_needed', message);
    }
    await this.personaInsights.checkStream(account, stream);
    const all = await this.repository.sentRuns(account, deliveryId);
    const found: { run: string; at: Date; complete: boolean; rows: BacktestRow[] }[] = [];
    for (const run of all.slice(-MOST_RUNS)) {
      const rows = await this.repository.run(account, { run, all, versionIds: outcome.versionIds, stream, days });
      const complete = run.at.getTime() + days * DAY_MS <= asOf.getTime();
      found.push({ run: run.runId, at: run.at, complete, rows: rows.map(numbers) });
    }
    const complete = found.filter((run) => run.complete);
    const together = pooled(complete.flatMap(({ rows }) => rows));
    const lines = found.flatMap(({ run, at, complete, rows }) =>
      linesOf({ run, at: at.toISOString(), complete }, rows),
    );
    return {
      asOf,
      outcomeId,
      outcome: outcome.name,
      deliveryId,
      delivery: delivery.name,
      stream,
      days,
      runs: all.length,
      runsLookedAt: found.length,
      runsComplete: complete.length,
      overall: overall(together),
      rows: [...(complete.length > 0 ? linesOf({ run: 'all', at: null, complete: true }, together) : []), ...lines],
    };
  }
}

const numbers = (row: BacktestRow): BacktestRow => ({
  decile: Number(row.decile),
  delivered: Boolean(row.delivered),
  contacts: Number(row.contacts),
  converted: Number(row.converted),
  predicted: row.predicted,
});

/** Several runs as one: contacts are counted once a run. */
function pooled(rows: BacktestRow[]): BacktestRow[] {
  const cells = new Map<string, BacktestRow>();
  for (const row of rows) {
    const key = `${row.decile} ${row.delivered}`;
    const cell = cells.get(key);
    if (!cell) cells.set(key, { ...row });
    else {
      const contacts = cell.contacts + row.contacts;
      const predicted =
        cell.predicted === null ? null : (cell.predicted * cell.contacts + row.predicted! * row.contacts) / contacts;
      cells.set(key, { ...cell, contacts, converted: cell.converted + row.converted, predicted });
    }
  }
  return [...cells.values()];
}

function linesOf(run: { run: string; at: string | null; complete: boolean }, rows: BacktestRow[]): BacktestLine[] {
  const deciles = rows.some(({ decile }) => decile === 0) ? [...DECILES, 0] : DECILES;
  return deciles.map((decile) => {
    const [delivered, others] = pair(rows, decile);
    const interval = newcombe(delivered, others);
    return {
      ...run,
      decile,
      delivered: delivered.n,
      deliveredConverted: delivered.hits,
      deliveredShare: delivered.n > 0 ? delivered.hits / delivered.n : null,
      deliveredLow: delivered.n > 0 ? wilson(delivered).low : null,
      deliveredHigh: delivered.n > 0 ? wilson(delivered).high : null,
      deliveredPredicted: rows.find((row) => row.decile === decile && row.delivered)?.predicted ?? null,
      others: others.n,
      othersConverted: others.hits,
      othersShare: others.n > 0 ? others.hits / others.n : null,
      othersLow: others.n > 0 ? wilson(others).low : null,
      othersHigh: others.n > 0 ? wilson(others).high : null,
      difference: interval ? delivered.hits / delivered.n - others.hits / others.n : null,
      differenceLow: interval?.low ?? null,
      differenceHigh: interval?.high ?? null,
    };
  });
}

function pair(rows: BacktestRow[], decile: number): [Share, Share] {
  const share = (delivered: boolean): Share => {
    const row = rows.find((each) => each.decile === decile && each.delivered === delivered);
    return { n: row?.contacts ?? 0, hits: row?.converted ?? 0 };
  };
  return [share(true), share(false)];
}

/** All deciles together: as they are, and within deciles. */
function overall(rows: BacktestRow[]) {
  const scored = rows.filter(({ decile }) => decile > 0);
  const total = (delivered: boolean): Share =>
    scored
      .filter((row) => row.delivered === delivered)
      .reduce((sum, row) => ({ n: sum.n + row.contacts, hits: sum.hits + row.converted }), { n: 0, hits: 0 });
  const [delivered, others] = [total(true), total(false)];
  const strata = DECILES.map((decile) => pair(rows, decile)).map(([a, b]) => ({ a, b }));
  const shown = (share: Share) => ({
    contacts: share.n,
    converted: share.hits,
    share: share.n > 0 ? share.hits / share.n : null,
    ...(share.n > 0 ? wilson(share) : { low: null, high: null }),
  });
  return { delivered: shown(delivered), others: shown(others), withinDeciles: standardisedDifference(strata) ?? null };
}
