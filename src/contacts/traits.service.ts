import { Inject, Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { dayOf } from '../conditions/dates.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { HandlesJob } from '../engines/jobs/job.ts';
import { Jobs } from '../engines/jobs/jobs.ts';
import { Warehouse } from '../engines/warehouse/warehouse.ts';
import { Problem } from '../http/problem.ts';
import { FIELD_SOURCE, fieldsIn } from './contact-fields.ts';
import { ContactWriter } from './contact-writer.ts';
import { datasets, traitSources, traits } from './contacts.tables.ts';
import { FINISH_TRAIT, type FinishTrait } from './jobs.ts';
import { type Mapping, traitName } from './mapping/mapping.ts';
import { TraitUsage, type TraitUser } from './trait-usage.ts';
import { clearSql, conversionCountSql, conversionOf, convertSql, copySql, mapOf } from './trait-values.sql.ts';
import type { UpdateTraitDto } from './traits.dto.ts';
import { type Trait, TraitsRepository } from './traits.repository.ts';
import { BOOLEAN_WORDS } from './values/boolean.ts';
import type { TraitType } from './values/infer.ts';

/** A trait with how many contacts have it, and what uses it. */
export interface TraitDetails extends Trait {
  /** Contacts with a value, and their share of all contacts. */
  filled: { contacts: number; share: number };
  usedBy: TraitUser[];
}

/** What became of the values when a trait got another type. */
export interface Retyped {
  converted: number;
  dropped: number;
}

/** A change that lost its process is finished by a job after so long. */
const FINISH_AFTER_SECONDS = 120;

/**
 * The life of traits. A change first writes values beside the old ones, then moves every definition at once, then
 * removes the old ones: a reader finds values under the name and type that definitions have at every moment.
 */
@Injectable()
export class TraitsService {
  private readonly listeners: ((account: AccountId) => void)[] = [];

  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly repository: TraitsRepository,
    private readonly usage: TraitUsage,
    private readonly warehouse: Warehouse,
    private readonly writer: ContactWriter,
    private readonly accounts: AccountsService,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Called by those that hold traits in memory: names and types of an account's traits have changed. */
  onChanged(listener: (account: AccountId) => void): void {
    this.listeners.push(listener);
  }

  private changed(account: AccountId): void {
    for (const listener of this.listeners) listener(account);
  }

  /** The catalogue with how many contacts have each trait, and what uses it. */
  async list(account: AccountId): Promise<TraitDetails[]> {
    return this.detailsOf(account, await this.repository.list(account));
  }

  /** The same of some of the account's own traits; names that are not in the catalogue are left out. */
  async details(account: AccountId, names: string[]): Promise<TraitDetails[]> {
    const all = await this.repository.list(account);
    const own = all.filter(({ name, source }) => names.includes(name) && source !== FIELD_SOURCE);
    return own.length === 0 ? [] : this.detailsOf(account, own);
  }

  private async detailsOf(account: AccountId, catalogue: Trait[]): Promise<TraitDetails[]> {
    const names = catalogue.map(({ name }) => name);
    const [filled, users] = [await this.filled(account, catalogue), await this.usage.users(account, names)];
    return catalogue.map((trait) => ({
      ...trait,
      filled: filled.get(trait.name)!,
      usedBy: users.get(trait.name) ?? [],
    }));
  }

  /** @throws Problem 404 */
  async get(account: AccountId, name: string): Promise<TraitDetails> {
    const trait = (await this.repository.list(account)).find((each) => each.name === name);
    if (!trait) throw Problem.notFound('trait', name);
    const users = await this.usage.users(account, [name]);
    return { ...trait, filled: (await this.filled(account, [trait])).get(name)!, usedBy: users.get(name) ?? [] };
  }

  /**
   * Renames, retypes or describes a trait. A repeat after a crash goes on where it broke off.
   * @throws Problem 404; 409 `contact_field`, `trait_exists`, `trait_in_use`, `import_under_way`; 422 `no_conversion`
   */
  async update(caller: Caller, name: string, dto: UpdateTraitDto): Promise<TraitDetails & { values?: Retyped }> {
    const account = caller.accountId;
    const trait = await this.own(account, name);
    if (dto.description !== undefined) {
      await this.db.update(traits).set({ description: dto.description }).where(is(account, name));
    }
    const values = dto.type && dto.type !== trait.type ? await this.retype(account, trait, dto.type) : undefined;
    const renamed = dto.name !== undefined && dto.name !== name;
    if (renamed) await this.rename(account, { ...trait, type: dto.type ?? trait.type }, dto.name!);
    await this.accounts.audit(caller, 'trait.update', name, { ...dto, ...values });
    return { ...(await this.get(account, renamed ? dto.name! : name)), ...(values && { values }) };
  }

  /** Removes a trait and its values. @throws Problem 404; 409 `contact_field`, `trait_in_use`, `import_under_way` */
  async remove(caller: Caller, name: string): Promise<void> {
    const account = caller.accountId;
    const trait = await this.own(account, name);
    const users = (await this.usage.users(account, [name])).get(name) ?? [];
    if (users.length > 0) throw inUse(name, users, 'cannot be deleted');
    await this.assertNoImport(account);
    await this.finishLater({ accountId: account, name, maps: [mapOf(trait.type)] });
    await this.db.delete(traits).where(is(account, name));
    this.changed(account);
    await this.clear(account, name, [mapOf(trait.type)]);
    await this.db.delete(traitSources).where(isSourceOf(account, name));
    await this.accounts.audit(caller, 'trait.delete', name, { type: trait.type });
  }

  /** Removes those of some traits that nothing uses, and their values, also of names that are not in the catalogue. */
  async removeUnused(account: AccountId, names: string[]): Promise<void> {
    const users = await this.usage.users(account, names);
    for (const name of names) {
      if ((users.get(name) ?? []).length > 0) continue;
      await this.db.delete(traits).where(is(account, name));
      this.changed(account);
      await this.clear(account, name, ['num', 'cat']);
      await this.db.delete(traitSources).where(isSourceOf(account, name));
    }
  }

  /** Removes the values that a change left behind because its process died. */
  @HandlesJob(FINISH_TRAIT)
  async finish({ accountId, name, to, maps }: FinishTrait): Promise<void> {
    const account = accountId as AccountId;
    const types = await this.repository.ownTypes(account);
    const type = types.get(name);
    // the change did not come as far as moving the definitions, or another file has brought the name again
    const old = maps.filter((map) => type === undefined || mapOf(type) !== map);
    const target = to === undefined ? undefined : types.get(to);
    if (old.length === 0 || (to !== undefined && target === undefined)) return;
    if (to !== undefined && target !== undefined) await this.write(account, copySql(target), { name, to });
    await this.clear(account, name, old);
  }

  private async rename(account: AccountId, trait: Trait, to: string): Promise<void> {
    const { name, type } = trait;
    if ((await this.repository.list(account)).some((each) => each.name === to))
      throw Problem.conflict('trait_exists', `There is a trait "${to}" already. Choose another name.`);
    await this.assertNoImport(account);
    await this.write(account, copySql(type), { name, to });
    await this.finishLater({ accountId: account, name, to, maps: [mapOf(type)] });
    await this.db.transaction(async (tx) => {
      await tx.update(traits).set({ name: to }).where(is(account, name));
      await tx.delete(traitSources).where(isSourceOf(account, to));
      await tx.update(traitSources).set({ name: to }).where(isSourceOf(account, name));
      await this.usage.rename(tx as unknown as Db, account, name, to);
      await renameInMappings(tx as unknown as Db, account, name, to);
    });
    this.changed(account);
    // what was written between the copy and the move
    await this.write(account, copySql(type), { name, to });
    await this.clear(account, name, [mapOf(type)]);
  }

  private async retype(account: AccountId, { name, type: from }: Trait, to: TraitType): Promise<Retyped> {
    const conversion = conversionOf(from, to, BOOLEAN_WORDS);
    if (!conversion) {
      const message = `A ${from} cannot become a ${to}. Delete the trait and import its column again.`;
      throw Problem.invalid('type', 'no_conversion', message);
    }
    const users = await this.usage.boundToType(account, name);
    if (users.length > 0) throw inUse(name, users, 'cannot get another type');
    await this.assertNoImport(account);
    const counts = await this.warehouse.one<{ values: number; converted: number }>(
      conversionCountSql(from, conversion),
      {
        account,
        name,
      },
    );
    await this.write(account, convertSql(from, to, conversion), { name });
    if (mapOf(from) !== mapOf(to)) await this.finishLater({ accountId: account, name, maps: [mapOf(from)] });
    await this.db.update(traits).set({ type: to }).where(is(account, name));
    this.changed(account);
    if (mapOf(from) !== mapOf(to)) await this.clear(account, name, [mapOf(from)]);
    return { converted: Number(counts.converted), dropped: Number(counts.values) - Number(counts.converted) };
  }

  private async clear(account: AccountId, name: string, maps: ('num' | 'cat')[]): Promise<void> {
    for (const map of maps) await this.write(account, clearSql(map), { name });
  }

  /** In turn with the contacts that Inform stores, which would otherwise write old values back. */
  private write(account: AccountId, sql: string, params: Record<string, unknown>): Promise<void> {
    const version = this.clock.now().getTime() * 1000;
    return this.writer.inTurn(() => this.warehouse.command(sql, { ...params, account, version }));
  }

  private finishLater(rest: FinishTrait): Promise<void> {
    return this.jobs.enqueue(FINISH_TRAIT, rest, FINISH_AFTER_SECONDS);
  }

  private async own(account: AccountId, name: string): Promise<Trait> {
    const trait = (await this.repository.list(account)).find((each) => each.name === name);
    if (!trait) throw Problem.notFound('trait', name);
    if (trait.source !== FIELD_SOURCE) return trait;
    const message = `"${name}" is a field that every contact has. It cannot be changed or deleted.`;
    throw Problem.conflict('contact_field', message);
  }

  private async assertNoImport(account: AccountId): Promise<void> {
    const running = and(eq(datasets.accountId, account), eq(datasets.status, 'running'));
    const found = await this.db.select({ id: datasets.id }).from(datasets).where(running).limit(1);
    if (found.length === 0) return;
    throw Problem.conflict('import_under_way', 'A file is being imported. Change the trait once the import has ended.');
  }

  private async filled(account: AccountId, catalogue: Trait[]): Promise<Map<string, TraitDetails['filled']>> {
    const fields = new Map(fieldsIn(catalogue).map((field) => [field.name, field.sql(dayOf(this.clock.now())).known]));
    const known = catalogue.map(
      ({ name, type }, i) => `countIf(${fields.get(name) ?? `mapContains(${mapOf(type)}, {name${i}:String})`})`,
    );
    const names = Object.fromEntries(catalogue.map(({ name }, i) => [`name${i}`, name]));
    const { total, counts } = await this.warehouse.one<{ total: number; counts: number[] }>(
      `SELECT count() AS total, [${known.join(', ')}]::Array(UInt64) AS counts FROM contacts FINAL
       WHERE account_id = {account:String} AND deleted = 0`,
      { account, ...names },
    );
    const share = (contacts: number) => (Number(total) === 0 ? 0 : contacts / Number(total));
    return new Map(
      catalogue.map(({ name }, i) => {
        const contacts = Number(counts[i]);
        return [name, { contacts, share: share(contacts) }];
      }),
    );
  }
}

const is = (account: AccountId, name: string) => and(eq(traits.accountId, account), eq(traits.name, name));

const isSourceOf = (account: AccountId, name: string) =>
  and(eq(traitSources.accountId, account), eq(traitSources.name, name));

/** A dataset that brought the trait brings it under its new name when it is imported again. */
async function renameInMappings(tx: Db, account: AccountId, from: string, to: string): Promise<void> {
  for (const { id, mapping, suggestedMapping } of await tx
    .select()
    .from(datasets)
    .where(eq(datasets.accountId, account))) {
    const renamed = {
      mapping: mapping && inMapping(mapping, from, to),
      suggestedMapping: suggestedMapping && inMapping(suggestedMapping, from, to),
    };
    await tx.update(datasets).set(renamed).where(eq(datasets.id, id));
  }
}

const inMapping = (mapping: Mapping, from: string, to: string): Mapping => ({
  ...mapping,
  columns: mapping.columns.map((column) =>
    column.as === 'trait' && traitName(column) === from ? { ...column, trait: { ...column.trait, name: to } } : column,
  ),
});

function inUse(name: string, users: TraitUser[], cannot: string): Problem {
  const named = users.map(({ kind, name: called, id }) => `${kind} "${called}" (${id})`).join(', ');
  return Problem.conflict('trait_in_use', `"${name}" ${cannot}: it is used by ${named}. Change or delete those first.`);
}
