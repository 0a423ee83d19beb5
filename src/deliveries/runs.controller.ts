import type { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  type MessageEvent,
  Param,
  Post,
  Query,
  Sse,
  SseSignal,
  StreamableFile,
  UseGuards,
} from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { map, type Observable } from 'rxjs';
import { Account, type AccountId, type Caller, CurrentCaller } from '../accounts/auth.ts';
import { EventStreams } from '../accounts/event-streams.ts';
import { ReadsPeople } from '../accounts/reads-people.ts';
import { PageQuery } from '../http/page.ts';
import { ComparisonService } from './comparison.service.ts';
import { CompareQuery, DecideHoldDto } from './deliveries.dto.ts';
import { HistoryService } from './history.service.ts';
import { RunExists } from './run-exists.guard.ts';
import { RunsService } from './runs.service.ts';

@ApiTags('runs')
@ApiBearerAuth()
@Controller('v1')
export class RunsController {
  constructor(
    private readonly service: RunsService,
    private readonly history: HistoryService,
    private readonly comparison: ComparisonService,
    private readonly streams: EventStreams,
  ) {}

  @Get('runs')
  list(@Account() account: AccountId, @Query() page: PageQuery) {
    return this.service.list(account, undefined, page);
  }

  @Get('runs/:id')
  get(@Account() account: AccountId, @Param('id') id: string) {
    return this.service.get(account, id);
  }

  /** The run as server-sent events, one at each change, ending with the finished run. */
  @Sse('runs/:id/events')
  @UseGuards(RunExists)
  events(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @SseSignal() ended: AbortSignal,
  ): Observable<MessageEvent> {
    this.streams.admit(caller, ended);
    const changes = this.service.watch(caller.accountId, id);
    return this.streams.whileKeyWorks(caller, changes).pipe(map((run) => ({ type: 'run', data: run })));
  }

  @Get('runs/:id/batches')
  batches(@Account() account: AccountId, @Param('id') id: string) {
    return this.service.batches(account, id);
  }

  /** Calls to the vendor during the run: no bodies, no credentials. */
  @Get('runs/:id/calls')
  calls(@Account() account: AccountId, @Param('id') id: string, @Query() page: PageQuery) {
    return this.service.calls(account, id, page);
  }

  @Get('runs/:id/rejects.csv')
  @ReadsPeople('run.rejects')
  @Header('content-type', 'text/csv; charset=utf-8')
  async rejects(@Account() account: AccountId, @Param('id') id: string) {
    return new StreamableFile((await this.service.rejects(account, id)) as Readable, {
      disposition: `attachment; filename="${id}-rejects.csv"`,
    });
  }

  /** What changed since another run of the same delivery. Both must have done what they had planned for everyone. */
  @Get('runs/:id/compare')
  compare(@Account() account: AccountId, @Param('id') id: string, @Query() query: CompareQuery) {
    return this.comparison.compare(account, id, query.with);
  }

  /** Lets a held run go on. */
  @Post('runs/:id/approve')
  @HttpCode(200)
  approve(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: DecideHoldDto) {
    return this.service.approve(caller, id, dto.note);
  }

  /** Ends a held run; nothing was sent. */
  @Post('runs/:id/reject')
  @HttpCode(200)
  reject(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() dto: DecideHoldDto) {
    return this.service.reject(caller, id, dto.note);
  }

  @Post('runs/:id/pause')
  @HttpCode(200)
  pause(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.pause(caller, id);
  }

  @Post('runs/:id/resume')
  @HttpCode(200)
  resume(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.resume(caller, id);
  }

  /** Stops a run within a batch. What was sent stays sent and in the ledger. */
  @Post('runs/:id/cancel')
  @HttpCode(200)
  cancel(@CurrentCaller() caller: Caller, @Param('id') id: string) {
    return this.service.cancel(caller, id);
  }

  /** Why a person is, or was, in which list, since when, by which run. */
  @Get('contacts/:id/deliveries')
  @ReadsPeople('contact.deliveries')
  past(@Account() account: AccountId, @Param('id') id: string) {
    return this.history.of(account, id);
  }
}
