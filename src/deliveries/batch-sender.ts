import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type {
  Batch,
  Capabilities,
  Destination,
  DestinationDefinition,
  EncodedMember,
  Receipt,
  Upload,
} from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { Clock } from '../engines/clock.ts';
import { attempt } from './actions.ts';
import { batched, type CandidateBatch } from './batching.ts';
import { ChangesRepository } from './changes.repository.ts';
import { bringsAgain, bringsEveryone, outdatesKeys, rejoinUpload, replacesAtOnce } from './layout.ts';
import { LedgerRepository, type OutboxBatches, type OutboxRow } from './ledger.repository.ts';
import { ReplacedForms } from './replaced-forms.ts';
import { ReplacementsRepository } from './replacements.repository.ts';
import { type BatchRow, type DeliveryRow, RunsRepository, type UploadRow } from './runs.repository.ts';
import { type Protection, SharedKeysRepository } from './shared-keys.repository.ts';
import { StaleFormsRepository } from './stale-forms.repository.ts';
import type { SegmentCounts } from './states.ts';
import type { UploadContext } from './upload-context.ts';
import { toMember, UploadPages } from './upload-pages.ts';
import { ledgerChange, refusedByUs, refusedWhole, settle, withheldSince } from './verdicts.ts';

/** Raised between batches when a person asked the run to stop. */
export class Cancelled extends Error {}

/** Raised between batches when a person asked the run to wait. */
export class Paused extends Error {}

type OpenBatch = Pick<BatchRow, 'uploadId' | 'attempt' | 'seq' | 'cursorEnd' | 'last' | 'idempotencyKey'> & {
  /** Tries of an earlier process. */
  tries?: number;
};

/**
 * Sends the batches of an upload. Each is written to the outbox, then sent, then entered into the ledger, then
 * acknowledged: a process that dies in between sends the same bytes again on restart, and counts them once.
 */
@Injectable()
export class BatchSender {
  constructor(
    private readonly runs: RunsRepository,
    private readonly pages: UploadPages,
    private readonly ledger: LedgerRepository,
    private readonly replacements: ReplacementsRepository,
    private readonly stale: StaleFormsRepository,
    private readonly replaced: ReplacedForms,
    private readonly shared: SharedKeysRepository,
    private readonly plans: ChangesRepository,
    private readonly clock: Clock,
  ) {}

  /** Sends everything behind the upload's cursor. @returns members sent by this upload so far, earlier starts included */
  async sendAll(context: UploadContext, upload: UploadRow, ref: Upload): Promise<number> {
    const position = await this.resend(context, upload, ref);
    const { runId, segmentKey } = upload;
    await this.ledger.discardUnsent(context.account, {
      runId,
      segmentKey,
      uploadId: outboxId(upload),
      seq: position.seq,
    });
    const isShared = upload.direction === 'remove' && !upload.stale;
    const parts = isShared ? await this.protectSharers(context, upload) : undefined;
    const pages = this.pages.of(context, upload, position.cursor, parts);
    let seq = position.seq;
    for await (const batch of batched(pages, context.definition.capabilities.batchSize)) {
      await this.stopIfAsked(upload.runId);
      seq += 1;
      await this.sendBatch(context, upload, ref, seq, batch);
    }
    const done = await this.runs.batches([upload.id]);
    return done.filter((batch) => batch.attempt === upload.attempt).reduce((sum, batch) => sum + batch.members, 0);
  }

  /**
   * Enters into the ledger what an upload that ends here may have left at the platform: the batch whose answer never
   * came, for a file that was not put in place, or where nobody asks any more whether it took effect, everything in it,
   * and for a replacement everyone not yet brought.
   */
  async abandon(uploadId: string, definition: DestinationDefinition): Promise<void> {
    const { capabilities } = definition;
    const upload = await this.runs.upload(uploadId);
    const run = upload && (await this.runs.run(upload.runId));
    if (!run) return;
    const account = upload.accountId as AccountId;
    const entry = { deliveryId: run.deliveryId, segmentKey: upload.segmentKey, runId: run.id };
    const open = await this.openBatch(upload);
    const nobody = { refused: [], unanswered: [] };
    // forms beside the ledger's stay known until they are answered
    if (open && !upload.stale) {
      const id = outboxId(upload);
      const planned = (await this.runs.segments(run.id)).find(({ key }) => key === upload.segmentKey)?.planned;
      const { mode } = run.definition as DeliveryRow;
      const batch = { ...entry, definition, outboxId: id, seq: open.seq };
      if (planned && keepsForms({ mode, capabilities, planned }, upload)) await this.replaced.keep(account, batch);
      if (outdatesKeys(upload)) await this.replaced.doubt(account, batch);
      else
        await this.ledger.enterLedger(account, { ...entry, ...nobody, uploadId: id, seq: open.seq, state: 'failed' });
    }
    if (replacesAtOnce(upload, capabilities) && (open || upload.seq > 0))
      await this.replacements.doubtOthers(account, { ...entry, outboxId: outboxId(upload) });
    if (capabilities.mirrorBy === 'snapshot' || capabilities.mayFailLater) await this.doubt(upload, capabilities);
  }

