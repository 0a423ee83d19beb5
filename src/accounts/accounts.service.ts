import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { and, desc, eq, isNull, lt } from 'drizzle-orm';
import { Settings } from '../../config/settings.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { newId } from '../http/ids.ts';
import { type Page, type PageQuery, pageOf } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { accounts, apiKeys, auditLog } from './accounts.tables.ts';
import type { AccountId, Caller, Role } from './auth.ts';

export const DEFAULT_ACCOUNT = 'acc_default' as AccountId;
const BOOTSTRAP_KEY = 'key_bootstrap';

/** How long a key that was looked up is believed, and how many are. */
const KEY_KNOWN_MS = 1_000;
const MOST_KEYS_KNOWN = 10_000;

const hashKey = (key: string) => createHash('sha256').update(key).digest('hex');

export type ApiKeyRow = Omit<typeof apiKeys.$inferSelect, 'hash' | 'accountId'>;

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
   * @returns the caller, or nothing when the key is unknown or revoked.
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

  private async callerOf(hash: string): Promise<Caller | undefined> {
    const [row] = await this.db
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt)));
    return row && { accountId: row.accountId as AccountId, role: row.role as Role, name: row.name };
  }

  async createKey(caller: Caller, name: string, role: Role): Promise<ApiKeyRow & { key: string }> {
    const key = `reach_${randomBytes(24).toString('base64url')}`;
    const row = {
      id: newId('key'),
      accountId: caller.accountId,
      name,
      role,
      prefix: key.slice(0, 12),
      hash: hashKey(key),
      createdAt: this.clock.now(),
      revokedAt: null,
    };
    await this.db.insert(apiKeys).values(row);
    await this.audit(caller, 'api-key.create', row.id, { name, role });
    const { hash: _hash, accountId: _account, ...shown } = row;
    return { ...shown, key };
  }

  async listKeys(accountId: AccountId): Promise<ApiKeyRow[]> {
    const rows = await this.db.select().from(apiKeys).where(eq(apiKeys.accountId, accountId)).orderBy(apiKeys.id);
    return rows.map(({ hash: _hash, accountId: _account, ...row }) => row);
  }

  async revokeKey(caller: Caller, id: string): Promise<void> {
    const where = and(eq(apiKeys.accountId, caller.accountId), eq(apiKeys.id, id));
    const rows = await this.db
      .update(apiKeys)
      .set({ revokedAt: this.clock.now() })
      .where(where)
      .returning({ id: apiKeys.id });
    if (rows.length === 0) throw Problem.notFound('API key', id);
    this.callers.clear();
    await this.audit(caller, 'api-key.revoke', id);
  }

  /** Records who did what. `detail` never holds secrets or identifiers. */
  async audit(caller: Caller, action: string, subject: string, detail: object = {}): Promise<void> {
    await this.db.insert(auditLog).values({
      id: newId('aud'),
      accountId: caller.accountId,
      actor: caller.name,
      action,
      subject,
      detail,
      at: this.clock.now(),
    });
  }

  async auditTrail(accountId: AccountId, page: PageQuery): Promise<Page<typeof auditLog.$inferSelect>> {
    const where = and(eq(auditLog.accountId, accountId), page.cursor ? lt(auditLog.id, page.cursor) : undefined);
    const rows = await this.db
      .select()
      .from(auditLog)
      .where(where)
      .orderBy(desc(auditLog.id))
      .limit(page.limit + 1);
    return pageOf(rows, page.limit);
  }

  private async bootstrapKey(): Promise<void> {
    const [existing] = await this.db.select().from(apiKeys).where(eq(apiKeys.id, BOOTSTRAP_KEY));
    const given = this.settings.REACH_ADMIN_KEY;
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
