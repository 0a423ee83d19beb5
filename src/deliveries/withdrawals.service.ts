import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, eq, inArray, lte } from 'drizzle-orm';
import type {
  Batch,
  DestinationDefinition,
  EncodedMember,
  Json,
  RemoteAudience,
  Upload,
} from '../../connectors/destination.ts';
import { DestinationError } from '../../connectors/errors.ts';
import type { AccountId } from '../accounts/auth.ts';
import { ConnectionsService } from '../connections/connections.service.ts';
import { Clock } from '../engines/clock.ts';
import type { Db } from '../engines/database/database.ts';
import { DB } from '../engines/database/token.ts';
import { attempt } from './actions.ts';
import { type Asked, notAsked } from './asked.ts';
import { deliveries, runs, uploads } from './deliveries.tables.ts';
import { LedgerRepository } from './ledger.repository.ts';
import { type DeliveryRow, RunsRepository, type UploadRow } from './runs.repository.ts';
import { UploadBuilder } from './upload-builder.ts';

/** One remote audience that ever got a contact, with every form in which it got it. */
export interface Holding {
  delivery: DeliveryRow;
  segmentKey: string;
  remote: RemoteAudience | null;
  wires: { wire: Json; weight: number }[];
}

/** What a destination answered to a withdrawal. */
export interface Withdrawal extends Asked {
  deliveryId: string;
  delivery: string;
  connectionId: string;
  connection: string;
  segment: string;
  remote: string | null;
  /** `removed`: the platform took the removal. `in-files`: files cannot be called back. `refused`: see the text. */
  outcome: 'removed' | 'in-files' | 'refused';
  text: string;
  vendorRequestIds: string[];
}

/** Takes one person out of every destination that ever got them. */
@Injectable()
export class WithdrawalsService {
  constructor(
    @Inject(DB) private readonly db: Db,
    private readonly runs: RunsRepository,
    private readonly ledger: LedgerRepository,
    private readonly connections: ConnectionsService,
    private readonly builder: UploadBuilder,
    private readonly clock: Clock,
  ) {}

  /**
   * Deliveries with a run that may have read a contact before `at`, when it was deleted here, and may still send it: from
   * the members it has in hand, or from a batch in the outbox. One that is held has neither.
   */
  async sendingSince(account: AccountId, at: Date): Promise<DeliveryRow[]> {
    const rows = await this.db
      .select({ delivery: deliveries })
      .from(runs)
      .innerJoin(deliveries, eq(deliveries.id, runs.deliveryId))
      .where(and(eq(runs.accountId, account), inArray(runs.status, ['planning', 'sending']), lte(runs.createdAt, at)))
      .orderBy(deliveries.id);
    return rows.map(({ delivery }) => delivery);
  }

  /** From the outbox, which knows everyone who may have been sent, arrived or not. */
  async holdings(account: AccountId, contactId: string): Promise<Holding[]> {
    const sent = await this.ledger.everSent(account, contactId);
    const found = await this.uploadsOf(sent.map(({ upload_id }) => uploadOf(upload_id)));
    const holdings = new Map<string, Holding>();
    for (const { upload_id, wire, weight } of sent) {
      const entry = found.get(uploadOf(upload_id));
      if (entry?.upload.direction !== 'add') continue;
      const { upload, delivery } = entry;
      const key = `${delivery.id}/${upload.segmentKey}`;
      const bound = await this.runs.bound(delivery.id);
      const holding = holdings.get(key) ?? {
        delivery,
        segmentKey: upload.segmentKey,
        remote: bound.get(upload.segmentKey)?.remote ?? null,
        wires: [],
      };
      if (!holding.wires.some((known) => JSON.stringify(known.wire) === wire))
        holding.wires.push({ wire: JSON.parse(wire) as Json, weight });
      holdings.set(key, holding);
    }
    return [...holdings.values()];
  }

