import { Injectable } from '@nestjs/common';
import { filter, type Observable, takeUntil } from 'rxjs';
import { Settings } from '../../config/settings.ts';
import { Problem } from '../http/problem.ts';
import { SharedReads } from '../http/shared-reads.ts';
import { AccountsService } from './accounts.service.ts';
import type { Caller } from './auth.ts';

const KEY_CHECK_MS = 1_000;

/** Guards streams of server-sent events, which outlive the check of a request: a key holds few, and ends with them. */
@Injectable()
export class EventStreams {
  private readonly open = new Map<string, number>();
  private readonly keys = new SharedReads<boolean>(KEY_CHECK_MS);

  constructor(
    private readonly accounts: AccountsService,
    private readonly settings: Settings,
  ) {}

  /**
   * Counts a stream until the request ends. Call it before anything is read for the stream.
   * @param ended aborted when the request ends, however it ends
   * @throws Problem 429 `too_many_streams`
   */
  admit({ keyId }: Caller, ended: AbortSignal): void {
    if (!keyId || ended.aborted) return;
    const count = this.open.get(keyId) ?? 0;
    const limit = this.settings.REACH_STREAMS_PER_KEY;
    if (count >= limit)
      throw new Problem(
        429,
        'too_many_streams',
        `This key holds ${limit} event streams open, which is the most it may. Close one, then try again.`,
      );
    this.open.set(keyId, count + 1);
    ended.addEventListener('abort', () => this.release(keyId), { once: true });
  }

  /** @returns the events until the key of the caller is revoked or expires */
  whileKeyWorks<T>({ keyId }: Caller, events: Observable<T>): Observable<T> {
    if (!keyId) return events;
    const keyWorks = this.keys.watch(keyId, () => this.accounts.keyWorks(keyId));
    return events.pipe(takeUntil(keyWorks.pipe(filter((works) => !works))));
  }

  private release(keyId: string): void {
    const left = (this.open.get(keyId) ?? 0) - 1;
    if (left > 0) this.open.set(keyId, left);
    else this.open.delete(keyId);
  }
}
