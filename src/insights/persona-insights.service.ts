import { Injectable } from '@nestjs/common';
import type { AccountId } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Problem } from '../http/problem.ts';
import { PersonasService } from '../personas/personas.service.ts';
import type { FlowQuery, MakeupQuery, RevenueQuery, SnapshotQuery } from './insights.dto.ts';
import { mentioned, sizesOver } from './makeup.ts';
import { addDays, checkedTimeZone, dayIn, ends, type Period, periodOf } from './period.ts';
import { PersonaInsightsRepository, type Spend } from './personas.repository.ts';
import type { Table } from './table.csv.ts';

/** A persona in a table. `persona` is its key, or null for contacts in none; `name` is what people call it. */
export interface Named {
  persona: string | null;
  name: string;
}

interface OverTime {
  personaSetId: string;
  interval: string;
  timeZone: string;
  from: string;
  to: string;
  /** When the first contact was put into a persona: nothing is known of personas before. */
  historySince: string | null;
}

/** Revenue less refunds, orders, events with a negative value, and revenue by order with a value (null without any). */
type Sales = Omit<Spend, 'valueless'> & { ordersWithoutValue: number; averageOrderValue: number | null };

/** Revenue, makeup and flow of personas, as of any date. */
@Injectable()
export class PersonaInsights {
  constructor(
    private readonly repository: PersonaInsightsRepository,
    private readonly personas: PersonasService,
    private readonly clock: Clock,
  ) {}

  /** Revenue, orders and average order value by bucket and persona. Every persona has a row in every bucket. */
  async revenue(
    account: AccountId,
    query: RevenueQuery,
  ): Promise<Table<{ start: string } & Named & Sales> & OverTime & { stream: string; personas: 'then' | 'now' }> {
    const now = this.clock.now();
    const period = periodOf(query, now);
    const live = await this.personas.published(account, query.personaSetId);
    await this.checkStream(account, query.stream);
    const found = await this.repository.revenue(account, {
      setId: query.personaSetId,
      stream: query.stream,
      period,
      versionId: query.persona === 'now' ? live.versionId : undefined,
    });
    const cells = new Map(found.map((row) => [`${row.bucket} ${row.persona}`, row]));
    const named = await this.named(account, query.personaSetId, live.personas, found);
    const rows = period.starts.flatMap((start) =>
      named.map((persona) => ({ start, ...persona, ...sales(cells.get(`${start} ${persona.persona ?? ''}`)) })),
    );
    return {
      ...(await this.overTime(account, query.personaSetId, period, now)),
      stream: query.stream,
      personas: query.persona,
      rows,
    };
  }

  /** Contacts in each persona at the end of each bucket, and their share of all who are in one. */
  async makeup(
    account: AccountId,
    query: MakeupQuery,
  ): Promise<Table<{ start: string; asOfDay: string } & Named & { size: number; share: number | null }> & OverTime> {
    const now = this.clock.now();
    const period = periodOf(query, now);
    const live = await this.personas.published(account, query.personaSetId);
    const moves = await this.repository.moves(account, query.personaSetId, period);
    const found = mentioned(moves).filter(({ persona }) => persona !== '');
    const named = await this.named(account, query.personaSetId, live.personas, found);
    const sizes = sizesOver(period.starts, moves, (bucket, start) => bucket <= start);
    const behind = ends(period);
    const rows = period.starts.flatMap((start, bucket) => {
      const sizeOf = ({ persona }: Named) => sizes[bucket]!.get(persona ?? '') ?? 0;
      const total = named.reduce((sum, persona) => sum + sizeOf(persona), 0);
      const asOfDay = addDays(behind[bucket]!, -1);
      return named.map((persona) => {
        const size = sizeOf(persona);
        return { start, asOfDay, ...persona, size, share: total > 0 ? size / total : null };
      });
    });
    return { ...(await this.overTime(account, query.personaSetId, period, now)), rows };
  }

  /** Makeup, size and spend at the end of one day. Contacts in no persona have a row of their own. */
  async snapshot(account: AccountId, query: SnapshotQuery) {
    const now = this.clock.now();
    const timeZone = checkedTimeZone(query.timeZone);
    const live = await this.personas.published(account, query.personaSetId);
    await this.checkStream(account, query.stream);
    const date = query.date ?? dayIn(now, timeZone);
    const end = addDays(date, 1);
    const found = await this.repository.snapshot(account, {
      setId: query.personaSetId,
      stream: query.stream,
      timeZone,
      from: addDays(end, -query.days),
      end,
    });
    const byKey = new Map(found.map((row) => [row.persona, row]));
    const named = await this.named(account, query.personaSetId, live.personas, found);
    const total = found.reduce((sum, row) => sum + Number(row.size), 0);
    const rows = named.map((persona) => {
      const row = byKey.get(persona.persona ?? '');
      const size = Number(row?.size ?? 0);
      return {
        ...persona,
        size,
        share: total > 0 ? size / total : null,
        buyers: Number(row?.buyers ?? 0),
        ...sales(row),
        revenuePerContact: row && size > 0 ? row.revenue / size : null,
      };
    });
    const { personaSetId, stream, days } = query;
    const historySince = await this.repository.historySince(account, personaSetId);
    return { asOf: now, personaSetId, date, timeZone, stream, days, historySince, rows };
  }