  /** @throws DestinationError when the platform could not be asked and should be again */
  async withdraw(account: AccountId, contactId: string, holding: Holding, reference: string): Promise<Withdrawal> {
    const { delivery, segmentKey, remote } = holding;
    const base = {
      deliveryId: delivery.id,
      delivery: delivery.name,
      segment: segmentKey,
      connectionId: delivery.connectionId,
      connection: (await this.connections.get(account, delivery.connectionId)).name,
      remote: remote?.name ?? null,
      vendorRequestIds: [],
      ...notAsked(this.clock.now()),
    };
    if (!remote) return { ...base, outcome: 'removed', text: 'No remote audience was ever made.' };
    const signal = AbortSignal.timeout(120_000);
    const { definition, destination } = await this.connections.open(account, delivery.connectionId, {
      signal,
      runId: reference,
    });
    try {
      if (definition.capabilities.mirrorBy === 'snapshot') {
        return {
          ...base,
          outcome: 'in-files',
          text: 'Files that were delivered cannot be called back: ask the receiver to delete this person from them. Later files leave the person out.',
        };
      }
      const upload = await this.upload(delivery, segmentKey, definition, reference);
      const vendorRequestIds: string[] = [];
      const tickets: Json[] = [];
      for (const [i, { wire, weight }] of holding.wires.entries()) {
        const member: EncodedMember = { contactId, wire, weight, keys: [] };
        const idempotencyKey = createHash('sha256').update(`${upload.id}.${i}`).digest('hex').slice(0, 32);
        const batch: Batch = {
          upload,
          seq: i + 1,
          last: i === holding.wires.length - 1,
          idempotencyKey,
          members: [member],
        };
        const receipt = await attempt(() => destination.remove(batch), { signal });
        if (receipt.vendorRequestId) vendorRequestIds.push(receipt.vendorRequestId);
        if (receipt.ticket !== undefined) tickets.push(receipt.ticket);
        const refused = receipt.outcomes.find(({ verdict }) => verdict !== 'accepted');
        if (refused)
          return {
            ...base,
            outcome: 'refused',
            text: refused.text ?? refused.code ?? 'The platform refused the removal.',
            vendorRequestIds,
          };
      }
      const { ticket } = await attempt(() => destination.finish(upload), { signal });
      if (ticket !== undefined) tickets.push(ticket);
      const text = 'The platform accepted the removal.';
      return { ...base, outcome: 'removed', text, vendorRequestIds, tickets };
    } catch (error) {
      if (error instanceof DestinationError && error.code === 'audience-missing')
        return { ...base, outcome: 'removed', text: 'The remote audience is gone.' };
      throw error;
    } finally {
      await destination.close();
    }
  }

  /** Asks the platform what became of a removal that it accepted. @throws as `withdraw` */
  async confirm(account: AccountId, { deliveryId, segment, tickets }: Withdrawal, reference: string) {
    const delivery = await this.runs.deliveryOf(deliveryId);
    if (!delivery) throw new Error(`a withdrawal from delivery ${deliveryId}, which is not there`);
    const signal = AbortSignal.timeout(120_000);
    const { definition, destination } = await this.connections.open(account, delivery.connectionId, {
      signal,
      runId: reference,
    });
    try {
      const upload = await this.upload(delivery, segment, definition, reference);
      return await attempt(() => destination.confirm(upload, tickets), { signal });
    } finally {
      await destination.close();
    }
  }

  private async upload(
    delivery: DeliveryRow,
    segmentKey: string,
    definition: DestinationDefinition,
    reference: string,
  ): Promise<Upload> {
    const { remote, segment } = (await this.runs.bound(delivery.id)).get(segmentKey)!;
    const { uploadFor } = await this.builder.of(delivery, definition);
    return uploadFor({
      id: `${reference}.${delivery.id}.${segmentKey}`,
      runId: reference,
      audience: remote,
      segment,
      direction: 'remove',
      estimatedTotal: 1,
      startedAt: this.clock.now(),
    });
  }

  private async uploadsOf(ids: string[]): Promise<Map<string, { upload: UploadRow; delivery: DeliveryRow }>> {
    if (ids.length === 0) return new Map();
    const rows = await this.db
      .select({ upload: uploads, delivery: deliveries })
      .from(uploads)
      .innerJoin(runs, eq(runs.id, uploads.runId))
      .innerJoin(deliveries, eq(deliveries.id, runs.deliveryId))
      .where(inArray(uploads.id, [...new Set(ids)]));
    return new Map(rows.map((row) => [row.upload.id, row]));
  }
}

/** Rows of the outbox name the upload and its attempt. */
const uploadOf = (outboxId: string): string => outboxId.slice(0, outboxId.lastIndexOf('.'));
