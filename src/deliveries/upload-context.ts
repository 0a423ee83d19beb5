import { Injectable } from '@nestjs/common';
import type {
  Destination,
  DestinationDefinition,
  RemoteAudience,
  Segment,
  Upload,
} from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import type { AttemptOptions } from './actions.ts';
import { ConnectionPauses } from './connection-pauses.ts';
import { type DeliveryRow, type RunRow, RunsRepository, type UploadRow } from './runs.repository.ts';
import type { SegmentCounts } from './states.ts';
import { UploadBuilder } from './upload-builder.ts';

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
  /** Of the delivery's audience. */
  audienceName: string;
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
    private readonly builder: UploadBuilder,
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
    const { connectionId } = delivery;
    const { definition, destination } = await this.connections.open(account, connectionId, {
      signal,
      runId: run.id,
      rest: (seconds, because) => void this.pauses.shut(connectionId, seconds, because).catch(() => undefined),
    });
    const { uploadFor, options, audienceName } = await this.builder.of(delivery, definition);
    const ref = ({ id, direction, estimated, startedAt }: UploadRow, remote: RemoteAudience) =>
      uploadFor({
        id,
        runId: run.id,
        audience: remote,
        segment,
        direction,
        estimatedTotal: estimated,
        startedAt: new Date(startedAt ?? run.createdAt),
      });
    const gate = this.pauses.gate(connectionId, signal);
    const isNewAudience = await this.runs.isNewlyBound(run, upload.segmentKey);
    const attempts = { signal, gate, minSeconds: this.connections.retrySeconds, isNewAudience };
    const planRun = { ...run, planId: run.planId };
    return {
      account,
      run: planRun,
      delivery,
      segment,
      planned,
      definition,
      destination,
      options,
      audienceName,
      attempts,
      ref,
    };
  }
}
