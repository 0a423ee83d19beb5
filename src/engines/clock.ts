/** The source of "now" and of recurring work. Injected everywhere, so that tests and relative dates decide what time it is. */
export class Clock {
  now(): Date {
    return new Date();
  }

  /** Starts to do `work` every `milliseconds`. A round that fails is reported to `failed`; the next one still comes. */
  every(milliseconds: number, work: () => Promise<void>, failed: (error: unknown) => void): Recurring {
    return new Recurring(milliseconds, work, failed);
  }
}

/** Work that is repeated until it is stopped, one round at a time. */
export class Recurring {
  private readonly timer: NodeJS.Timeout;
  private round?: Promise<void>;
  private stopped = false;

  constructor(
    milliseconds: number,
    private readonly work: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => void this.run(), milliseconds);
    this.timer.unref();
  }

  /** Does a round now, unless one is under way. @returns when the round is done */
  async run(): Promise<void> {
    if (this.stopped) return;
    this.round ??= this.work()
      .catch(this.failed)
      .finally(() => {
        this.round = undefined;
      });
    await this.round;
  }

  /** Starts no further round. @returns when the round under way is done, so that its stores may be closed */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.round;
  }
}
