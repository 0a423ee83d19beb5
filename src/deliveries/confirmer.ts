import { Injectable } from '@nestjs/common';
import { type Confirmation, DestinationError, type Json } from '../../connectors/destination.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { Clock } from '../engines/clock.ts';
import { attempt, Postponed } from './actions.ts';
import { BatchSender } from './batch-sender.ts';
import { ConnectionPauses } from './connection-pauses.ts';
import { uploads } from './deliveries.tables.ts';
import { Leases } from './leases.ts';
import { isDue, RunsRepository, type UploadRow } from './runs.repository.ts';
import type { StepResult, UploadStatus } from './states.ts';
import { UploadContexts } from './upload-context.ts';

/** What an answer makes of an upload; `pending` asks again. */
const STATUS: Record<Exclude<Confirmation['state'], 'pending'>, UploadStatus> = {
  confirmed: 'confirmed',
  partial: 'partial',
  failed: 'failed',
  'needs-person': 'needs-person',
};

/** Asks the platform what became of accepted uploads. Only its own answer confirms them. */
@Injectable()
export class Confirmer {
  constructor(
    private readonly runs: RunsRepository,
    private readonly leases: Leases,
    private readonly sender: BatchSender,
    private readonly connections: ConnectionsService,
    private readonly contexts: UploadContexts,
    private readonly pauses: ConnectionPauses,
    private readonly clock: Clock,
  ) {}

  /** Asks once, unless somebody else does or it is too early. */
  async confirm(uploadId: string): Promise<StepResult | undefined> {
    return this.leases.hold(uploads, uploadId, async () => {
      const upload = await this.runs.upload(uploadId);
      if (upload?.status !== 'accepted' || !isDue(upload, this.clock.now())) return undefined;
      try {
        return { againAfter: await this.ask(upload) };
      } catch (error) {
        if (!(error instanceof Postponed)) throw error;
        return { againAfter: await this.comeAgain(upload, error.seconds) };
      }
    });
  }

  /** The connection is paused: no question was asked, so none is counted. */
  private async comeAgain(upload: UploadRow, seconds: number): Promise<number> {
    const nextAt = new Date(this.clock.now().getTime() + seconds * 1000);
    await this.runs.updateUpload(upload.id, { nextAt });
    return seconds;
  }

  private async ask(upload: UploadRow): Promise<number | undefined> {
    const signal = AbortSignal.timeout(120_000);
    const context = await this.contexts.open(upload, signal).catch((error) => unanswered(error));
    if ('state' in context) return this.settle(upload, context);
    try {
      await this.pauses.assertOpen(context.delivery.connectionId);
      const remote = (await this.runs.bound(context.delivery.id)).get(upload.segmentKey)?.remote;
      if (!remote) throw new Error(`upload ${upload.id} was accepted without a remote audience`);
      const ref = context.ref(upload, remote);
      const tickets = await this.tickets(upload);
      const answer = await attempt(() => context.destination.confirm(ref, tickets), context.attempts).catch((error) =>
        unanswered(error),
      );
      if (answer.state !== 'pending') {
        if (answer.state === 'failed') await this.sender.revoke(upload);
        return await this.settle(upload, answer);
      }
      return await this.askAgain(upload, answer, context.definition.capabilities.confirmation);
    } finally {
      await context.destination.close();
    }
  }

  /** Tickets of every acknowledged batch of the current attempt, then the one of the finish. */
  private async tickets(upload: UploadRow): Promise<Json[]> {
    const batches = (await this.runs.batches([upload.id])).filter((batch) => batch.attempt === upload.attempt);
    return [...batches.map((batch) => batch.ticket), upload.finishTicket].filter((ticket) => ticket !== null);
  }

  private async settle(upload: UploadRow, answer: Confirmation): Promise<undefined> {
    if (answer.state === 'pending') return undefined;
    const error = answer.state === 'failed' ? { code: 'not-confirmed', text: answer.detail } : null;
    await this.runs.updateUpload(upload.id, {
      status: STATUS[answer.state],
      confirmation: answer,
      error,
      nextAt: null,
      finishedAt: this.clock.now(),
    });
    return undefined;
  }

  private async askAgain(
    upload: UploadRow,
    answer: Confirmation,
    plan: { firstSeconds: number; factor: number; maxSeconds: number; giveUpSeconds: number },
  ) {
    const now = this.clock.now().getTime();
    const waited = (now - new Date(upload.acceptedAt ?? now).getTime()) / 1000;
    if (waited > plan.giveUpSeconds) {
      const hours = Math.round(plan.giveUpSeconds / 3600);
      return this.settle(upload, {
        ...answer,
        state: 'needs-person',
        detail: `Accepted, but not confirmed within ${hours} hours. Last answer: ${answer.detail}`,
      });
    }
    const first = Math.max(1, this.connections.confirmAfterSeconds ?? plan.firstSeconds);
    const seconds = Math.min(plan.maxSeconds, first * plan.factor ** (upload.confirmAttempts + 1));
    await this.runs.updateUpload(upload.id, {
      confirmation: answer,
      confirmAttempts: upload.confirmAttempts + 1,
      nextAt: new Date(now + seconds * 1000),
    });
    return seconds;
  }
}

/** A question that got no answer is asked again, unless a person has to act first. */
function unanswered(error: unknown): Confirmation {
  const base = { rejects: [], warnings: [] };
  if (!(error instanceof DestinationError)) throw error;
  const lasting = ['auth', 'config', 'policy', 'audience-missing'].includes(error.code);
  return {
    ...base,
    state: lasting ? 'needs-person' : 'pending',
    detail: `Accepted, but the platform could not be asked: ${error.message}`,
  };
}
