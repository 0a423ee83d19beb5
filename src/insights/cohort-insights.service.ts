import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { CohortsService } from '../cohorts/cohorts.service.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { wilson } from '../models/statistics.ts';
import { PersonasService } from '../personas/personas.service.ts';
import { CohortInsightsRepository } from './cohort.repository.ts';
import type { CohortQuery } from './insights.dto.ts';
import { mentioned, sizesOver } from './makeup.ts';
import { addDays, dayIn, periodOf } from './period.ts';
import { type Named, PersonaInsights } from './persona-insights.service.ts';
import type { Table } from './table.csv.ts';

/** Members of one persona at the start of one bucket, and how many of them converted. */
export interface CohortRow extends Named {
  start: string;
  members: number;
  /** Of all members. */
  makeup: number | null;
  converted: number;
  /** Of the members of this persona, with its 95 % interval. */
  conversion: number | null;
  low: number | null;
  high: number | null;
  /** Whether all days in which an event counts are over. */
  complete: boolean;
}

/** Makeup and conversion of a cohort by persona over time. Its members are those of today. */
@Injectable()
export class CohortInsights {
  constructor(
    private readonly repository: CohortInsightsRepository,
    private readonly personaInsights: PersonaInsights,
    private readonly personas: PersonasService,
    private readonly cohorts: CohortsService,
    private readonly clock: Clock,
  ) {}

  /** Buckets that have not begun are left out. Every persona has a row in every bucket. */
  async conversion(account: AccountId, query: CohortQuery): Promise<Table<CohortRow> & Record<string, unknown>> {
    const now = this.clock.now();
    const period = periodOf(query, now);
    const live = await this.personas.published(account, query.personaSetId);
    const members = await this.cohorts.memberQuery(account, query.cohortId);
    await this.personaInsights.checkStream(account, query.stream);
    const today = dayIn(now, period.timeZone);
    const starts = period.starts.filter((start) => start <= today);
    if (starts.length === 0) throw Problem.invalid('from', 'in_future', 'The period has not begun yet.');
    const { cohortId, personaSetId, stream, days } = query;
    const asked = { setId: personaSetId, members, timeZone: period.timeZone, interval: period.interval, starts };
    const [size, moves, converted] = [
      await this.repository.size(members),
      await this.repository.moves(account, asked),
      await this.repository.converted(account, { ...asked, stream, days }),
    ];
    const named = await this.personaInsights.named(account, personaSetId, live.personas, [
      ...mentioned(moves),
      ...converted,
      { persona: '' },
    ]);
    // every member begins in none: what the history says of the time before a first persona
    const counts = sizesOver(starts, moves, (bucket, start) => bucket < start, [['', size]]);
    const hits = new Map(converted.map((row) => [`${row.bucket} ${row.persona}`, Number(row.converted)]));
    const rows = starts.flatMap((start, bucket) =>
      named.map(({ persona, name }) => {
        const inPersona = counts[bucket]!.get(persona ?? '') ?? 0;
        const complete = addDays(start, days) <= today;
        return {
          start,
          persona,
          name,
          ...rates(inPersona, hits.get(`${bucket} ${persona ?? ''}`) ?? 0, size),
          complete,
        };
      }),
    );
    const { from, to, interval, timeZone } = period;
    return { asOf: now, cohortId, personaSetId, stream, days, interval, timeZone, from, to, size, rows };
  }
}

function rates(members: number, converted: number, size: number) {
  const interval = members > 0 ? wilson({ n: members, hits: converted }) : { low: null, high: null };
  return {
    members,
    makeup: size > 0 ? members / size : null,
    converted,
    conversion: members > 0 ? converted / members : null,
    ...interval,
  };
}
