import { Injectable } from '@nestjs/common';
import type { DestinationDefinition, EncodedMember } from '../../connectors/destination.ts';
import type { AccountId } from '../accounts/auth.ts';
import { HeldFormsRepository } from './held-forms.repository.ts';
import { LedgerRepository, parseWire } from './ledger.repository.ts';
import { remainderOf } from './remainders.ts';
import { type Place, StaleFormsRepository } from './stale-forms.repository.ts';

/** A batch of an upload, as the outbox names it. */
type BatchPlace = Place & { definition: DestinationDefinition; outboxId: string; seq: number };

/** What becomes of the form in the ledger when a batch brings another, or takes out a part of it. */
@Injectable()
export class ReplacedForms {
  constructor(
    private readonly forms: HeldFormsRepository,
    private readonly ledger: LedgerRepository,
    private readonly stale: StaleFormsRepository,
  ) {}

  /**
   * Keeps what the new forms of a batch leave of those in the ledger: it is still at the destination. Where the platform
   * refused the new form, that is all of the old one.
   */
  async keep(account: AccountId, batch: BatchPlace, refused: string[] = []): Promise<void> {
    const { definition, outboxId, seq } = batch;
    const held = await this.forms.replacedBy(account, batch, outboxId, seq);
    if (held.length === 0) return;
    const sent = await this.ledger.readOutbox(account, outboxId, seq);
    const isRefused = new Set(refused);
    const taken = sent.filter(({ contact_id }) => !isRefused.has(contact_id));
    const formOf = new Map(taken.map(({ contact_id, wire }) => [contact_id, parseWire(wire)]));
    const left = held.flatMap(({ contact_id, ...form }) => {
      const part = remainderOf(definition, form, formOf.get(contact_id) ?? null);
      return part ? [{ contact_id, wire: JSON.stringify(part.wire), weight: part.weight }] : [];
    });
    await this.stale.keepForms(account, batch, left);
  }

  /**
   * Enters that parts of the forms in the ledger were taken out. A platform matches a removal by any key, so it is not
   * known whether the rest is still there.
   */
  async enterRemoved(
    account: AccountId,
    batch: BatchPlace & { runId: string },
    removed: EncodedMember[],
    unanswered: string[],
  ): Promise<void> {
    const { definition, outboxId, seq, runId } = batch;
    const isOpen = new Set(unanswered);
    const partOf = new Map(removed.map(({ contactId, wire }) => [contactId, wire]));
    const held = await this.forms.ofBatch(account, batch, outboxId, seq);
    const rows = held.flatMap((form) => {
      const part = partOf.get(form.contact_id);
      if (part === undefined || isOpen.has(form.contact_id)) return [];
      const rest = remainderOf(definition, form, part);
      return [
        {
          ...form,
          ...(rest ? { wire: JSON.stringify(rest.wire), weight: rest.weight } : {}),
          state: rest ? ('failed' as const) : ('removed' as const),
        },
      ];
    });
    await this.ledger.enterForms(account, { ...batch, runId, seq }, rows);
  }

  /** Enters that it is not known what a batch that took out parts of forms did. */
  async doubt(account: AccountId, batch: BatchPlace & { runId: string }): Promise<void> {
    const held = await this.forms.ofBatch(account, batch, batch.outboxId, batch.seq);
    const present = held.filter(({ state }) => state === 'present');
    await this.ledger.enterForms(
      account,
      batch,
      present.map((form) => ({ ...form, state: 'failed' as const })),
    );
  }
}
