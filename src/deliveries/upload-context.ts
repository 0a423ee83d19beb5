import { Injectable } from '@nestjs/common';
import type {
  Destination,
  DestinationDefinition,
  RemoteAudience,
  Segment,
  Upload,
} from '../../connectors/destination.ts';
import { AccountsService } from '../accounts/accounts.service.ts';
import type { AccountId } from '../accounts/auth.ts';
import { AudiencesService } from '../audiences/audiences.service.ts';
import { ConnectionsService, validated } from '../connections/connections.service.ts';
import type { AttemptOptions } from './actions.ts';
import { carriedNames } from './changes.ts';
import { ConnectionPauses } from './connection-pauses.ts';
import { type DeliveryRow, type RunRow, RunsRepository, type UploadRow } from './runs.repository.ts';
import type { SegmentCounts } from './states.ts';

/** Everything that belongs to an upload, opened. Close the destination. */
export interface UploadContext {
  account: AccountId;
  run: RunRow & { planId: string };
  delivery: DeliveryRow;
  segment: Segment;
  /** What the plan says of the segment. */
  planned: SegmentCounts;
  definition: DestinationDefinition;
  destination: Destination;
  options: object;
  /** How calls to the destination are tried again. */
  attempts: AttemptOptions;
  /** What connectors know of an upload; the remote audience is filled in by the caller. */
  ref(upload: UploadRow, audience: RemoteAudience): Upload;
}

/** Gathers what sending and confirming an upload need: the delivery as it was planned, and an opened connection. */
@Injectable()
export class UploadContexts {
  constructor(
    private readonly runs: RunsRepository,
    private readonly connections: ConnectionsService,
    private readonly audiences: AudiencesService,
    private readonly accounts: AccountsService,
    private readonly pauses: ConnectionPauses,
  ) {}

  async open(upload: UploadRow, signal: AbortSignal): Promise<UploadContext> {
    const run = await this.runs.run(upload.runId);
    const delivery = run && (run.definition as DeliveryRow | null);
    const part = (await this.runs.segments(upload.runId)).find(({ key }) => key === upload.segmentKey);
    if (!run?.planId || !delivery || !part) throw new Error(`upload ${upload.id} has no plan`);
    const { planned } = part;
    const segment = { ...part.segment, id: `${delivery.id}/${part.key}` };
    const account = delivery.accountId as AccountId;
    const [audience, accountName] = await Promise.all([
      // the audience of an archived delivery may be gone
      run.trigger === 'withdrawal' ? delivery : this.audiences.get(account, delivery.audienceId),
      this.accounts.name(account),
    ]);
    const { connectionId } = delivery;
    const { definition, destination } = await this.connections.open(account, connectionId, {
      signal,
      runId: run.id,
      rest: (seconds, because) => void this.pauses.shut(connectionId, seconds, because).catch(() => undefined),
    });
    const options = await validated(definition.options, delivery.options, 'options');
    const ref = (current: UploadRow, remote: RemoteAudience): Upload => ({
      id: current.id,
      runId: run.id,
      delivery: { id: delivery.id, account: accountName, audience: audience.name, mode: delivery.mode },
      options,
      audience: remote,
      segment,
      matchKeys: delivery.matchKeys,
      attributes: carriedNames(delivery),
      representation: delivery.representation,
      direction: current.direction,
      sessionId: current.sessionId,
      estimatedTotal: current.estimated,
      startedAt: new Date(current.startedAt ?? run.createdAt),
      consent: delivery.consent,
    });
    const gate = this.pauses.gate(connectionId, signal);
    const isNewAudience = await this.runs.isNewlyBound(run, upload.segmentKey);
    const attempts = { signal, gate, minSeconds: this.connections.retrySeconds, isNewAudience };
    const planRun = { ...run, planId: run.planId };
    return { account, run: planRun, delivery, segment, planned, definition, destination, options, attempts, ref };
  }
}
