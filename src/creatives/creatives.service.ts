import { Injectable } from '@nestjs/common';
import { DestinationRegistry } from '../../connectors/registry.ts';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { hint } from '../conditions/nearest.ts';
import { ContactsService } from '../contacts/contacts.service.ts';
import { Clock } from '../engines/clock.ts';
import { newId } from '../http/ids.ts';
import type { Page, PageQuery } from '../http/page.ts';
import { type FieldProblem, Problem } from '../http/problem.ts';
import { changedMeanwhile } from '../http/revision.ts';
import { PersonasService } from '../personas/personas.service.ts';
import { CreativeUsage } from './creative-usage.ts';
import type { CreateCreativeDto, UpdateCreativeDto } from './creatives.dto.ts';
import { type CreativeRow, CreativesRepository } from './creatives.repository.ts';
import type { RuleContext } from './rule.ts';
import { validateRules } from './validate-rules.ts';

/** Channels that creatives can be for beside the types of destinations. */
const OTHER_CHANNELS = ['mail', 'email', 'sms', 'display'];
/** Persona sets whose personas rules can name; an account has few. */
const MOST_SETS = 200;

/** Creatives: kept, and checked against the channels, traits and personas there are. */
@Injectable()
export class CreativesService {
  constructor(
    private readonly repository: CreativesRepository,
    private readonly registry: DestinationRegistry,
    private readonly contacts: ContactsService,
    private readonly personas: PersonasService,
    private readonly usage: CreativeUsage,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  async create(caller: Caller, dto: CreateCreativeDto) {
    const now = this.clock.now();
    const row: CreativeRow = {
      id: newId('cre'),
      accountId: caller.accountId,
      ...contentOf(dto),
      revision: 1,
      createdAt: now,
      updatedAt: now,
    };
    await this.check(row, dto);
    await this.repository.create(row);
    await this.accounts.audit(caller, 'creative.create', row.id, { name: row.name });
    return this.shown(row);
  }

  async list(account: AccountId, page: PageQuery): Promise<Page<ReturnType<CreativesService['shown']>>> {
    const { items, nextCursor } = await this.repository.page(account, page);
    return { items: items.map((row) => this.shown(row)), nextCursor };
  }

  async get(account: AccountId, id: string) {
    return this.shown(await this.row(account, id));
  }

  /** @param revision that the caller read; another one in store is refused with 412. */
  async update(caller: Caller, id: string, dto: UpdateCreativeDto, revision?: number) {
    const row = await this.row(caller.accountId, id);
    if (revision !== undefined && revision !== row.revision) throw changedMeanwhile();
    const given = Object.fromEntries(Object.entries(dto).filter(([, value]) => value !== undefined));
    const changed: CreativeRow = {
      ...row,
      ...contentOf({ ...asDto(row), ...given }),
      revision: row.revision + 1,
      updatedAt: this.clock.now(),
    };
    await this.check(changed, dto);
    if (!(await this.repository.update(caller.accountId, id, row.revision, changed))) throw changedMeanwhile();
    await this.accounts.audit(caller, 'creative.update', id, { fields: Object.keys(given) });
    return this.shown(changed);
  }

  /** @throws Problem 409 `in_use` while a delivery pins it */
  async remove(caller: Caller, id: string): Promise<void> {
    const row = await this.row(caller.accountId, id);
    await this.usage.assertUnused(caller.accountId, 'creative', id);
    await this.repository.delete(caller.accountId, id);
    await this.accounts.audit(caller, 'creative.delete', id, { name: row.name });
  }

  /** What is wrong with the name of a channel; nothing when there is such a channel. */
  channelProblem(channel: string, path: string): FieldProblem[] {
    const known = [...this.registry.all().map(({ type }) => type), ...OTHER_CHANNELS];
    if (known.includes(channel)) return [];
    const message = `"${channel}" is no channel; there are: ${known.join(', ')}.${hint(channel, known)}`;
    return [{ path, code: 'unknown_channel', message }];
  }

  /** Checks what the request brings; rules that were fine when they were written stay. */
  private async check(row: CreativeRow, given: UpdateCreativeDto): Promise<void> {
    const { activeFrom, activeUntil } = row;
    const problems = (given.channels ?? []).flatMap((channel, i) => this.channelProblem(channel, `channels[${i}]`));
    if (activeFrom && activeUntil && activeUntil <= activeFrom)
      problems.push({ path: 'activeUntil', code: 'empty_period', message: 'activeUntil must be after activeFrom.' });
    if (given.rules !== undefined && given.rules !== null) {
      const result = validateRules(given.rules, await this.context(row.accountId as AccountId));
      if ('problems' in result) problems.push(...result.problems);
    }
    if (problems.length > 0) throw Problem.invalidAll(problems);
  }

  private async context(account: AccountId): Promise<RuleContext> {
    const [traits, sets] = await Promise.all([
      this.contacts.catalogue(account),
      this.personas.list(account, { limit: MOST_SETS }),
    ]);
    return { traits: new Map(traits.map(({ name, type }) => [name, type])), personaSets: sets.items };
  }

  /** A creative as the API shows it. */
  private shown({ accountId: _account, ...row }: CreativeRow) {
    const now = this.clock.now();
    const state =
      row.activeUntil && row.activeUntil <= now
        ? ('ended' as const)
        : row.activeFrom && row.activeFrom > now
          ? ('planned' as const)
          : ('active' as const);
    return { ...row, state };
  }

  private async row(account: AccountId, id: string): Promise<CreativeRow> {
    const row = await this.repository.find(account, id);
    if (!row) throw Problem.notFound('creative', id);
    return row;
  }
}

/** What a request says a creative is; rules are checked by `check`. */
function contentOf(dto: CreateCreativeDto) {
  return {
    name: dto.name,
    headline: dto.headline,
    body: dto.body ?? null,
    imageUrl: dto.imageUrl ?? null,
    callToAction: dto.callToAction ?? null,
    linkUrl: dto.linkUrl ?? null,
    channels: dto.channels ?? [],
    rules: (dto.rules ?? null) as CreativeRow['rules'],
    activeFrom: dto.activeFrom ? new Date(dto.activeFrom) : null,
    activeUntil: dto.activeUntil ? new Date(dto.activeUntil) : null,
  };
}

const asDto = (row: CreativeRow): CreateCreativeDto => ({
  ...row,
  activeFrom: row.activeFrom?.toISOString() ?? null,
  activeUntil: row.activeUntil?.toISOString() ?? null,
});
