import { Injectable, Logger } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { Settings } from '../../config/settings.ts';
import {
  type ClassOf,
  type ConnectorEnvironment,
  type Destination,
  type DestinationDefinition,
  DestinationError,
  type Prerequisite,
  secretFields,
} from '../../connectors/destination.ts';
import { DestinationRegistry } from '../../connectors/registry.ts';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { Sealer } from '../engines/sealing.ts';
import { newId } from '../http/ids.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { fieldProblems } from '../http/validation.ts';
import type { CreateConnectionDto, UpdateConnectionDto } from './connections.dto.ts';
import { type ConnectionRow, ConnectionsRepository } from './connections.repository.ts';
import { assertPublicHost } from './hosts.ts';

/** A connection as shown: which credentials are set, never what they are. */
export type ConnectionView = Omit<ConnectionRow, 'sealed' | 'accountId'> & { secretsSet: string[] };

/** An opened connection with what declared it. The caller closes it. */
export interface OpenConnection {
  definition: DestinationDefinition;
  destination: Destination;
}

/** Credentials to destination accounts: sealed at rest, checked prerequisite by prerequisite, opened for runs. */
@Injectable()
export class ConnectionsService {
  private readonly logger = new Logger(ConnectionsService.name);

  constructor(
    private readonly repository: ConnectionsRepository,
    private readonly registry: DestinationRegistry,
    private readonly sealer: Sealer,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
  ) {}