  /**
   * Takes back what an accepted upload entered into the ledger: the platform says that none of it took effect, or nobody
   * knows whether it did. Whoever it brought is sent again, and whoever it took out is taken out again.
   * @param seqs these batches of it only
   */
  async doubt(upload: UploadRow, capabilities: Capabilities, seqs?: number[]): Promise<void> {
    const run = await this.runs.run(upload.runId);
    if (!run) return;
    const account = upload.accountId as AccountId;
    const entry = { deliveryId: run.deliveryId, segmentKey: upload.segmentKey, outboxId: outboxId(upload) };
    const only = seqs && { outboxId: entry.outboxId, seqs };
    await this.revoke(upload, only);
    if (upload.direction === 'remove') await this.stale.reopen(account, entry, entry.outboxId, only);
    if (!only && replacesAtOnce(upload, capabilities)) await this.replacements.doubtOthers(account, entry);
  }

  /** Takes out of the ledger what an upload entered, when none of it took effect. */
  private async revoke(upload: UploadRow, batches?: OutboxBatches): Promise<void> {
    const { accountId, runId, segmentKey, actions } = upload;
    const account = accountId as AccountId;
    const run = await this.runs.run(runId);
    if (!run?.planId) return;
    const { deliveryId, planId } = run;
    if ((run.definition as DeliveryRow | null)?.mode === 'changes')
      await this.plans.revoke(account, { deliveryId, runId, planId, actions, batches });
    else await this.ledger.revokeLedger(account, { deliveryId, segmentKey, runId, states: entered(upload), batches });
  }

  private async openBatch(upload: UploadRow): Promise<BatchRow | undefined> {
    const all = await this.runs.batches([upload.id]);
    return all.find(
      (batch) => batch.status === 'sending' && batch.attempt === upload.attempt && batch.seq === upload.seq + 1,
    );
  }

  /** A batch that was under way when the process died goes out again, byte for byte. */
  private async resend(
    context: UploadContext,
    upload: UploadRow,
    ref: Upload,
  ): Promise<{ cursor: string; seq: number }> {
    const open = await this.openBatch(upload);
    if (!open) return upload;
    const rows = await this.ledger.readOutbox(context.account, outboxId(upload), open.seq);
    await this.deliver(context, upload, ref, open, rows.map(toMember));
    return { cursor: open.cursorEnd, seq: open.seq };
  }

  /** @returns the parts of leavers' forms to remove, where members who stay have the rest */
  private async protectSharers(context: UploadContext, upload: UploadRow): Promise<Protection['parts']> {
    const { account, run, delivery, segment, definition } = context;
    const { left, rejoining, parts } = await this.shared.protect(account, {
      deliveryId: delivery.id,
      segmentKey: segment.key,
      runId: run.id,
      planId: run.planId,
      actions: upload.actions,
      sparedSegments: await this.pages.unfilled(upload),
      definition,
    });
    if (rejoining > 0 && delivery.mode !== 'remove-only') await this.runs.addUpload(rejoinUpload(upload, rejoining));
    if (left > 0 && upload.actions.includes('remove'))
      await this.runs.updateUpload(upload.id, { omitted: upload.omitted + left });
    return parts;
  }

  private async sendBatch(
    context: UploadContext,
    upload: UploadRow,
    ref: Upload,
    seq: number,
    batch: CandidateBatch,
  ): Promise<void> {
    const { account, run } = context;
    const rows = batch.members.map(toOutbox);
    const open = {
      uploadId: upload.id,
      attempt: upload.attempt,
      seq,
      status: 'sending' as const,
      cursorEnd: batch.cursorEnd,
      last: batch.last,
      idempotencyKey: createHash('sha256')
        .update(`${outboxId(upload)}.${seq}`)
        .digest('hex')
        .slice(0, 32),
      members: rows.length,
      entries: rows.reduce((sum, row) => sum + row.weight, 0),
      fixed: rows.filter((row) => row.verdict === 'fixed').length,
      invalid: batch.unusable.length,
      sentAt: this.clock.now(),
    };
    await this.ledger.writeOutbox(account, outboxId(upload), seq, rows);
    const notSent = [...refusedByUs(batch, seq), ...withheldSince(batch, seq)];
    await this.ledger.recordOutcomes(account, run.id, upload.segmentKey, notSent, open.sentAt);
    if (keepsForms(formsOf(context), upload))
      await this.stale.keepOf(
        account,
        placeOf(context),
        batch.unusable.map(({ encoded }) => encoded.contactId),
      );
    await this.ledger.enterUnusable(account, {
      deliveryId: context.delivery.id,
      segmentKey: upload.segmentKey,
      runId: run.id,
      seq,
      contacts: batch.unusable.map(({ encoded, identityVersion }) => ({
        contactId: encoded.contactId,
        identityVersion,
      })),
    });
    await this.runs.insertBatch(open);
    await this.deliver(
      context,
      upload,
      ref,
      open,
      batch.members.map(({ encoded }) => encoded),
    );
  }

