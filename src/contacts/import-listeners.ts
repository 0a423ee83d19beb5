import { Injectable, Logger } from '@nestjs/common';
import { AccountId } from '../accounts/auth.ts';

export type ImportListener = (account: AccountId, datasetId: string) => Promise<void>;

/**
 * Notifies features when the contacts or events of an account have changed. Listeners only enqueue jobs, and may be
 * notified of an import more than once.
 */
@Injectable()
export class ImportListeners {
  private readonly logger = new Logger(ImportListeners.name);
  private readonly listeners: ImportListener[] = [];

  onImported(listener: ImportListener): void {
    this.listeners.push(listener);
  }

  /** Notifies every listener, even after one has failed. @returns whether all succeeded */
  async notify(account: AccountId, datasetId: string): Promise<boolean> {
    let succeeded = true;
    for (const listener of this.listeners) {
      try {
        await listener(account, datasetId);
      } catch (error) {
        succeeded = false;
        this.logger.error({ msg: 'a listener to imports failed', dataset: datasetId, err: error });
      }
    }
    return succeeded;
  }
}
