import { Injectable, Logger } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { Settings } from '../../config/settings.ts';
import type {
  ClassOf,
  ConnectorEnvironment,
  Destination,
  DestinationDefinition,
} from '../../connectors/destination.ts';
import { DestinationError } from '../../connectors/errors.ts';
import { DestinationRegistry } from '../../connectors/registry.ts';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId, Caller } from '../accounts/auth.ts';
import { AlertsService } from '../alerts/alerts.service.ts';
import { Clock } from '../engines/clock.ts';
import { newId } from '../http/ids.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { fieldProblems } from '../http/validation.ts';
import { ChecksRepository } from './checks.repository.ts';
import type { CreateConnectionDto, UpdateConnectionDto } from './connections.dto.ts';
import { type ConnectionRow, ConnectionsRepository } from './connections.repository.ts';
import { nextDailyCheck } from './daily.ts';
import { assertPublicHost } from './hosts.ts';
import { withPair } from './key-pairs.ts';
import { assertSecretsGiven } from './moved-secrets.ts';
import { nearestEnd } from './prerequisites.ts';
import { Quotas } from './quotas.service.ts';
import { SealedSettings } from './sealed-settings.ts';

/** A connection as shown: which credentials are set, never what they are. */
export type ConnectionView = Omit<ConnectionRow, 'sealed' | 'accountId'> & {
  secretsSet: string[];
  /** The credentials cannot be read, because their encryption key is not there: enter them again. */
  secretsLost: boolean;
  /** What ends first of all that has an end, such as a token or an API version. */
  ends: { title: string; daysLeft: number } | null;
};

/** What a connection is opened for. */
export interface OpenOptions {
  signal: AbortSignal;
  runId?: string;
  /** Hears that the platform wants the connection left alone for so many seconds, and why. */
  rest?: ConnectorEnvironment['rest'];
}

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
    private readonly checks: ChecksRepository,
    private readonly registry: DestinationRegistry,
    private readonly alerts: AlertsService,
    private readonly sealed: SealedSettings,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly quotas: Quotas,
  ) {}

  async create(caller: Caller, dto: CreateConnectionDto): Promise<ConnectionView> {
    const definition = this.definition(dto.type);
    await validated(definition.settings, dto.settings, 'settings');
    const now = this.clock.now();
    const id = newId('con');
    const maker = { connectionId: id, by: caller.name, at: now };
    const { settings, keyPair } = await withPair(definition, dto.settings, { given: dto.settings, known: null, maker });
    const row: ConnectionRow = {
      id,
      accountId: caller.accountId,
      name: dto.name,
      type: dto.type,
      ...this.sealed.split(definition, settings),
      status: 'unchecked',
      statusError: null,
      prerequisites: null,
      checkedAt: null,
      nextCheckAt: nextDailyCheck(id, now),
      keyPair,
      confirmed: {},
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
    const maker = { connectionId: id, by: caller.name, at: this.clock.now() };
    const before = this.sealed.plain(row);
    const merged = withoutNulls({ ...before, ...dto.settings });
    const { settings, keyPair } = await withPair(definition, merged, {
      given: dto.settings,
      // a pair whose private half is lost is made again
      known: this.sealed.areLost(row) ? null : row.keyPair,
      maker,
    });
    await validated(definition.settings, settings, 'settings');
    const made = keyPair ? definition.keyPair?.setting : undefined;
    assertSecretsGiven(definition, { before, after: settings, given: dto.settings, made });
    const still = Object.entries(row.confirmed).filter(([, { value }]) => Object.values(settings).includes(value));
    const change = {
      name: dto.name ?? row.name,
      ...this.sealed.split(definition, settings),
      keyPair,
      confirmed: Object.fromEntries(still),
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

  /** Connections whose destination can take people out of everything it holds. */
  async erasing(account: AccountId): Promise<{ row: ConnectionRow; definition: DestinationDefinition }[]> {
    return (await this.repository.all(account)).flatMap((row) => {
      const definition = this.registry.get(row.type);
      return definition?.capabilities.erasing ? [{ row, definition }] : [];
    });
  }

  async remove(caller: Caller, id: string): Promise<void> {
    await this.row(caller.accountId, id);
    await this.repository.delete(caller.accountId, id);
    await this.checks.forget(id);
    await this.alerts.close(caller.accountId, id);
    await this.accounts.audit(caller, 'connection.delete', id);
  }

  /** @throws Problem when there is no such connection; DestinationError when it cannot be opened */
  async open(account: AccountId, id: string, options: OpenOptions): Promise<OpenConnection> {
    const row = await this.row(account, id);
    if (this.sealed.areLost(row))
      throw new DestinationError(
        'auth',
        'The credentials were sealed with another encryption key. Restore that key, or enter the credentials again.',
      );
    const definition = this.definition(row.type);
    const settings = await validated(definition.settings, this.sealed.plain(row), 'settings');
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

  /** Has a connection looked at within seconds, e.g. because a delivery met with something that a check can name. */
  async checkSoon(account: string, id: string): Promise<void> {
    await this.repository.update(account as AccountId, id, { nextCheckAt: this.clock.now() });
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

  private environment(account: AccountId, id: string, { signal, runId, rest }: OpenOptions): ConnectorEnvironment {
    const addresses = Object.fromEntries(
      Object.entries(this.settings).filter(([name]) => /^REACH_(FACEBOOK|GOOGLE)_/.test(name)),
    );
    return {
      addresses,
      now: () => this.clock.now(),
      signal,
      rest,
      quota: (name, allowance) => this.quotas.take(name, allowance),
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

  /** @throws Problem 404 */
  async row(account: AccountId, id: string): Promise<ConnectionRow> {
    const row = await this.repository.find(account, id);
    if (!row) throw Problem.notFound('connection', id);
    return row;
  }

  /** As people see it. */
  view(row: ConnectionRow): ConnectionView {
    const { sealed: _sealed, accountId: _account, ...shown } = row;
    return {
      ...shown,
      secretsSet: this.sealed.names(row),
      secretsLost: this.sealed.areLost(row),
      ends: nearestEnd(row.prerequisites),
    };
  }
}

/** What is null was taken back by who changes settings. */
const withoutNulls = (settings: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));

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