  async create(caller: Caller, dto: CreateConnectionDto): Promise<ConnectionView> {
    const definition = this.definition(dto.type);
    await validated(definition.settings, dto.settings, 'settings');
    const now = this.clock.now();
    const row: ConnectionRow = {
      id: newId('con'),
      accountId: caller.accountId,
      name: dto.name,
      type: dto.type,
      ...this.split(definition, dto.settings),
      status: 'unchecked',
      statusError: null,
      prerequisites: null,
      checkedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.repository.insert(row);
    await this.accounts.audit(caller, 'connection.create', row.id, { type: row.type });
    return this.view(row);
  }

  async update(caller: Caller, id: string, dto: UpdateConnectionDto): Promise<ConnectionView> {
    const row = await this.row(caller.accountId, id);
    const definition = this.definition(row.type);
    const merged = { ...this.plain(row), ...dto.settings };
    await validated(definition.settings, merged, 'settings');
    const change = {
      name: dto.name ?? row.name,
      ...this.split(definition, merged),
      status: 'unchecked' as const,
      statusError: null,
      updatedAt: this.clock.now(),
    };
    await this.repository.update(caller.accountId, id, change);
    await this.accounts.audit(caller, 'connection.update', id, { fields: Object.keys(dto.settings) });
    return this.view({ ...row, ...change });
  }

  async get(account: AccountId, id: string): Promise<ConnectionView> {
    return this.view(await this.row(account, id));
  }

  async list(account: AccountId, page: PageQuery): Promise<Page<ConnectionView>> {
    return pageOf(
      (await this.repository.page(account, page)).map((row) => this.view(row)),
      page.limit,
    );
  }

  async remove(caller: Caller, id: string): Promise<void> {
    await this.row(caller.accountId, id);
    await this.repository.delete(caller.accountId, id);
    await this.accounts.audit(caller, 'connection.delete', id);
  }

  /** Asks the destination about each prerequisite and keeps the answer. Changes nothing there. */
  async check(
    account: AccountId,
    id: string,
  ): Promise<{ ok: boolean; checkedAt: Date; prerequisites: Prerequisite[] }> {
    const prerequisites = await this.prerequisites(account, id);
    const bad = prerequisites.filter((p) => !p.ok);
    const checkedAt = this.clock.now();
    const status = bad.length === 0 ? 'ready' : 'failing';
    const statusError = bad.map((p) => `${p.title}: ${p.detail}`).join('; ') || null;
    await this.repository.update(account, id, { prerequisites, checkedAt, status, statusError });
    return { ok: bad.length === 0, checkedAt, prerequisites };
  }

  /** @throws Problem when there is no such connection; DestinationError when it cannot be opened */
  async open(
    account: AccountId,
    id: string,
    options: { signal: AbortSignal; runId?: string },
  ): Promise<OpenConnection> {
    const row = await this.row(account, id);
    const definition = this.definition(row.type);
    const settings = await validated(definition.settings, this.plain(row), 'settings');
    const destination = await definition.open(settings, this.environment(account, id, options));
    return { definition, destination };
  }

  /** Seconds before the first question for confirmation, where settings override the platform's advice. */
  get confirmAfterSeconds(): number | undefined {
    return this.settings.REACH_CONFIRM_AFTER_SECONDS;
  }

  /** Seconds before the first new try of a call that failed in passing. */
  get retrySeconds(): number {
    return this.settings.REACH_RETRY_SECONDS;
  }

  /** Stops a connection whose credentials the platform refused, so that no further call is wasted on them. */
  async stop(account: string, id: string, reason: string): Promise<void> {
    await this.repository.update(account as AccountId, id, { status: 'stopped', statusError: reason });
  }

  definition(type: string): DestinationDefinition {
    const definition = this.registry.get(type);
    const known = this.registry
      .all()
      .map((d) => d.type)
      .join(', ');
    if (!definition)
      throw Problem.invalid('type', 'unknown_destination', `There is no destination "${type}"; there are: ${known}.`);
    return definition;
  }

  calls(account: AccountId, filter: { connectionId?: string; runId?: string }, page: PageQuery) {
    return this.repository.calls(account, filter, page).then((rows) => pageOf(rows, page.limit));
  }

  private async prerequisites(account: AccountId, id: string): Promise<Prerequisite[]> {
    const signal = AbortSignal.timeout(60_000);
    try {
      const { destination } = await this.open(account, id, { signal });
      try {
        return await destination.check();
      } finally {
        await destination.close();
      }
    } catch (error) {
      if (!(error instanceof DestinationError)) throw error;
      return [{ name: error.code, title: 'Connection', ok: false, detail: error.message, url: error.url }];
    }
  }

  private environment(
    account: AccountId,
    id: string,
    { signal, runId }: { signal: AbortSignal; runId?: string },
  ): ConnectorEnvironment {
    const addresses = Object.fromEntries(
      Object.entries(this.settings).filter(([name]) => /^REACH_(FACEBOOK|GOOGLE)_/.test(name)),
    );
    return {
      addresses,
      now: () => this.clock.now(),
      signal,
      record: (call) => {
        this.repository
          .recordCall(account, id, runId, call)
          .catch((err) => this.logger.warn({ msg: 'a vendor call could not be recorded', err }));
      },
      assertHostAllowed: async (host) => {
        if (!this.settings.REACH_ALLOW_PRIVATE_HOSTS) await assertPublicHost(host);
      },
    };
  }

  private async row(account: AccountId, id: string): Promise<ConnectionRow> {
    const row = await this.repository.find(account, id);
    if (!row) throw Problem.notFound('connection', id);
    return row;
  }

  private plain(row: ConnectionRow): Record<string, unknown> {
    return { ...row.settings, ...JSON.parse(this.sealer.unseal(row.sealed)) };
  }

  private split(definition: DestinationDefinition, all: Record<string, unknown>) {
    const secret = new Set(secretFields(definition.settings));
    const pick = (want: boolean) =>
      Object.fromEntries(
        Object.entries(all).filter(([name, value]) => value !== undefined && secret.has(name) === want),
      );
    return { settings: pick(false), sealed: this.sealer.seal(JSON.stringify(pick(true))) };
  }

  private view(row: ConnectionRow): ConnectionView {
    const { sealed, accountId: _account, ...shown } = row;
    return { ...shown, secretsSet: Object.keys(JSON.parse(this.sealer.unseal(sealed))) };
  }
}

/**
 * Validates settings or options against their class, as strictly as a request body.
 * @throws Problem with paths below `path`
 */
export async function validated<T extends object>(target: ClassOf<T>, value: object, path: string): Promise<T> {
  const instance = plainToInstance(target, value);
  const errors = await validate(instance, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw Problem.invalidAll(fieldProblems(errors, path));
  return instance;
}
