import { Injectable, Logger } from '@nestjs/common';
import { AccountId } from '../accounts/auth.ts';

export type ImportListener = (account: AccountId, datasetId: string) => Promise<void>;

/**
 * Where features ask to be told that an account's contacts or events have changed. Listeners only enqueue jobs, and may be
 * told of an import more than once.
 */
@Injectable()
export class ImportListeners {
  private readonly logger = new Logger(ImportListeners.name);
  private readonly listeners: ImportListener[] = [];

  onImported(listener: ImportListener): void {
    this.listeners.push(listener);
  }

  /** Tells everyone; one that fails keeps nobody else from hearing. @returns whether all have heard */
  async tell(account: AccountId, datasetId: string): Promise<boolean> {
    let heard = true;
    for (const listener of this.listeners) {
      try {
        await listener(account, datasetId);
      } catch (error) {
        heard = false;
        this.logger.error({ msg: 'a listener to imports failed', dataset: datasetId, err: error });
      }
    }
    return heard;
  }
}
