import { Controller, Get, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Account, type AccountId } from '../accounts/auth.ts';
import { BacktestService } from './backtest.service.ts';
import { CohortInsights } from './cohort-insights.service.ts';
import { COLUMNS } from './columns.ts';
import { ComparisonService } from './comparison.service.ts';
import {
  BacktestQuery,
  CohortQuery,
  ComparisonQuery,
  DistributionQuery,
  FlowQuery,
  MakeupQuery,
  RevenueQuery,
  SnapshotQuery,
} from './insights.dto.ts';
import { PersonaInsights } from './persona-insights.service.ts';
import { CsvInterceptor } from './table.csv.ts';

const csv = (name: keyof typeof COLUMNS) => UseInterceptors(new CsvInterceptor(name, COLUMNS[name]));

/** Every answer has an `asOf` time, and is CSV when its path ends in `.csv` or `Accept: text/csv` asks for it. */
@ApiTags('insights')
@ApiBearerAuth()
@ApiProduces('application/json', 'text/csv')
@Controller('v1/insights')
export class InsightsController {
  constructor(
    private readonly personas: PersonaInsights,
    private readonly cohorts: CohortInsights,
    private readonly comparisons: ComparisonService,
    private readonly backtests: BacktestService,
  ) {}

  /** Revenue, orders and average order value by persona over time. */
  @Get(['persona-revenue', 'persona-revenue.csv'])
  @csv('persona-revenue')
  revenue(@Account() account: AccountId, @Query() query: RevenueQuery) {
    return this.personas.revenue(account, query);
  }

  /** Size and share of personas over time. */
  @Get(['persona-makeup', 'persona-makeup.csv'])
  @csv('persona-makeup')
  makeup(@Account() account: AccountId, @Query() query: MakeupQuery) {
    return this.personas.makeup(account, query);
  }

  /** Makeup, size and spend of personas on a date. */
  @Get(['persona-snapshot', 'persona-snapshot.csv'])
  @csv('persona-snapshot')
  snapshot(@Account() account: AccountId, @Query() query: SnapshotQuery) {
    return this.personas.snapshot(account, query);
  }

  /** How contacts went from persona to persona between two dates. */
  @Get(['persona-flow', 'persona-flow.csv'])
  @csv('persona-flow')
  flow(@Account() account: AccountId, @Query() query: FlowQuery) {
    return this.personas.flow(account, query);
  }

  /** Two groups by every trait, with significance; the largest effect first. */
  @Get(['comparison', 'comparison.csv'])
  @csv('comparison')
  compare(@Account() account: AccountId, @Query() query: ComparisonQuery) {
    return this.comparisons.compare(account, query);
  }

  /** Two groups by one trait: bins or shares, and quantiles. */
  @Get(['distribution', 'distribution.csv'])
  @csv('distribution')
  distribution(@Account() account: AccountId, @Query() query: DistributionQuery) {
    return this.comparisons.distribution(account, query);
  }

  /** Makeup and conversion of a cohort by persona over time. */
  @Get(['cohort-conversion', 'cohort-conversion.csv'])
  @csv('cohort-conversion')
  conversion(@Account() account: AccountId, @Query() query: CohortQuery) {
    return this.cohorts.conversion(account, query);
  }

  /** What a delivery of scored people did afterwards, by decile of the score, against people not delivered. */
  @Get(['backtest', 'backtest.csv'])
  @csv('backtest')
  backtest(@Account() account: AccountId, @Query() query: BacktestQuery) {
    return this.backtests.backtest(account, query);
  }
}
