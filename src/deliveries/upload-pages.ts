import { Injectable } from '@nestjs/common';
import type { Encoded, EncodedMember, WirePart } from '../../connectors/destination.ts';
import { ConsentPolicyService } from '../privacy/consent-policy.service.ts';
import type { Candidate } from './batching.ts';
import { ChangesRepository } from './changes.repository.ts';
import { ChangesService } from './changes.service.ts';
import { encoderOf } from './encoders.ts';
import { outdatesKeys } from './layout.ts';
import { type OutboxRow, parseWire } from './ledger.repository.ts';
import { MembersRepository } from './members.repository.ts';
import { Planner } from './planner.ts';
import { outdatedPart } from './remainders.ts';
import { RunsRepository, type UploadRow } from './runs.repository.ts';
import { StaleFormsRepository } from './stale-forms.repository.ts';
import type { UploadStatus } from './states.ts';
import type { UploadContext } from './upload-context.ts';

/** Members read from the warehouse at a time. */
const PAGE = 10_000;

/** Ends of an add upload after which its list holds whom it should. */
const FILLED: ReadonlySet<UploadStatus> = new Set(['accepted', 'confirmed', 'partial']);

/** The members of an upload in the platform's form, a page at a time, in the order of their ids. */
@Injectable()
export class UploadPages {
  constructor(
    private readonly runs: RunsRepository,
    private readonly members: MembersRepository,
    private readonly stale: StaleFormsRepository,
    private readonly planner: Planner,
    private readonly changes: ChangesService,
    private readonly plans: ChangesRepository,
    private readonly consent: ConsentPolicyService,
  ) {}

  /**
   * The pages behind the cursor `from`.
   * @param parts of a removal: forms of leavers without the keys that members who stay have
   */
  of(
    context: UploadContext,
    upload: UploadRow,
    from: string,
    parts: ReadonlyMap<string, WirePart> = new Map(),
  ): AsyncGenerator<Candidate[]> {
    if (context.delivery.mode === 'changes') return this.changePages(context, upload, from);
    if (upload.direction === 'add') return this.addPages(context, upload, from);
    return this.removalPages(context, upload, from, parts);
  }

  private async *addPages(context: UploadContext, upload: UploadRow, from: string): AsyncGenerator<Candidate[]> {
    const { account, run, delivery, definition, options, segment } = context;
    const attributes = await this.planner.attributeTypes(delivery, definition, run.personaVersionId);
    const encode = encoderOf(definition, delivery, options, segment);
    const query = {
      planId: run.planId,
      segmentKey: upload.segmentKey,
      actions: upload.actions,
      sparedSegments: upload.replaces ? await this.unfilled(upload) : [],
      limit: PAGE,
      attributes,
    };
    for (let cursor = from; ; ) {
      const deniedCountries = await this.consent.deniedCountries(account);
      const page = await this.members.page(account, { ...query, cursor, deniedCountries });
      const last = page.at(-1);
      if (!last) return;
      cursor = last.member.contactId;
      yield page.map(({ member, identityVersion, keptBack }) =>
        keptBack === ''
          ? { encoded: encode(member), identityVersion }
          : withheld(member.contactId, identityVersion, keptBack),
      );
    }
  }

  /** Rows that tell changes: of those who left as well, since nothing but what is told of them is taken out anywhere. */
  private async *changePages(context: UploadContext, upload: UploadRow, from: string): AsyncGenerator<Candidate[]> {
    const { account, run, delivery, definition, options, segment } = context;
    const attributes = await this.planner.attributeTypes(delivery, definition, run.personaVersionId);
    const telling = await this.changes.telling(delivery);
    const encode = encoderOf(definition, delivery, options, segment);
    const query = { planId: run.planId, actions: upload.actions, limit: PAGE, attributes };
    for (let cursor = from; ; ) {
      const deniedCountries = await this.consent.deniedCountries(account);
      const page = await this.plans.page(account, { ...query, cursor, deniedCountries });
      const last = page.at(-1);
      if (!last) return;
      cursor = last.member.contactId;
      yield page.map((row) => {
        const leaves = row.action === 'remove';
        if (row.keptBack !== '' && !leaves) return withheld(row.member.contactId, row.identityVersion, row.keptBack);
        const encoded = encode(telling(row.member, row));
        return { encoded, identityVersion: row.identityVersion, told: leaves ? [] : row.told, leaves };
      });
    }
  }

  private async *removalPages(
    context: UploadContext,
    upload: UploadRow,
    from: string,
    parts: ReadonlyMap<string, WirePart>,
  ): AsyncGenerator<Candidate[]> {
    const { account, run, delivery } = context;
    const query = {
      planId: run.planId,
      deliveryId: delivery.id,
      segmentKey: upload.segmentKey,
      actions: upload.actions,
      sparedSegments: await this.unfilled(upload),
      limit: PAGE,
    };
    for (let cursor = from; ; ) {
      const page = upload.stale
        ? await this.stale.page(account, query, { ...query, cursor })
        : await this.members.removalPage(account, { ...query, cursor });
      const last = page.at(-1);
      if (!last) return;
      const formOf = outdatesKeys(upload) ? await this.newForms(context, query, cursor) : undefined;
      cursor = last.contact_id;
      yield page.flatMap((row) => {
        const encoded = formOf
          ? outdatedPart(context.definition, row, formOf.get(row.contact_id) ?? null)
          : { ...toMember(row), ...parts.get(row.contact_id) };
        return encoded ? [{ encoded, identityVersion: row.identity_version }] : [];
      });
    }
  }

  /** What members are sent as in the same run, of whom keys leave. */
  private async newForms(
    { account, run, delivery, definition, options, segment }: UploadContext,
    query: Omit<Parameters<MembersRepository['page']>[1], 'cursor' | 'attributes' | 'deniedCountries'>,
    cursor: string,
  ): Promise<Map<string, Encoded['wire']>> {
    const attributes = await this.planner.attributeTypes(delivery, definition, run.personaVersionId);
    const deniedCountries = await this.consent.deniedCountries(account);
    const encode = encoderOf(definition, delivery, options, segment);
    const page = await this.members.page(account, { ...query, cursor, attributes, deniedCountries });
    const stay = page.filter(({ keptBack }) => keptBack === '');
    return new Map(stay.map(({ member }) => [member.contactId, encode(member).wire]));
  }

  /** Segments that an earlier phase of the run should have filled and did not. */
  async unfilled({ runId, phase }: UploadRow): Promise<string[]> {
    return (await this.runs.uploads(runId))
      .filter((other) => other.direction === 'add' && other.phase < phase && !FILLED.has(other.status))
      .map((other) => other.segmentKey);
  }
}

/** Who may not be delivered any more is not encoded: nothing of theirs is written down. */
const withheld = (contactId: string, identityVersion: string, keptBack: string): Candidate => ({
  encoded: { contactId, wire: null, weight: 0, keys: [] },
  identityVersion,
  keptBack,
});

/** A member as it was written before. */
export const toMember = (row: OutboxRow): EncodedMember => ({
  contactId: row.contact_id,
  wire: parseWire(row.wire),
  weight: row.weight,
  keys: [],
});
