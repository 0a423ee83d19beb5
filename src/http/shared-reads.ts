import { defer, distinctUntilChanged, finalize, type Observable, ReplaySubject, repeat, share } from 'rxjs';

/**
 * Polls values for their viewers. All viewers of a topic share one reader, which starts with the first of them, stops
 * with the last, and begins a read `pauseMs` milliseconds after the former one ended.
 */
export class SharedReads<T> {
  private readonly readers = new Map<string, Observable<T>>();

  constructor(private readonly pauseMs: number) {}

  /** @returns the newest value, if there is one, then every change; a read that fails is the error of all viewers */
  watch(topic: string, read: () => Promise<T>): Observable<T> {
    const running = this.readers.get(topic);
    if (running) return running;
    const reader = defer(read).pipe(
      repeat({ delay: this.pauseMs }),
      distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
      finalize(() => this.readers.delete(topic)),
      share({ connector: () => new ReplaySubject<T>(1) }),
    );
    this.readers.set(topic, reader);
    return reader;
  }
}
