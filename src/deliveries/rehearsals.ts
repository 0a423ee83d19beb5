import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type {
  Destination,
  DestinationDefinition,
  EncodedMember,
  Receipt,
  RemoteAudience,
  Segment,
  Upload,
} from '../../connectors/destination.ts';
import { DestinationError } from '../../connectors/errors.ts';
import type { AccountId } from '../accounts/auth.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { Clock } from '../engines/clock.ts';
import { Postponed } from './actions.ts';
import { ConnectionPauses } from './connection-pauses.ts';
import { type DeliveryRow, RunsRepository } from './runs.repository.ts';
import { UploadBuilder } from './upload-builder.ts';

/** Members of a segment that a platform is shown: enough to see what is wrong with many, in one request. */
export const SAMPLE = 500;
const MOST_SECONDS = 60;

/** What the platform said of a segment's sample, or why it was not asked. */
export interface Rehearsal {
  /** Null: it was asked. Else plain words. */
  notRehearsed: string | null;
  sampled: number;
  accepted: number;
  /** The most frequent first. */
  rejects: { code: string; text: string; contacts: number }[];
  warnings: string[];
}

/** Some members of a segment who would be added, as they would be sent. */
export interface Sample {
  segment: Segment;
  members: EncodedMember[];
}

/** Has platforms say what they would think of an upload, without taking it. Changes nothing there or here. */
@Injectable()
export class Rehearsals {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly builder: UploadBuilder,
    private readonly pauses: ConnectionPauses,
    private readonly runs: RunsRepository,
    private readonly clock: Clock,
  ) {}

  /** By segment key. Trouble with the platform is a reason, never an error. */
  async rehearse(delivery: DeliveryRow, samples: Sample[]): Promise<Map<string, Rehearsal>> {
    const signal = AbortSignal.timeout(MOST_SECONDS * 1000);
    const bound = await this.runs.bound(delivery.id);
    const known = samples.map((sample) => ({ ...sample, remote: bound.get(sample.segment.key)?.remote }));
    const all = (reason: (sample: (typeof known)[number]) => string) =>
      new Map(known.map((sample) => [sample.segment.key, notRehearsed(reasonOf(sample) ?? reason(sample))]));
    if (known.every(reasonOf)) return all(() => '');
    const opened = await this.open(delivery, signal).catch(reasonFor);
    if (typeof opened === 'string') return all(() => opened);
    const { definition, destination } = opened;
    try {
      if (!destination.rehearse) return all(() => `${definition.title} cannot judge members without taking them.`);
      const rehearsals = new Map<string, Rehearsal>();
      for (const { segment, members, remote } of known) {
        const reason = reasonOf({ members, remote });
        const upload =
          reason === undefined && (await this.upload(delivery, definition, segment, remote!, members.length));
        rehearsals.set(
          segment.key,
          upload
            ? await judged(destination, upload, members).catch((error) => notRehearsed(reasonFor(error)))
            : notRehearsed(reason!),
        );
      }
      return rehearsals;
    } finally {
      await destination.close();
    }
  }

  private async open({ accountId, connectionId }: DeliveryRow, signal: AbortSignal) {
    await this.pauses.assertOpen(connectionId);
    return this.connections.open(accountId as AccountId, connectionId, { signal });
  }

  private async upload(
    delivery: DeliveryRow,
    definition: DestinationDefinition,
    segment: Segment,
    audience: RemoteAudience,
    estimatedTotal: number,
  ): Promise<Upload> {
    const id = `rehearsal.${delivery.id}.${segment.key}`;
    const { uploadFor } = await this.builder.of(delivery, definition);
    return uploadFor({
      id,
      runId: id,
      audience,
      segment: { ...segment, id: `${delivery.id}/${segment.key}` },
      direction: 'add',
      estimatedTotal,
      startedAt: this.clock.now(),
    });
  }
}

/** Why there is nothing to show of a segment, if so. */
function reasonOf({ members, remote }: { members: EncodedMember[]; remote?: RemoteAudience }): string | undefined {
  if (!remote) return 'The segment has no remote audience yet; its first run makes one.';
  return members.length === 0 ? 'Nobody would be added.' : undefined;
}

async function judged(destination: Destination, upload: Upload, members: EncodedMember[]): Promise<Rehearsal> {
  const idempotencyKey = createHash('sha256').update(upload.id).digest('hex').slice(0, 32);
  const { outcomes, warnings }: Receipt = await destination.rehearse!({
    upload,
    seq: 1,
    last: true,
    idempotencyKey,
    members,
  });
  const rejects = new Map<string, Rehearsal['rejects'][number]>();
  for (const { verdict, code = 'unknown', text = '' } of outcomes) {
    if (verdict === 'accepted') continue;
    const known = rejects.get(code) ?? { code, text, contacts: 0 };
    rejects.set(code, { ...known, contacts: known.contacts + 1 });
  }
  const refused = [...rejects.values()].sort((a, b) => b.contacts - a.contacts);
  const accepted = members.length - refused.reduce((sum, { contacts }) => sum + contacts, 0);
  return { notRehearsed: null, sampled: members.length, accepted, rejects: refused, warnings };
}

const notRehearsed = (reason: string): Rehearsal => ({
  notRehearsed: reason,
  sampled: 0,
  accepted: 0,
  rejects: [],
  warnings: [],
});

/** @throws what is not the platform's doing */
function reasonFor(error: unknown): string {
  if (error instanceof DestinationError || error instanceof Postponed) return error.message;
  throw error;
}