  /** How contacts went from persona to persona between the ends of two days. */
  async flow(account: AccountId, query: FlowQuery) {
    const now = this.clock.now();
    const timeZone = checkedTimeZone(query.timeZone);
    const { personaSetId, from } = query;
    const to = query.to ?? dayIn(now, timeZone);
    if (from > to) throw Problem.invalid('from', 'after_to', `The first day (${from}) comes after the second (${to}).`);
    const live = await this.personas.published(account, personaSetId);
    const found = await this.repository.flow(account, {
      setId: personaSetId,
      timeZone,
      fromEnd: addDays(from, 1),
      toEnd: addDays(to, 1),
    });
    const cells = found.map((row) => ({ ...row, contacts: Number(row.contacts) }));
    const named = await this.named(account, personaSetId, live.personas, [
      ...cells.map((row) => ({ persona: row.from })),
      ...cells.map((row) => ({ persona: row.to })),
    ]);
    const names = new Map(named.map(({ persona, name }) => [persona ?? '', name]));
    const rows = cells.map((cell) => ({
      from: cell.from || null,
      fromName: names.get(cell.from) ?? cell.from,
      to: cell.to || null,
      toName: names.get(cell.to) ?? cell.to,
      contacts: cell.contacts,
    }));
    const summary = named.flatMap(({ persona, name }) =>
      persona === null ? [] : [{ persona, name, ...flowOf(persona, cells) }],
    );
    const historySince = await this.repository.historySince(account, personaSetId);
    return { asOf: now, personaSetId, from, to, timeZone, historySince, personas: summary, rows };
  }

  /** @throws Problem 422 when the account has no events of the stream. */
  async checkStream(account: AccountId, stream: string): Promise<void> {
    const streams = await this.repository.streams(account);
    if (streams.includes(stream)) return;
    const known = streams.length > 0 ? `it has ${streams.join(', ')}` : 'it has none at all';
    throw Problem.invalid('stream', 'unknown_stream', `The account has no events of the stream "${stream}"; ${known}.`);
  }

  /** The live personas in their order, then those that once were, then none if anything is in none. */
  async named(
    account: AccountId,
    setId: string,
    live: { key: string; name: string }[],
    found: { persona: string }[],
  ): Promise<Named[]> {
    const keys = new Set(live.map(({ key }) => key));
    const former = [...new Set(found.map(({ persona }) => persona))]
      .filter((key) => key !== '' && !keys.has(key))
      .sort();
    const names = former.length > 0 ? await this.repository.names(account, setId) : new Map<string, string>();
    return [
      ...live.map(({ key, name }) => ({ persona: key, name })),
      ...former.map((key) => ({ persona: key, name: names.get(key) ?? key })),
      ...(found.some(({ persona }) => persona === '') ? [{ persona: null, name: 'No persona' }] : []),
    ];
  }

  private async overTime(account: AccountId, personaSetId: string, period: Period, asOf: Date) {
    const { interval, timeZone, from, to } = period;
    const historySince = await this.repository.historySince(account, personaSetId);
    return { asOf, personaSetId, interval, timeZone, from, to, historySince };
  }
}

function sales(row: Spend | undefined): Sales {
  const [revenue, orders, refunds] = [row?.revenue ?? 0, Number(row?.orders ?? 0), Number(row?.refunds ?? 0)];
  const ordersWithoutValue = Number(row?.valueless ?? 0);
  const valued = orders - ordersWithoutValue;
  return { revenue, orders, ordersWithoutValue, refunds, averageOrderValue: valued > 0 ? revenue / valued : null };
}

/** Sizes at both ends, who stayed, and who came and went; `fromNone` and `toNone` of them were or are in no persona. */
function flowOf(key: string, cells: { from: string; to: string; contacts: number }[]) {
  const count = (holds: (cell: { from: string; to: string }) => boolean) =>
    cells.filter(holds).reduce((sum, { contacts }) => sum + contacts, 0);
  return {
    before: count(({ from }) => from === key),
    after: count(({ to }) => to === key),
    stayed: count(({ from, to }) => from === key && to === key),
    entered: count(({ from, to }) => from !== key && to === key),
    left: count(({ from, to }) => from === key && to !== key),
    fromNone: count(({ from, to }) => from === '' && to === key),
    toNone: count(({ from, to }) => from === key && to === ''),
  };
}
