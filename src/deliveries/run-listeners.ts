import { Injectable, Logger } from '@nestjs/common';
import type { RunRow } from './runs.repository.ts';

export type RunListener = (run: RunRow) => Promise<void>;

/** Where features ask to be told that a run ended. Listeners only enqueue jobs. */
@Injectable()
export class RunListeners {
  private readonly logger = new Logger(RunListeners.name);
  private readonly listeners: RunListener[] = [];

  onFinished(listener: RunListener): void {
    this.listeners.push(listener);
  }

  /** Tells everyone; one that fails keeps nobody else from hearing. */
  async tell(run: RunRow): Promise<void> {
    for (const listener of this.listeners) {
      await listener(run).catch((err: unknown) =>
        this.logger.error({ msg: 'a listener to runs failed', run: run.id, err }),
      );
    }
  }
}