  private async deliver(
    context: UploadContext,
    upload: UploadRow,
    ref: Upload,
    open: OpenBatch,
    members: EncodedMember[],
  ): Promise<void> {
    const { account, run, segment, destination, definition } = context;
    if (members.length === 0) return this.runs.acknowledge(open, {});
    const { seq, last, idempotencyKey, tries = 0 } = open;
    const batch: Batch = { upload: ref, seq, last, idempotencyKey, mayHaveArrived: tries > 0, members };
    const call = () => send(destination, batch, upload.replaces);
    const onTry = async () => {
      await this.stopIfAsked(run.id);
      await this.runs.countTry(open);
    };
    const receipt = await attempt(call, { ...context.attempts, onTry }).catch((error) => {
      // without these members the others would take the place of everyone
      if (replacesAtOnce(upload, definition.capabilities)) throw error;
      return refusedWhole(error, members);
    });
    const verdicts = settle(members, receipt);
    await this.ledger.recordOutcomes(
      account,
      run.id,
      segment.key,
      verdicts.map((row) => ({ ...row, direction: ref.direction, batch_seq: open.seq })),
      this.clock.now(),
    );
    const change = ledgerChange(ref.direction, verdicts);
    const id = outboxId(upload);
    const place = { ...placeOf(context), definition, outboxId: id, seq: open.seq, runId: run.id };
    if (keepsForms(formsOf(context), upload)) await this.replaced.keep(account, place, change.refused);
    if (outdatesKeys(upload)) await this.replaced.enterRemoved(account, place, members, change.unanswered);
    else if (upload.stale) await this.stale.close(account, placeOf(context), id, open.seq, change.unanswered);
    else
      await this.ledger.enterLedger(account, {
        ...placeOf(context),
        runId: run.id,
        uploadId: id,
        seq: open.seq,
        ...change,
      });
    const rejected = verdicts.filter((row) => row.verdict === 'rejected').length;
    // platforms count rows, and a contact can have several
    const unattributed = Math.min(verdicts.length - rejected + receipt.unattributedRejects, members.length - rejected);
    await this.runs.acknowledge(open, {
      accepted: members.length - rejected - unattributed,
      rejected,
      unattributed,
      vendorRequestId: receipt.vendorRequestId ?? null,
      ticket: receipt.ticket ?? null,
      warnings: receipt.warnings,
    });
  }

  /** @throws Cancelled or Paused when a person asked the run to stop, for good or for now */
  async stopIfAsked(runId: string): Promise<void> {
    const run = await this.runs.run(runId);
    if (run?.cancelRequestedAt) throw new Cancelled();
    if (run?.pausedAt) throw new Paused();
  }
}

function send(destination: Destination, batch: Batch, replaces: boolean): Promise<Receipt> {
  if (batch.upload.direction === 'remove') return destination.remove(batch);
  return replaces && destination.replace ? destination.replace(batch) : destination.add(batch);
}

const placeOf = ({ delivery, segment }: UploadContext) => ({ deliveryId: delivery.id, segmentKey: segment.key });

const formsOf = ({ delivery: { mode }, definition: { capabilities }, planned }: UploadContext) => ({
  mode,
  capabilities,
  planned,
});

/**
 * Whether members may stay in an old form beside the one that an upload brings. A replacement leaves none, but only once
 * it is confirmed.
 */
function keepsForms(
  { mode, capabilities, planned }: { mode: string; capabilities: Capabilities; planned: SegmentCounts },
  upload: UploadRow,
): boolean {
  if (upload.direction === 'remove' || capabilities.mirrorBy === 'snapshot' || mode === 'changes') return false;
  return planned.changes + planned.refreshes > 0 || bringsAgain(upload) || bringsEveryone(upload);
}

/** What an upload makes of contacts in the ledger. Who is not in a file with everyone left by it. */
function entered(upload: UploadRow): ('present' | 'removed')[] {
  if (upload.direction === 'remove') return ['removed'];
  return bringsEveryone(upload) ? ['present', 'removed'] : ['present'];
}

/** Rows of the outbox name the upload and its attempt. */
export const outboxId = (upload: Pick<UploadRow, 'id' | 'attempt'>) => `${upload.id}.${upload.attempt}`;

function toOutbox({ encoded, identityVersion, told, leaves }: CandidateBatch['members'][number]): OutboxRow {
  return {
    ...(told && { told, leaves: leaves ? 1 : 0 }),
    contact_id: encoded.contactId,
    wire: JSON.stringify(encoded.wire),
    weight: encoded.weight,
    identity_version: identityVersion,
    verdict: encoded.keys.some((key) => key.verdict === 'invalid') ? 'fixed' : 'ok',
  };
}
