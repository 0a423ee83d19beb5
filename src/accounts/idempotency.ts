import { createHash } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  SetMetadata,
} from '@nestjs/common';
import { and, eq, lt, or } from 'drizzle-orm';
import type { Request } from 'express';
import { Clock, type Recurring } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { Sealer } from '../engines/sealing.ts';
import { Problem } from '../http/problem.ts';
import { idempotencyKeys } from './accounts.tables.ts';
import type { AccountId } from './auth.ts';

/** How long an answer is kept for repeats. */
const KEPT_MS = 24 * 3_600_000;
/** A request that has not ended by then died with its process. */
const CUT_OFF_MS = 10 * 60_000;
const SWEEP_MS = 10 * 60_000;

export const CHANGES_NOTHING = 'reach:changes-nothing';
/** A POST that only looks: carried out every time, and its answer is kept for nobody. */
export const ChangesNothing = () => SetMetadata(CHANGES_NOTHING, true);

/** As long as any id of a request; PostgreSQL takes no long text as a key of a table. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** A key in the hands of the request that took it. */
type Claim = Pick<typeof idempotencyKeys.$inferSelect, 'accountId' | 'key' | 'createdAt'>;

/**
 * `Idempotency-Key`: the first request is carried out, a repeat gets its answer for a day. The same key with another
 * request, or while the first is under way, is refused. A failed request frees its key.
 */
@Injectable()
export class IdempotencyKeys implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(IdempotencyKeys.name);
  private sweeps?: Recurring;

  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const failed = (err: unknown) => this.logger.error({ msg: 'old answers could not be deleted', err });
    this.sweeps = this.clock.every(SWEEP_MS, () => this.sweep(), failed);
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeps?.stop();
  }

  /** Carries out a request, or gives the answer that it was given. @param content what makes it the same request */
  async once<Answer>(
    account: AccountId,
    request: Request,
    content: unknown,
    run: () => Promise<Answer>,
  ): Promise<Answer> {
    const key = request.get('idempotency-key');
    const response = request.res;
    if (!key || !response) return run();
    if (!KEY.test(key))
      throw new Problem(
        400,
        'idempotency_key_invalid',
        'An Idempotency-Key has 1 to 255 visible ASCII characters, such as a UUID.',
      );
    const digest = createHash('sha256').update(`${request.method} ${request.path}\n${JSON.stringify(content)}`);
    const claim = { accountId: account, key, createdAt: this.clock.now() };
    const given = await this.claim(claim, digest.digest('hex'));
    if (given) {
      response.status(given.status).setHeader('Idempotent-Replay', 'true');
      return given.answer as Answer;
    }
    const answer = await run().catch(async (error: unknown) => {
      await this.db.delete(idempotencyKeys).where(held(claim));
      throw error;
    });
    // answers hold keys that are shown once, and what people are called
    const sealed = this.sealer.seal(JSON.stringify(answer ?? null));
    const status = String(response.statusCode);
    await this.db.update(idempotencyKeys).set({ status, response: sealed }).where(held(claim));
    return answer;
  }

  /** Deletes what is kept no longer. */
  async sweep(): Promise<void> {
    await this.db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, this.ago(KEPT_MS)));
  }

  /** Takes a key that is free, was forgotten, or whose request was cut off. @returns the answer, when there is one */
  private async claim(claim: Claim, request: string): Promise<{ status: number; answer: unknown } | undefined> {
    const { accountId, key, status, createdAt } = idempotencyKeys;
    const isSame = eq(idempotencyKeys.request, request);
    const cutOff = and(eq(status, 'pending'), isSame, lt(createdAt, this.ago(CUT_OFF_MS)));
    const row = { ...claim, request, status: 'pending', response: null };
    const taken = await this.db
      .insert(idempotencyKeys)
      .values(row)
      .onConflictDoUpdate({
        target: [accountId, key],
        set: row,
        setWhere: or(lt(createdAt, this.ago(KEPT_MS)), cutOff),
      })
      .returning({ key });
    if (taken.length > 0) return undefined;
    const [seen] = await this.db
      .select()
      .from(idempotencyKeys)
      .where(and(eq(accountId, claim.accountId), eq(key, claim.key)));
    if (seen && seen.request !== request)
      throw new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key was used for another request.');
    if (!seen?.response)
      throw Problem.conflict(
        'idempotency_in_progress',
        'The first request with this Idempotency-Key is still under way.',
      );
    if (!this.sealer.canOpen(seen.response))
      throw Problem.conflict(
        'idempotency_answer_lost',
        'The first request was carried out; its answer cannot be read any more, because the encryption key was changed.',
      );
    return { status: Number(seen.status), answer: JSON.parse(this.sealer.unseal(seen.response)) };
  }

  private ago(milliseconds: number): Date {
    return new Date(this.clock.now().getTime() - milliseconds);
  }
}

/** The row of a claim, unless somebody took the key over since. */
const held = ({ accountId, key, createdAt }: Claim) =>
  and(
    eq(idempotencyKeys.accountId, accountId),
    eq(idempotencyKeys.key, key),
    eq(idempotencyKeys.createdAt, createdAt),
    eq(idempotencyKeys.status, 'pending'),
  );
