import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { and, eq, isNull } from 'drizzle-orm';
import { Settings } from '../../config/settings.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { newId } from '../http/ids.ts';
import { Problem } from '../http/problem.ts';
import type { ApiKeyView, CreateApiKeyDto, NewApiKeyView } from './accounts.dto.ts';
import { accounts, apiKeys } from './accounts.tables.ts';
import { AuditLog } from './audit-log.ts';
import type { AccountId, Caller, Role } from './auth.ts';

export const DEFAULT_ACCOUNT = 'acc_default' as AccountId;
const BOOTSTRAP_KEY = 'key_bootstrap';

/** How long a key that was looked up is believed, and how many are. */
const KEY_KNOWN_MS = 1_000;
const MOST_KEYS_KNOWN = 10_000;

const hashKey = (key: string) => createHash('sha256').update(key).digest('hex');

/** How exact the last use of a key is kept. */
const LAST_USED_MS = 60_000;

type ApiKeyRow = typeof apiKeys.$inferSelect;

/** Tenants and their API keys. Keys are stored hashed and shown once. */
@Injectable()
export class AccountsService implements OnModuleInit {
  private readonly logger = new Logger(AccountsService.name);
  /** The bootstrap key when this start made it up, so that the start banner can show it once. */
  generatedAdminKey?: string;
  private readonly callers = new Map<string, { caller: Promise<Caller | undefined>; at: number }>();

  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly auditLog: AuditLog,
  ) {}

  async onModuleInit(): Promise<void> {
    const createdAt = this.clock.now();
    await this.db.insert(accounts).values({ id: DEFAULT_ACCOUNT, name: 'Default', createdAt }).onConflictDoNothing();
    await this.bootstrapKey();
  }

  async all(): Promise<AccountId[]> {
    const rows = await this.db.select({ id: accounts.id }).from(accounts).orderBy(accounts.id);
    return rows.map(({ id }) => id as AccountId);
  }

  async name(account: AccountId): Promise<string> {
    const [row] = await this.db.select({ name: accounts.name }).from(accounts).where(eq(accounts.id, account));
    return row?.name ?? account;
  }

  /**
   * Keys are looked up at most once in a second each: one that another process revoked works for that long.
   * @returns the caller, or nothing when the key is unknown, revoked or expired.
   */
  authenticate(key: string): Promise<Caller | undefined> {
    const hash = hashKey(key);
    const known = this.callers.get(hash);
    if (known && performance.now() - known.at < KEY_KNOWN_MS) return known.caller;
    if (this.callers.size >= MOST_KEYS_KNOWN) this.callers.clear();
    const entry = { caller: this.callerOf(hash), at: performance.now() };
    this.callers.set(hash, entry);
    // neither a failure nor an unknown key is remembered
    entry.caller.then(
      (caller) => caller ?? this.callers.delete(hash),
      () => this.callers.delete(hash),
    );
    return entry.caller;
  }

  /** Whether a key worked when this process looked it up last. */
  isKnown(key: string): boolean {
    return this.callers.has(hashKey(key));
  }

  /** Whether a key is neither revoked nor expired. */
  async keyWorks(id: string): Promise<boolean> {
    const [row] = await this.db
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)));
    return row !== undefined && !hasExpired(row, this.clock.now());
  }

  private async callerOf(hash: string): Promise<Caller | undefined> {
    const [row] = await this.db
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt)));
    const now = this.clock.now();
    if (!row || hasExpired(row, now)) return undefined;
    if (now.getTime() - (row.lastUsedAt?.getTime() ?? 0) >= LAST_USED_MS)
      await this.db.update(apiKeys).set({ lastUsedAt: now }).where(eq(apiKeys.id, row.id));
    return { accountId: row.accountId as AccountId, role: row.role as Role, name: row.name, keyId: row.id };
  }

  /** @throws Problem 422 for an expiry that has passed */
  async createKey(caller: Caller, { name, role, expiresAt }: CreateApiKeyDto): Promise<NewApiKeyView> {
    const now = this.clock.now();
    const ends = expiresAt === undefined ? null : new Date(expiresAt);
    if (ends && ends <= now) throw Problem.invalid('expiresAt', 'in_the_past', 'Choose a time in the future.');
    const key = `reach_${randomBytes(24).toString('base64url')}`;
    const row = {
      id: newId('key'),
      accountId: caller.accountId,
      name,
      role,
      prefix: key.slice(0, 12),
      hash: hashKey(key),
      createdAt: now,
      expiresAt: ends,
      lastUsedAt: null,
      revokedAt: null,
    } satisfies ApiKeyRow;
    await this.db.insert(apiKeys).values(row);
    await this.audit(caller, 'api-key.create', row.id, { name, role, expiresAt: ends });
    return { ...keyView(row), key };
  }

  async listKeys(accountId: AccountId): Promise<ApiKeyView[]> {
    const rows = await this.db.select().from(apiKeys).where(eq(apiKeys.accountId, accountId)).orderBy(apiKeys.id);
    return rows.map(keyView);
  }

  /** @throws Problem 404; 409 `last_admin` when no key of an admin would be left that works for good */
  async revokeKey(caller: Caller, id: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      // one at a time: two admins cannot revoke each other
      await tx.select().from(accounts).where(eq(accounts.id, caller.accountId)).for('update');
      const rows = await tx.select().from(apiKeys).where(eq(apiKeys.accountId, caller.accountId));
      const row = rows.find((each) => each.id === id);
      if (!row) throw Problem.notFound('API key', id);
      if (row.role === 'admin' && !rows.some((each) => each.id !== id && worksForGood(each)))
        throw Problem.conflict(
          'last_admin',
          'This is the last key of an admin. Make another one that does not expire, then revoke this one.',
        );
      await tx.update(apiKeys).set({ revokedAt: this.clock.now() }).where(eq(apiKeys.id, id));
    });
    this.callers.clear();
    await this.audit(caller, 'api-key.revoke', id);
  }

  /** Records an action of a caller. `detail` never holds secrets or identifiers. */
  audit(caller: Caller, action: string, subject: string, detail: object = {}): Promise<void> {
    return this.auditLog.record(caller, action, subject, detail);
  }

  private async bootstrapKey(): Promise<void> {
    const [existing] = await this.db.select().from(apiKeys).where(eq(apiKeys.id, BOOTSTRAP_KEY));
    const given = this.settings.REACH_ADMIN_KEY;
    if (existing?.revokedAt && given && existing.hash === hashKey(given))
      this.logger.warn({ msg: 'the key in REACH_ADMIN_KEY was revoked and does not work; set another one' });
    if (existing && (!given || existing.hash === hashKey(given))) return;
    const key = given ?? `reach_${randomBytes(24).toString('base64url')}`;
    if (!given) this.generatedAdminKey = key;
    const row = {
      id: BOOTSTRAP_KEY,
      accountId: DEFAULT_ACCOUNT,
      name: 'bootstrap admin',
      role: 'admin',
      prefix: key.slice(0, 12),
      hash: hashKey(key),
      createdAt: this.clock.now(),
    };
    await this.db
      .insert(apiKeys)
      .values(row)
      .onConflictDoUpdate({ target: apiKeys.id, set: { hash: row.hash, prefix: row.prefix, revokedAt: null } });
    this.logger.log(existing ? 'bootstrap admin key replaced by REACH_ADMIN_KEY' : 'bootstrap admin key created');
  }
}

const hasExpired = ({ expiresAt }: ApiKeyRow, now: Date): boolean => expiresAt !== null && expiresAt <= now;

const worksForGood = ({ role, expiresAt, revokedAt }: ApiKeyRow): boolean =>
  role === 'admin' && expiresAt === null && revokedAt === null;

const keyView = ({ hash: _hash, accountId: _account, role, ...row }: ApiKeyRow): ApiKeyView => ({
  ...row,
  role: role as Role,
});
